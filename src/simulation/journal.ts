// What happened to one group, as its coordinator tells it and as its members live it: who believed to own which partition
// from when to when, who was busy, stood still, came and went. Figures and timelines are read from it afterwards.

import type { GroupEvent } from '../coordinator/types.js'

export type TimedEvent = GroupEvent & { readonly atMs: number }

export interface Span {
  readonly who: string
  readonly fromMs: number
  /** Infinity while it lasts. */
  toMs: number
}

export type MarkKind =
  | 'started'
  /** Sent a JoinGroup. */
  | 'joining'
  /** Got its assignment. */
  | 'synced'
  /** Sent a LeaveGroup. */
  | 'left'
  | 'crashed'
  | 'stopped'
  /** Gave up: an error that its client does not try to mend. */
  | 'fatal'
  /** A commit was refused. */
  | 'commit refused'

export interface Mark {
  readonly atMs: number
  readonly who: string
  readonly kind: MarkKind
  readonly detail: string
}

/** One partition of one topic. */
export const partitionKey = (topic: string, partition: number) => `${topic}-${partition}`

export class GroupJournal {
  readonly events: TimedEvent[] = []
  readonly marks: Mark[] = []
  /** Partition key -> who owned it as far as they knew, in the order of their beginning. */
  readonly ownership = new Map<string, Span[]>()
  readonly stoodStill: Span[] = []
  /** Between two polls, or within the handler of a batch. */
  readonly busy: Span[] = []
  /** Who -> when its heartbeats reached the coordinator. */
  readonly heartbeats = new Map<string, number[]>()
  commits = 0
  private readonly names = new Map<string, string>()

  mark(atMs: number, who: string, kind: MarkKind, detail = ''): void {
    this.marks.push({ atMs, who, kind, detail })
  }

  named(memberId: string, who: string): void {
    if (memberId !== '') this.names.set(memberId, who)
  }

  /** Whose member id that is. */
  whoIs(memberId: string): string {
    return this.names.get(memberId) ?? memberId
  }

  /** Kafka's words with names in place of member ids. */
  withNames(text: string): string {
    return text.replace(/[^\s(]+?-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/g, (id) => {
      return this.whoIs(id)
    })
  }

  /** Whom it was given to last. */
  ownerOf(key: string): string | undefined {
    return this.ownership.get(key)?.at(-1)?.who
  }

  owns(atMs: number, who: string, keys: Iterable<string>): void {
    for (const key of keys) {
      const spans = this.ownership.get(key)
      const span = { who, fromMs: atMs, toMs: Number.POSITIVE_INFINITY }
      if (spans === undefined) this.ownership.set(key, [span])
      else spans.push(span)
    }
  }

  ownsNoLonger(atMs: number, who: string, keys: Iterable<string>): void {
    for (const key of keys) {
      for (const span of this.ownership.get(key) ?? []) {
        if (span.who === who && span.toMs === Number.POSITIVE_INFINITY) span.toMs = atMs
      }
    }
  }

  /** It is dead: nothing is its own any more. */
  died(atMs: number, who: string): void {
    this.ownsNoLonger(atMs, who, this.ownership.keys())
    for (const span of this.busy) if (span.who === who && span.toMs > atMs) span.toMs = atMs
    for (const span of this.stoodStill) if (span.who === who && span.toMs > atMs) span.toMs = atMs
  }

  isBusy(atMs: number, who: string): void {
    this.busy.push({ who, fromMs: atMs, toMs: Number.POSITIVE_INFINITY })
  }

  isBusyNoLonger(atMs: number, who: string): void {
    for (let i = this.busy.length - 1; i >= 0; i--) {
      const span = this.busy[i] as Span
      if (span.who !== who) continue
      if (span.toMs === Number.POSITIVE_INFINITY) span.toMs = atMs
      return
    }
  }

  heartbeatArrived(atMs: number, who: string): void {
    const times = this.heartbeats.get(who)
    if (times === undefined) this.heartbeats.set(who, [atMs])
    else times.push(atMs)
  }
}
