// The state of one shard (one partition of __consumer_offsets) and the step in progress. Every function of
// this room takes the Step: what it may know (time, image, settings) and where it writes what it decides.

import type { Ticket } from '../machine/decision.js'
import { DISARM } from '../machine/decision.js'
import type { IdSource } from '../machine/id-source.js'
import type { ClusterImage, Context } from '../metadata/image.js'
import type { Settings } from '../metadata/settings.js'
import type { ClassicGroup } from './classic/group.js'
import type { OffsetStore } from './offsets.js'
import type { GroupEvent, GroupTimer, ShardDecision } from './types.js'

export interface Shard {
  readonly groups: Map<string, ClassicGroup>
  readonly offsets: OffsetStore
  readonly ids: IdSource
  readonly expirationTimer: GroupTimer
}

export interface Step {
  readonly shard: Shard
  readonly nowMs: number
  readonly image: ClusterImage
  readonly settings: Settings
  /** Its lists grow by `added` alone. */
  readonly decision: { -readonly [Part in keyof ShardDecision]: Readonly<ShardDecision[Part]> }
  readonly observed: boolean
  readonly commitsObserved: boolean
}

export function beginStep(shard: Shard, context: Context): Step {
  return {
    shard,
    nowMs: context.nowMs,
    image: context.image,
    settings: context.image.settings,
    decision: { records: NOTHING, replies: NOTHING, timers: NOTHING, calls: NOTHING, events: NOTHING },
    observed: context.observed,
    commitsObserved: context.commitsObserved,
  }
}

/** What most decisions have of most things; shared, and never written to. */
const NOTHING: readonly never[] = []

/** A list of one item, as most are, is made with it: `push` on an empty one makes room for seventeen. */
export function added<T>(list: readonly T[], item: T): T[] {
  if (list.length === 0) return [item]
  const own = list as T[]
  own.push(item)
  return own
}

export function reply({ decision }: Step, ticket: Ticket, response: object): void {
  decision.replies = added(decision.replies, { ticket, response })
}

/** Fires `delayMs` from now; a non-positive delay fires in the next turn, never within the step. */
export function arm({ decision, nowMs }: Step, key: GroupTimer, delayMs: number): void {
  decision.timers = added(decision.timers, { key, deadlineMs: nowMs + Math.max(delayMs, 0) })
}

export function disarm({ decision }: Step, key: GroupTimer): void {
  decision.timers = added(decision.timers, { key, deadlineMs: DISARM })
}

export function emit({ decision }: Step, event: GroupEvent): void {
  decision.events = added(decision.events, event)
}
