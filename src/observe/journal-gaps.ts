// How far apart a member's heartbeats came: counted in a histogram since the last summary, so that nobody needs to keep
// the single ones.

import { type EntryOf, GAP_BOUNDS_MS } from './journal-entry.js'

/** Of these the median is taken; more than come in a minute unless somebody heartbeats twenty times a second. */
const MAX_GAPS = 1200

export type GapSummary = Pick<
  EntryOf<'heartbeats'>,
  'count' | 'refused' | 'overMs' | 'gaps' | 'minGapMs' | 'medianGapMs' | 'maxGapMs'
>

export class HeartbeatGaps {
  count = 0
  private refused = 0
  /** Of the heartbeat before; null: the next one ends no gap. */
  private lastMs: number | null = null
  /** Of the first one of this summary. */
  private sinceMs = 0
  private buckets: number[] = noBuckets()
  private gaps: number[] = []

  /** Returns the gap that it ended, null for a first one. */
  beat(atMs: number, isRefused: boolean): number | null {
    const gapMs = this.lastMs === null ? null : atMs - this.lastMs
    if (this.count === 0) this.sinceMs = this.lastMs ?? atMs
    this.lastMs = atMs
    this.count++
    if (isRefused) this.refused++
    if (gapMs === null) return null
    let i = 0
    while (i < GAP_BOUNDS_MS.length && gapMs > (GAP_BOUNDS_MS[i] as number)) i++
    this.buckets[i] = (this.buckets[i] ?? 0) + 1
    if (this.gaps.length < MAX_GAPS) this.gaps.push(gapMs)
    return gapMs
  }

  /** It rejoins: until it is back it does not heartbeat, which is no gap. */
  interrupted(): void {
    this.lastMs = null
  }

  /** How long the summary that is being made covers. */
  overMs(nowMs: number): number {
    return this.count === 0 ? 0 : nowMs - this.sinceMs
  }

  /** What was counted; counting begins anew. */
  take(nowMs: number): GapSummary {
    const sorted = [...this.gaps].sort((a, b) => a - b)
    const summary = {
      count: this.count,
      refused: this.refused,
      overMs: this.overMs(nowMs),
      gaps: this.buckets,
      minGapMs: sorted[0] ?? null,
      medianGapMs: sorted[Math.floor(sorted.length / 2)] ?? null,
      maxGapMs: sorted.at(-1) ?? null,
    }
    this.count = 0
    this.refused = 0
    this.buckets = noBuckets()
    this.gaps = []
    return summary
  }
}

const noBuckets = () => Array.from({ length: GAP_BOUNDS_MS.length + 1 }, () => 0)
