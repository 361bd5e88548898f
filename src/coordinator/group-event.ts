// What a shard tells of its groups, and what it waits for: the words that whoever observes shares with it.

import type { TimerKey } from '../machine/timer-key.js'

/** A deadline of the shard, compared by identity. */
export interface GroupTimer extends TimerKey {
  /** 'session': of a member, or of an id that was given out and has not joined. 'expiration': of the shard, for all groups. */
  readonly kind: 'session' | 'join' | 'sync' | 'expiration'
  /** '' of the shard's. */
  readonly groupId: string
  /** '' unless it is a session. */
  readonly memberId: string
}

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** What happened, in the field's words, with its cause. Made only while somebody observes. */
export type GroupEvent =
  | { type: 'state'; groupId: string; from: GroupState; to: GroupState; generation: number; cause: string }
  | { type: 'member-joined'; groupId: string; memberId: string; instanceId: string | null; cause: string }
  | { type: 'member-removed'; groupId: string; memberId: string; instanceId: string | null; cause: string }
  | { type: 'member-replaced'; groupId: string; memberId: string; oldMemberId: string; instanceId: string }
  | { type: 'member-pending'; groupId: string; memberId: string }
  | { type: 'committed'; groupId: string; memberId: string; topic: string; partition: number; offset: bigint }
  | { type: 'offsets-removed'; groupId: string; count: number; cause: string }
  | { type: 'group-removed'; groupId: string; cause: string }
