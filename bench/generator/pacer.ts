// When each request of an even stream is due: not in bursts, and without drift.

export class Pacer {
  private readonly beginMs: number
  private readonly perSecond: number
  private taken = 0

  constructor(perSecond: number, beginMs: number) {
    this.perSecond = perSecond
    this.beginMs = beginMs
  }

  /** When the next one is due. */
  get dueMs(): number {
    return this.beginMs + (this.taken * 1000) / this.perSecond
  }

  next(): void {
    this.taken++
  }
}
