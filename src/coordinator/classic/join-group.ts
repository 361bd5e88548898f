// JoinGroup (key 11, v0-9): the checks in Kafka's order, then one of four cases: a new dynamic member (KIP-394), a static member
// without an id (KIP-345: static-member.ts), a pending id that comes back, and a member that rejoins
// (Kafka: GroupMetadataManager.classicGroupJoin).

import type { Ticket } from '../../machine/decision.js'
import { ErrorCodes } from '../../protocol/errors.js'
import { knownString } from '../../protocol/known-strings.js'
import type { JoinGroupRequest } from '../../protocol/messages/join-group.js'
import { Deadline } from '../deadline.js'
import { appendGroupMetadata } from '../records.js'
import { arm, disarm, emit, type Step } from '../shard.js'
import { ClassicGroup } from './group.js'
import { addNewMember, type Join, readJoin, updateAndPark } from './joining.js'
import type { Member } from './member.js'
import { findMember, removeMember, sameProtocols, supportsProtocols } from './members.js'
import { completeJoinIfReady, memberRemoved, prepareRebalance } from './rebalance.js'
import { membersForLeader, replyJoinError, replyJoined } from './responses.js'
import { sessionOf } from './session.js'
import { put } from './small-map.js'
import { joinWithoutId } from './static-member.js'

/** Answers with JoinGroupResponse, now or when the join phase ends. */
export function joinGroup(step: Step, ticket: Ticket, request: JoinGroupRequest): void {
  const { groupId, memberId, groupInstanceId, sessionTimeoutMs } = request
  const refuse = (error: number, id = memberId) => replyJoinError(step, ticket, error, id)

  if (groupId === '') return refuse(ErrorCodes.INVALID_GROUP_ID)
  const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs } = step.settings
  if (sessionTimeoutMs < groupMinSessionTimeoutMs || sessionTimeoutMs > groupMaxSessionTimeoutMs) {
    return refuse(ErrorCodes.INVALID_SESSION_TIMEOUT)
  }
  let group = step.shard.groups.get(groupId)
  if (group === undefined) {
    if (memberId !== '') return refuse(ErrorCodes.UNKNOWN_MEMBER_ID)
    group = createGroup(step, groupId)
  }
  if (!hasRoomFor(step, group, memberId)) {
    kickOut(step, group, memberId)
    return refuse(ErrorCodes.GROUP_MAX_SIZE_REACHED, '')
  }
  const join = readJoin(ticket, request)
  if (!supportsProtocols(group, request.protocolType, join.protocols)) {
    return refuse(ErrorCodes.INCONSISTENT_GROUP_PROTOCOL)
  }
  if (memberId === '') {
    if (groupInstanceId !== null) return joinWithoutId(step, group, join, groupInstanceId)
    return joinAsNewDynamicMember(step, group, join)
  }
  const pending = group.pendingJoin.get(memberId)
  if (pending !== undefined) {
    // A pending member is dynamic; Kafka's assertion answers so to one that claims otherwise.
    if (groupInstanceId !== null) return refuse(ErrorCodes.UNKNOWN_SERVER_ERROR, '')
    disarm(step, pending)
    return addNewMember(step, group, join, memberId)
  }
  const member = findMember(group, memberId, groupInstanceId)
  if (typeof member === 'number') return refuse(member)
  rejoin(step, group, join, member)
}

function createGroup(step: Step, groupId: string): ClassicGroup {
  const group = new ClassicGroup(groupId, step.nowMs)
  step.shard.groups.set(groupId, group)
  appendGroupMetadata(step, group)
  return group
}

/** group.max.size. In a join phase those count who are back; pending members never do. */
function hasRoomFor(step: Step, group: ClassicGroup, memberId: string): boolean {
  const member = group.members.get(memberId)
  const { groupMaxSize } = step.settings
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return (member !== undefined && member.parkedJoin !== null) || group.numAwaitingJoin < groupMaxSize
    case 'CompletingRebalance':
    case 'Stable':
      return member !== undefined || group.members.size < groupMaxSize
  }
}

function kickOut(step: Step, group: ClassicGroup, memberId: string): void {
  const timer = sessionOf(group, memberId)
  if (timer === undefined) return
  disarm(step, timer)
  const member = removeMember(group, memberId)
  if (member !== undefined) memberRemoved(step, group, member, 'the group has reached group.max.size')
}

/** KIP-394: since v4 a new member is first given an id, and a session to come back with it. */
function joinAsNewDynamicMember(step: Step, group: ClassicGroup, join: Join): void {
  const { ticket, request } = join
  const memberId = knownString(`${ticket.clientId ?? ''}-${step.shard.ids.memberUuid()}`)
  if (ticket.apiVersion < 4) return addNewMember(step, group, join, memberId)
  const timer = new Deadline('session', group.id, memberId)
  group.pendingJoin = put(group.pendingJoin, memberId, timer)
  arm(step, timer, request.sessionTimeoutMs)
  if (step.observed) emit(step, { type: 'member-pending', groupId: group.id, memberId })
  replyJoinError(step, ticket, ErrorCodes.MEMBER_ID_REQUIRED, memberId)
}

function rejoin(step: Step, group: ClassicGroup, join: Join, member: Member): void {
  const unchanged = sameProtocols(member.protocols, join.protocols)
  const isLeader = member.id === group.leaderId
  const { reason, ticket } = join
  switch (group.state) {
    case 'PreparingRebalance':
      updateAndPark(step, group, join, member)
      return completeJoinIfReady(step, group)
    case 'CompletingRebalance':
      // The answer to its JoinGroup was lost: the generation stands.
      if (unchanged) {
        return replyJoined(step, ticket, group, member, isLeader ? membersForLeader(group) : [])
      }
      updateAndPark(step, group, join, member)
      return prepareRebalance(
        step,
        group,
        `Updating metadata for member ${member.id} during ${group.state}; client reason: ${reason}`,
      )
    case 'Stable':
      // A leader that rejoins asks for a new assignment: what it watches (topics, partitions) has changed.
      if (unchanged && !isLeader) return replyJoined(step, ticket, group, member, [])
      updateAndPark(step, group, join, member)
      return prepareRebalance(
        step,
        group,
        isLeader
          ? `Leader ${member.id} re-joining group during ${group.state}; client reason: ${reason}`
          : `Updating metadata for member ${member.id} during ${group.state}; client reason: ${reason}`,
      )
    case 'Empty':
    case 'Dead':
      return replyJoinError(step, ticket, ErrorCodes.UNKNOWN_MEMBER_ID, member.id)
  }
}
