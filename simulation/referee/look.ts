// One step of a shard as the rules see it: what came, when, and what was decided, beside the group as it was before.

import type { GroupEvent, GroupTimer, ShardDecision, ShardEvent } from '../../src/coordinator/types.js'
import type { Ticket } from '../../src/machine/decision.js'
import type { Context } from '../../src/metadata/image.js'
import type { Fail } from './broken.js'
import type { Group } from './shadow.js'

export type SeenEvent =
  | ShardEvent
  | { readonly type: 'timer'; readonly key: GroupTimer }
  | { readonly type: 'loaded'; readonly downSinceMs?: number }

export interface Look {
  readonly event: SeenEvent
  readonly nowMs: number
  readonly context: Context
  readonly decision: ShardDecision
  readonly replies: ReadonlyMap<Ticket, object>
  readonly fail: Fail
}

export type EventOf<Type> = Extract<ShardEvent, { type: Type }>
export type StateEvent = Extract<GroupEvent, { type: 'state' }>

export const codeOf = (response: object | undefined) =>
  (response as { errorCode?: number } | undefined)?.errorCode

export function changesState({ decision }: Look, groupId: string): boolean {
  return decision.events.some((event) => event.type === 'state' && event.groupId === groupId)
}

export const isTimer = ({ event }: Look, kind: GroupTimer['kind']) =>
  event.type === 'timer' && event.key.kind === kind

export const named = (group: Group) => `group '${group.id}' (${group.state}, generation ${group.generation})`
