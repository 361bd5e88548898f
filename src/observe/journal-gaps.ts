// How far apart a member's heartbeats came: counted in a histogram since the last summary, so that nobody needs to keep
// the single ones.

import { type EntryOf, GAP_BOUNDS_MS } from './journal-entry.js'

/** Of these the median is taken; more than come in a minute unless somebody heartbeats twenty times a second. */
const MAX_GAPS = 1200

/** A number like the others: the engine keeps those in place where a field never has anything else. */
const NONE = -1

export type GapSummary = Pick<
  EntryOf<'heartbeats'>,
  'count' | 'refused' | 'overMs' | 'gaps' | 'minGapMs' | 'medianGapMs' | 'maxGapMs'
>

export class HeartbeatGaps {
  count = 0
  private refused = 0
  /** Of the heartbeat before; NONE: the next one ends no gap. */
  private lastMs = NONE
  /** Of the first one of this summary. */
  private sinceMs = NONE
  private gaps: number[] | null = null
  /** Those that are too many to be listed, by bucket. */
  private unlisted: number[] | null = null

  /** Returns the gap that it ended, null for a first one. */
  beat(atMs: number, isRefused: boolean): number | null {
    const gapMs = this.lastMs === NONE ? null : atMs - this.lastMs
    if (this.count === 0) this.sinceMs = this.lastMs === NONE ? atMs : this.lastMs
    this.lastMs = atMs
    this.count++
    if (isRefused) this.refused++
    if (gapMs === null) return null
    if (this.gaps === null) this.gaps = [gapMs]
    else if (this.gaps.length < MAX_GAPS) this.gaps.push(gapMs)
    else {
      this.unlisted ??= noBuckets()
      countIn(this.unlisted, gapMs)
    }
    return gapMs
  }

  /** It rejoins: until it is back it does not heartbeat, which is no gap. */
  interrupted(): void {
    this.lastMs = NONE
  }

  /** How long the summary that is being made covers. */
  overMs(nowMs: number): number {
    return this.count === 0 ? 0 : nowMs - this.sinceMs
  }

  /** What was counted; counting begins anew. */
  take(nowMs: number): GapSummary {
    const sorted = [...(this.gaps ?? [])].sort((a, b) => a - b)
    const buckets = this.unlisted ?? noBuckets()
    for (const gapMs of sorted) countIn(buckets, gapMs)
    const summary = {
      count: this.count,
      refused: this.refused,
      overMs: this.overMs(nowMs),
      gaps: buckets,
      minGapMs: sorted[0] ?? null,
      medianGapMs: sorted[Math.floor(sorted.length / 2)] ?? null,
      maxGapMs: sorted.at(-1) ?? null,
    }
    this.count = 0
    this.refused = 0
    this.gaps = null
    this.unlisted = null
    return summary
  }
}

function countIn(buckets: number[], gapMs: number): void {
  const i = GAP_BOUNDS_MS.findIndex((boundMs) => gapMs <= boundMs)
  const at = i === -1 ? GAP_BOUNDS_MS.length : i
  buckets[at] = (buckets[at] ?? 0) + 1
}

const noBuckets = () => Array.from({ length: GAP_BOUNDS_MS.length + 1 }, () => 0)
