// Burrow's verdicts on a consumer's lag, rule by rule in its order (LinkedIn's Burrow, core/internal/evaluator/caching.go and
// core/internal/storage/inmemory.go). They look at a window of commits and need no threshold on numbers of records.

import type { OffsetSample } from './group-facts.js'
import type { EndSample } from './rule.js'

export type LagVerdict = 'OK' | 'WARN' | 'STOP' | 'STALL' | 'REWIND'

export interface LagStatus {
  readonly verdict: LagVerdict
  readonly topic: string
  readonly partition: number
  /** Of the window, the oldest first. */
  readonly window: readonly OffsetSample[]
  /** By the newest end of the log. */
  readonly lag: bigint
}

/** Commits in a window: Burrow's `intervals`. */
const INTERVALS = 10
/** Burrow's `min-distance`: of commits that come faster only the last of a second counts. */
const MIN_DISTANCE_MS = 1000
/** Burrow's `minimum-complete`: fewer commits say nothing yet. */
const MIN_COMPLETE = 0.5

/** `samples` of one partition, the oldest first; `ends` where its log ended otherwise seen. */
export function lagStatus(
  samples: readonly OffsetSample[],
  ends: readonly EndSample[],
  nowMs: number,
): LagStatus | null {
  const window = spread(samples).slice(-INTERVALS)
  const last = window.at(-1)
  if (last === undefined) return null
  const newest = [...samples, ...ends].reduce((a, b) => (b.atMs >= a.atMs ? b : a), last as EndSample)
  const lag = newest.end > last.committed ? newest.end - last.committed : 0n
  const { topic, partition } = last
  return { verdict: verdictOf(window, ends, lag, nowMs), topic, partition, window, lag }
}

/** Faster ones take the place of the one before, and its time: else one that commits all the time would have no window. */
function spread(samples: readonly OffsetSample[]): OffsetSample[] {
  const window: OffsetSample[] = []
  for (const sample of samples) {
    const before = window.at(-1)
    if (before !== undefined && sample.atMs - before.atMs < MIN_DISTANCE_MS)
      window[window.length - 1] = { ...sample, atMs: before.atMs }
    else window.push(sample)
  }
  return window
}

const lagOf = ({ committed, end }: OffsetSample) => (end > committed ? end - committed : 0n)

function verdictOf(
  window: readonly OffsetSample[],
  ends: readonly EndSample[],
  lag: bigint,
  nowMs: number,
): LagVerdict {
  if (window.length < INTERVALS * MIN_COMPLETE) return 'OK'
  if (lag === 0n) return 'OK'
  if (hasStopped(window, ends, nowMs)) return 'STOP'
  if (hasRewound(window)) return 'REWIND'
  if (window.some((sample) => lagOf(sample) === 0n)) return 'OK'
  if (window.every(({ committed }) => committed === window[0]?.committed)) return 'STALL'
  const isShrinking = pairs(window).some(([before, after]) => lagOf(after) < lagOf(before))
  return isShrinking ? 'OK' : 'WARN'
}

/** Silent for longer than the whole window took, unless it was caught up a little while ago. */
function hasStopped(window: readonly OffsetSample[], ends: readonly EndSample[], nowMs: number): boolean {
  const [first, last] = [window[0], window.at(-1)] as [OffsetSample, OffsetSample]
  const isSilent = nowMs - last.atMs > last.atMs - first.atMs
  const recent = ends.slice(-INTERVALS)
  return isSilent && !recent.some(({ end }) => end <= last.committed)
}

/** A step back that a later commit makes good is a rebalance's, and forgiven. */
function hasRewound(window: readonly OffsetSample[]): boolean {
  return pairs(window).some(
    ([before, after], i) =>
      after.committed < before.committed &&
      !window.slice(i + 1).some(({ committed }) => committed >= before.committed),
  )
}

function pairs(window: readonly OffsetSample[]): [OffsetSample, OffsetSample][] {
  return window.slice(1).map((after, i) => [window[i] as OffsetSample, after])
}
