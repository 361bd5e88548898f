// When members were heard, and how far apart their heartbeats came: counted in a histogram since the last summary, so that nobody
// needs to keep the single ones. All of it is numbers, and there may be many members: each has a row in one array, where a heartbeat
// finds what it changes side by side. As objects and lists they would be in ten places of memory, and their garbage to collect.

import { type EntryOf, GAP_BOUNDS_MS } from './journal-entry.js'

/** So many gaps are listed, for the median: more than come in a minute where heartbeats are three seconds apart. */
const LISTED_GAPS = 20
/** A gap is listed in 16 bits. What is longer is in the last bucket, whose median is told as the longest. */
const MAX_LISTED_MS = 0xffff

/** In a row, words of 32 bits. When its last request came. Times are told by `time`. */
const HEARD = 0
/** When the heartbeat before came; NEVER: the next one ends no gap. */
const LAST = 1
/** When the first one of this summary came, or the last one before it. */
const SINCE = 2
const COUNT = 3
const REFUSED = 4
/** Those that ended a gap. */
const GAPS = 5
const MIN = 6
const MAX = 7
const BUCKETS = 8
const LAST_BUCKET = BUCKETS + GAP_BOUNDS_MS.length
const LISTED = LAST_BUCKET + 1
const ROW = LISTED + LISTED_GAPS / 2

/** No time: that of a row that is new. */
const NEVER = 0
/** What lies further back is told as that long ago. Sessions are shorter; a test may move time further. */
const LONGEST_MS = 23 * 24 * 60 * 60 * 1000
const MAX_TIME = 2 ** 31 - 1
const FIRST_ROWS = 64

export type GapSummary = Pick<
  EntryOf<'heartbeats'>,
  'count' | 'refused' | 'overMs' | 'gaps' | 'minGapMs' | 'medianGapMs' | 'maxGapMs'
>

/** Rows go by where they begin. */
export class HeartbeatRows {
  private startMs: number
  private readonly maxRows: number
  private words = new Int32Array(FIRST_ROWS * ROW)
  /** The same memory. */
  private halves = new Uint16Array(this.words.buffer)
  private end = 0
  private readonly free: number[] = []

  /** Of a clock that does not begin before `startMs`. */
  constructor(startMs: number, maxRows: number) {
    this.startMs = startMs
    this.maxRows = maxRows
  }

  /** Of a member that was never heard. */
  open(): number {
    const row = this.free.pop()
    if (row !== undefined) return row
    const fresh = this.end
    this.end += ROW
    if (this.end > this.words.length) this.grow()
    return fresh
  }

  /** Once: of the room for all only what is used takes memory. */
  private grow(): void {
    const words = new Int32Array(this.maxRows * ROW)
    words.set(this.words)
    this.words = words
    this.halves = new Uint16Array(words.buffer)
  }

  /** It is another member's from now on. */
  close(row: number): void {
    this.words.fill(0, row, row + ROW)
    this.free.push(row)
  }

  /** Milliseconds since `startMs`, from 1 on. To be asked for before a row is read: those that are kept may change. */
  private time(atMs: number): number {
    if (atMs - this.startMs >= MAX_TIME) this.startLater(atMs - LONGEST_MS)
    return Math.max(1, (atMs - this.startMs + 1) | 0)
  }

  /** There is no room for a later time: about once a day after the first 24. */
  private startLater(startMs: number): void {
    const { words } = this
    const laterMs = startMs - this.startMs
    for (let row = 0; row < this.end; row += ROW)
      for (const at of [row + HEARD, row + LAST, row + SINCE])
        if (words[at] !== NEVER) words[at] = Math.max(1, (words[at] as number) - laterMs)
    this.startMs = startMs
  }

  /** A request of the member came. */
  heard(row: number, atMs: number): void {
    const { words } = this
    const at = this.time(atMs)
    if (at > (words[row + HEARD] as number)) words[row + HEARD] = at
  }

  /** null: never. */
  heardAgoMs(row: number, nowMs: number): number | null {
    const now = this.time(nowMs)
    const heard = this.words[row + HEARD] as number
    return heard === NEVER ? null : now - heard
  }

  /** Returns the gap that it ended, null for a first one. */
  beat(row: number, atMs: number, isRefused: boolean): number | null {
    const { words } = this
    const at = this.time(atMs)
    const last = words[row + LAST] as number
    if (words[row + COUNT] === 0) words[row + SINCE] = last === NEVER ? at : last
    words[row + LAST] = at
    this.addOne(row + COUNT)
    if (isRefused) this.addOne(row + REFUSED)
    if (last === NEVER) return null
    const gapMs = at - last
    this.count(row, gapMs)
    return gapMs
  }

  private count(row: number, gapMs: number): void {
    const { words } = this
    const before = words[row + GAPS] as number
    this.addOne(row + GAPS)
    this.addOne(row + BUCKETS + bucketOf(gapMs))
    if (before === 0 || gapMs < (words[row + MIN] as number)) words[row + MIN] = gapMs
    if (before === 0 || gapMs > (words[row + MAX] as number)) words[row + MAX] = gapMs
    // When all places are taken each has the same chance to stay: a sample, whatever the rhythm in which long and short ones come.
    const place = before < LISTED_GAPS ? before : anyUpTo(before)
    if (place < LISTED_GAPS)
      this.halves[2 * (row + LISTED) + place] = Math.max(0, Math.min(gapMs, MAX_LISTED_MS))
  }

  private addOne(at: number): void {
    this.words[at] = (this.words[at] as number) + 1
  }

  /** It rejoins: until it is back it does not heartbeat, which is no gap. */
  interrupted(row: number): void {
    this.words[row + LAST] = NEVER
  }

  /** Since the last summary. */
  countOf(row: number): number {
    return this.words[row + COUNT] as number
  }

  /** How long the summary that is being made covers. */
  overMs(row: number, nowMs: number): number {
    const now = this.time(nowMs)
    return this.countOf(row) === 0 ? 0 : now - (this.words[row + SINCE] as number)
  }

  /** What was counted; counting begins anew. */
  take(row: number, nowMs: number): GapSummary {
    const { words } = this
    const hasGaps = words[row + GAPS] !== 0
    const summary = {
      count: this.countOf(row),
      refused: words[row + REFUSED] as number,
      overMs: this.overMs(row, nowMs),
      gaps: [...words.subarray(row + BUCKETS, row + LAST_BUCKET + 1)],
      minGapMs: hasGaps ? (words[row + MIN] as number) : null,
      medianGapMs: hasGaps ? this.median(row) : null,
      maxGapMs: hasGaps ? (words[row + MAX] as number) : null,
    }
    words.fill(0, row + COUNT, row + ROW)
    return summary
  }

  /** If all are listed the one in the middle; else one of its bucket, as far up among those listed as it is among all of that bucket. */
  private median(row: number): number {
    const { words } = this
    const gapCount = words[row + GAPS] as number
    const places = 2 * (row + LISTED)
    const listed = this.halves.subarray(places, places + Math.min(gapCount, LISTED_GAPS))
    let bucket = 0
    let above = Math.floor(gapCount / 2)
    for (; above >= (words[row + BUCKETS + bucket] as number); bucket++)
      above -= words[row + BUCKETS + bucket] as number
    const alike = listed.filter((gapMs) => bucketOf(gapMs) === bucket).sort()
    const longest = Math.min(words[row + MAX] as number, GAP_BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY)
    if (alike.length === 0 || longest > MAX_LISTED_MS) return longest
    return alike[Math.floor((above * alike.length) / (words[row + BUCKETS + bucket] as number))] as number
  }
}

function bucketOf(gapMs: number): number {
  let bucket = 0
  while (gapMs > (GAP_BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++
  return bucket
}

/** A whole number from 0 to `last`, any of them: chance enough for a sample, and the same in every run. */
function anyUpTo(last: number): number {
  const mixed = Math.imul(last, 0x9e3779b1)
  const hash = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
  return Math.floor((((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32) * (last + 1))
}
