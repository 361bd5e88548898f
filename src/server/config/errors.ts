// A setting that cannot be accepted, in one line: what, where, what was expected, how to mend it.

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** ` (did you mean 'x'?)` for the candidate nearest to a misspelt name, or '' when none is near. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(name.length / 4)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate, bestDistance)
    if (distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
  }
  return best === null ? '' : ` (did you mean '${best}'?)`
}

/** Levenshtein's; a result of at least `limit` only says that it is no less. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substituted, (previous[j] as number) + 1, (current[j - 1] as number) + 1))
    }
    previous = current
  }
  return previous[b.length] as number
}
