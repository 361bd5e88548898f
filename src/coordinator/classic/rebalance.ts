// A rebalance from its beginning to the answers of the join phase: prepareRebalance, the initial delay
// (KIP-134), the join and sync deadlines, and completion. Function for function Kafka's GroupMetadataManager
// (prepareRebalance, maybeCompleteJoinPhase, completeClassicGroupJoin, schedulePendingSync).

import { ErrorCodes } from '../../protocol/errors.js'
import { Deadline } from '../deadline.js'
import { appendGroupMetadata } from '../records.js'
import { arm, disarm, emit, type Step } from '../shard.js'
import { allJoined, type ClassicGroup, enter } from './group.js'
import { type Member, NO_BYTES } from './member.js'
import { computeSubscribedTopics, removeMember, selectProtocol, unparkJoin } from './members.js'
import { membersForLeader, replyJoinError, replyJoined, replySyncError } from './responses.js'
import { NONE, put, without } from './small-map.js'

export function armSession(step: Step, member: Member): void {
  arm(step, member, member.sessionTimeoutMs)
}

/** After a join or leave: starts a rebalance where one can start, else sees whether the join phase is over. */
export function rebalanceOrComplete(step: Step, group: ClassicGroup, cause: string): void {
  if (group.state === 'PreparingRebalance') completeJoinIfReady(step, group)
  else prepareRebalance(step, group, cause)
}

export function prepareRebalance(step: Step, group: ClassicGroup, cause: string): void {
  if (group.state === 'CompletingRebalance') abandonSync(step, group)
  clearPendingSync(step, group)
  const initial = group.state === 'Empty'
  enter(step, group, 'PreparingRebalance', cause)
  if (initial) {
    const delayMs = step.settings.groupInitialRebalanceDelayMs
    const remainingMs = Math.max(maxRebalanceTimeoutMs(group) - delayMs, 0)
    group.initialDelay = { delayMs, remainingMs }
    armJoin(step, group, delayMs)
  } else {
    group.initialDelay = null
    if (allJoined(group)) completeJoin(step, group)
    else armJoin(step, group, maxRebalanceTimeoutMs(group))
  }
}

/** The initial rebalance waits for its delay, however many have joined. */
export function completeJoinIfReady(step: Step, group: ClassicGroup): void {
  if (group.previousState !== 'Empty' && allJoined(group)) completeJoin(step, group)
}

function armJoin(step: Step, group: ClassicGroup, delayMs: number): void {
  group.joinTimer ??= new Deadline('join', group.id)
  arm(step, group.joinTimer, delayMs)
}

function disarmJoin(step: Step, group: ClassicGroup): void {
  if (group.joinTimer !== null) disarm(step, group.joinTimer)
  group.joinTimer = null
}

/** The join timer fired. A delayed initial rebalance is extended while new members keep coming (KIP-134). */
export function joinTimerFired(step: Step, group: ClassicGroup): void {
  group.joinTimer = null
  const delay = group.initialDelay
  if (delay !== null && group.newMemberAdded && delay.remainingMs !== 0) {
    group.newMemberAdded = false
    const delayMs = Math.min(step.settings.groupInitialRebalanceDelayMs, delay.remainingMs)
    group.initialDelay = { delayMs, remainingMs: Math.max(delay.remainingMs - delay.delayMs, 0) }
    armJoin(step, group, delayMs)
  } else {
    completeJoin(step, group)
  }
}

/** Ends the join phase: drops who did not rejoin, bumps the generation, votes, and answers every JoinGroup. */
export function completeJoin(step: Step, group: ClassicGroup): void {
  disarmJoin(step, group)
  group.initialDelay = null
  dropAbsentDynamicMembers(step, group)
  if (group.members.size > 0 && !electJoinedLeader(group)) {
    // Only static members, none of them back yet: they keep their place until their sessions run out.
    armJoin(step, group, maxRebalanceTimeoutMs(group))
    return
  }
  group.generation++
  if (group.members.size === 0) {
    group.protocolName = null
    group.subscribedTopics = computeSubscribedTopics(group)
    enter(step, group, 'Empty', 'the join phase ended without members')
    appendGroupMetadata(step, group)
  } else {
    group.protocolName = selectProtocol(group)
    group.subscribedTopics = computeSubscribedTopics(group)
    enter(step, group, 'CompletingRebalance', 'the join phase ended')
    answerJoins(step, group)
    armSync(step, group)
  }
}

function dropAbsentDynamicMembers(step: Step, group: ClassicGroup): void {
  for (const member of group.members.values()) {
    if (member.parkedJoin !== null || member.instanceId !== null) continue
    removeMember(group, member.id)
    disarm(step, member)
    memberRemoved(step, group, member, 'did not rejoin before the rebalance timeout')
  }
}

/** A leader that is not back cannot assign: the first member that is takes over. false: nobody is back. */
function electJoinedLeader(group: ClassicGroup): boolean {
  const leader = group.leaderId === null ? undefined : group.members.get(group.leaderId)
  if (leader?.parkedJoin) return true
  for (const member of group.members.values()) {
    if (member.parkedJoin === null) continue
    group.leaderId = member.id
    return true
  }
  return false
}

function answerJoins(step: Step, group: ClassicGroup): void {
  for (const member of group.members.values()) {
    const ticket = unparkJoin(group, member)
    if (ticket !== null) {
      const isLeader = member.id === group.leaderId
      replyJoined(step, ticket, group, member, isLeader ? membersForLeader(group) : [])
    }
    armSession(step, member)
    member.isNew = false
    group.pendingSync = put(group.pendingSync, member.id, true)
  }
}

function armSync(step: Step, group: ClassicGroup): void {
  group.syncTimer ??= new Deadline('sync', group.id)
  arm(step, group.syncTimer, maxRebalanceTimeoutMs(group))
}

function disarmSync(step: Step, group: ClassicGroup): void {
  if (group.syncTimer !== null) disarm(step, group.syncTimer)
  group.syncTimer = null
}

/** Who has not synced by now is removed; it stays armed in Stable while a follower owes its SyncGroup. */
export function syncTimerFired(step: Step, group: ClassicGroup): void {
  group.syncTimer = null
  if (group.pendingSync.size === 0) return
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return
  const late = [...group.pendingSync.keys()]
  const cause = `Removing ${late.join(', ')} on pending sync request expiration`
  for (const memberId of late) {
    const member = removeMember(group, memberId)
    if (member === undefined) continue
    disarm(step, member)
    memberRemoved(step, group, member, cause)
  }
  prepareRebalance(step, group, cause)
}

/** A member's SyncGroup has come: it no longer holds the sync timer. */
export function syncReceived(step: Step, group: ClassicGroup, memberId: string): void {
  group.pendingSync = without(group.pendingSync, memberId)
  if (group.pendingSync.size === 0) disarmSync(step, group)
}

function clearPendingSync(step: Step, group: ClassicGroup): void {
  disarmSync(step, group)
  group.pendingSync = NONE
}

/** The generation will not become Stable: what waits for its assignment is sent back to join. */
function abandonSync(step: Step, group: ClassicGroup): void {
  for (const member of group.members.values()) {
    member.assignment = NO_BYTES
    if (member.parkedSync === null) continue
    replySyncError(step, member.parkedSync, ErrorCodes.REBALANCE_IN_PROGRESS)
    member.parkedSync = null
    armSession(step, member)
  }
}

/** Answers what a removed member still waits for. */
export function releaseMember(step: Step, member: Member): void {
  if (member.parkedJoin !== null) {
    replyJoinError(step, member.parkedJoin, ErrorCodes.UNKNOWN_MEMBER_ID, '')
    member.parkedJoin = null
  }
  if (member.parkedSync !== null) {
    // Apache never answers this one; see docs/skipped.md.
    replySyncError(step, member.parkedSync, ErrorCodes.UNKNOWN_MEMBER_ID)
    member.parkedSync = null
  }
}

export function memberRemoved(step: Step, group: ClassicGroup, member: Member, cause: string): void {
  if (!step.observed) return
  emit(step, {
    type: 'member-removed',
    groupId: group.id,
    memberId: member.id,
    instanceId: member.instanceId,
    cause,
  })
}

export function maxRebalanceTimeoutMs(group: ClassicGroup): number {
  let max = 0
  for (const member of group.members.values()) max = Math.max(max, member.rebalanceTimeoutMs)
  return max
}
