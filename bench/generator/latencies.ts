// How long answers took, counted by the microsecond: nothing is kept of one answer, so that millions cost nothing.

/** What takes longer counts as this. */
const LONGEST_MICROS = 1_000_000

export class Latencies {
  private readonly counts = new Uint32Array(LONGEST_MICROS + 1)
  count = 0

  record(ms: number): void {
    const micros = (ms * 1000) | 0
    this.counts[micros < LONGEST_MICROS ? micros : LONGEST_MICROS]!++
    this.count++
  }

  /** The microseconds within which this share of the answers came; 0 when there was none. */
  at(share: number): number {
    const rank = Math.ceil(this.count * share)
    for (let micros = 0, passed = 0; micros <= LONGEST_MICROS; micros++) {
      passed += this.counts[micros] as number
      if (passed >= rank) return micros
    }
    return LONGEST_MICROS
  }

  clear(): void {
    this.counts.fill(0)
    this.count = 0
  }
}
