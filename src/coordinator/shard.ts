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
  readonly decision: ShardDecision
  readonly observed: boolean
}

export function beginStep(shard: Shard, context: Context): Step {
  return {
    shard,
    nowMs: context.nowMs,
    image: context.image,
    settings: context.image.settings,
    decision: { records: [], replies: [], timers: [], calls: [], events: [] },
    observed: context.observed,
  }
}

export function reply(step: Step, ticket: Ticket, response: object): void {
  step.decision.replies.push({ ticket, response })
}

/** Fires `delayMs` from now; a non-positive delay fires in the next turn, never within the step. */
export function arm(step: Step, key: GroupTimer, delayMs: number): void {
  step.decision.timers.push({ key, deadlineMs: step.nowMs + Math.max(delayMs, 0) })
}

export function disarm(step: Step, key: GroupTimer): void {
  step.decision.timers.push({ key, deadlineMs: DISARM })
}

export function emit(step: Step, event: GroupEvent): void {
  step.decision.events.push(event)
}
