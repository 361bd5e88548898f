// A classic group as plain data (Kafka: ClassicGroup), and the one way to change its state. Which members join, leave and vote is
// members.ts; when a rebalance begins and ends is rebalance.ts.

import { emit, type Step } from '../shard.js'
import type { GroupState, GroupTimer } from '../types.js'
import type { Member } from './member.js'
import { NONE, type ReadonlySmallMap, SmallMap } from './small-map.js'
import { VALID_PREVIOUS } from './transitions.js'

/** It is the map of its members itself: there may be many groups with one member each, and what heartbeats ask for is then near. */
export class ClassicGroup extends SmallMap<Member> {
  // what a heartbeat asks for is at the beginning
  state: GroupState = 'Empty'
  generation = 0
  readonly id: string
  previousState: GroupState = 'Dead'
  stateSinceMs: number
  /** null until the first member, and for a group that only commits ("simple"). */
  protocolType: string | null = null
  protocolName: string | null = null
  leaderId: string | null = null
  /** Group instance id -> member id (KIP-345). */
  staticMembers: ReadonlySmallMap<string> = NONE
  /** Ids handed out with MEMBER_ID_REQUIRED that have not joined yet (KIP-394), with their session timers. */
  pendingJoin: ReadonlySmallMap<GroupTimer> = NONE
  /** Ids that owe a SyncGroup for this generation. */
  pendingSync: ReadonlySmallMap<true> = NONE
  /** Protocol name -> how many members support it; null with fewer than two members: of one alone it is plain. */
  supportedProtocols: SmallMap<number> | null = null
  numAwaitingJoin = 0
  /** A member was added while the initial rebalance was delayed: the delay is extended once more. */
  newMemberAdded = false
  /** null: unknown (not of type consumer, or unparsable subscriptions). */
  subscribedTopics: ReadonlySmallMap<true> | null = null
  /** null unless it is armed. */
  joinTimer: GroupTimer | null = null
  /** Set while joinTimer measures the initial rebalance delay. */
  initialDelay: { delayMs: number; remainingMs: number } | null = null
  /** null unless it is armed. */
  syncTimer: GroupTimer | null = null

  constructor(id: string, nowMs: number) {
    super()
    this.id = id
    this.stateSinceMs = nowMs
  }

  get members(): SmallMap<Member> {
    return this
  }
}

export const CONSUMER_PROTOCOL_TYPE = 'consumer'

/** The only way a group changes its state. An illegal transition is a defect. */
export function enter(step: Step, group: ClassicGroup, state: GroupState, cause: string): void {
  if (!VALID_PREVIOUS[state].includes(group.state)) {
    throw new Error(`illegal transition of group '${group.id}': ${group.state} -> ${state} (${cause})`)
  }
  if (step.observed) {
    const { id, generation, state: from } = group
    emit(step, { type: 'state', groupId: id, from, to: state, generation, cause })
  }
  group.previousState = group.state
  group.state = state
  group.stateSinceMs = step.nowMs
}

/** Whether a topic's offsets are in use by the group; when the set is unknown, a consumer group uses all. */
export function isSubscribedTo(group: ClassicGroup, topic: string): boolean {
  return group.subscribedTopics?.has(topic) ?? group.protocolType === CONSUMER_PROTOCOL_TYPE
}

/** No pending member, and every member has a parked JoinGroup (trivially so with no members). */
export function allJoined(group: ClassicGroup): boolean {
  return group.members.size === group.numAwaitingJoin && group.pendingJoin.size === 0
}
