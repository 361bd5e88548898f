// Which groups have time series of their own: the first so many, the others are counted together. So a client that makes up
// group ids cannot fill whoever scrapes.

export const OTHERS = '(others)'
const MAX_GROUPS = 200

export class GroupLabels {
  private readonly named = new Set<string>()
  private readonly limit: number

  constructor(limit = MAX_GROUPS) {
    this.limit = limit
  }

  of(group: string): string {
    if (this.named.has(group)) return group
    if (this.named.size >= this.limit) return OTHERS
    this.named.add(group)
    return group
  }
}
