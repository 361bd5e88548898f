// How well a group's partitions were looked after: from who believed to own them, and whether they could work. Somebody who
// stands still owns nothing for these figures, though they will believe otherwise when they go on.

import type { GroupJournal, Span } from './journal.js'
import type { Lifetimes } from './lifetimes.js'

export interface OwnershipFigures {
  readonly unownedMs: number
  readonly longestUnownedMs: number
  readonly doubleMs: number
  readonly stops: number
}

/** Partitions that have had an owner by `fromMs`, or get one later, from then on. */
export function ownershipIn(
  journal: GroupJournal,
  lives: Lifetimes,
  fromMs: number,
  toMs: number,
): OwnershipFigures {
  let [unownedMs, longestUnownedMs, doubleMs, stops] = [0, 0, 0, 0]
  for (const spans of journal.ownership.values()) {
    const first = Math.max(fromMs, spans[0]?.fromMs ?? toMs)
    for (const { fromMs: begin, toMs: end, owners } of coverage(spans, lives, first, toMs)) {
      if (owners === 0) unownedMs += end - begin
      if (owners === 0) stops++
      if (owners === 0) longestUnownedMs = Math.max(longestUnownedMs, end - begin)
      if (owners > 1) doubleMs += end - begin
    }
  }
  return { unownedMs, longestUnownedMs, doubleMs, stops }
}

interface Covered {
  readonly fromMs: number
  readonly toMs: number
  readonly owners: number
}

/** The time from `fromMs` to `toMs` cut where the number of owners changes. */
function coverage(spans: readonly Span[], lives: Lifetimes, fromMs: number, toMs: number): Covered[] {
  const edges: { atMs: number; change: number }[] = []
  const clip = (ms: number) => Math.min(Math.max(ms, fromMs), toMs)
  for (const span of spans) {
    for (const part of awake(span, lives)) {
      const [begin, end] = [clip(part.fromMs), clip(part.toMs)]
      if (end > begin) edges.push({ atMs: begin, change: 1 }, { atMs: end, change: -1 })
    }
  }
  edges.sort((a, b) => a.atMs - b.atMs)
  const covered: Covered[] = []
  let owners = 0
  let atMs = fromMs
  for (const edge of [...edges, { atMs: toMs, change: 0 }]) {
    const last = covered.at(-1)
    if (edge.atMs > atMs) {
      if (last !== undefined && last.owners === owners)
        covered[covered.length - 1] = { ...last, toMs: edge.atMs }
      else covered.push({ fromMs: atMs, toMs: edge.atMs, owners })
    }
    atMs = edge.atMs
    owners += edge.change
  }
  return covered
}

/** A span without the pauses in it. */
export function awake(span: Span, lives: Lifetimes): Span[] {
  let parts = [span]
  for (const pause of lives.pausesOf(span.who)) {
    parts = parts.flatMap((part) => {
      if (pause.toMs <= part.fromMs || pause.fromMs >= part.toMs) return [part]
      const before = { ...part, toMs: pause.fromMs }
      const after = { ...part, fromMs: pause.toMs }
      return [before, after].filter(({ fromMs, toMs }) => toMs > fromMs)
    })
  }
  return parts
}

/** How often, from `fromMs` on, a partition got an owner other than its last one. */
export function movesIn(journal: GroupJournal, fromMs: number): number {
  let moves = 0
  for (const spans of journal.ownership.values()) {
    for (const [i, span] of spans.entries()) {
      const before = spans[i - 1]
      if (before !== undefined && before.who !== span.who && span.fromMs >= fromMs) moves++
    }
  }
  return moves
}
