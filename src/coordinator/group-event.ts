// What a shard tells of its groups, and what it waits for: the words that whoever observes shares with it.

/** The deadline of a member, or of one that is to come back with the id that it was given. */
export interface SessionTimer {
  readonly kind: 'session'
  readonly groupId: string
  readonly memberId: string
}

/** A deadline of the shard. One object per member or group, compared by identity. */
export type GroupTimer =
  | SessionTimer
  | { readonly kind: 'join'; readonly groupId: string }
  | { readonly kind: 'sync'; readonly groupId: string }
  | { readonly kind: 'expiration' }

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
