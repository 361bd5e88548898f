// LeaveGroup (key 13, v0-5): one member until v2, a batch since v3 (KIP-345), with one rebalance for the whole
// batch (Kafka: GroupMetadataManager.classicGroupLeaveToClassicGroup).

import type { Ticket } from '../../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { LeaveGroupRequest } from '../../protocol/messages/leave-group.js'
import { disarm, reply, type Step } from '../shard.js'
import type { ClassicGroup } from './group.js'
import { removeMember, validateMember } from './members.js'
import { completeJoinIfReady, memberRemoved, prepareRebalance, releaseMember } from './rebalance.js'
import { without } from './small-map.js'

interface MemberIdentity {
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** Answers with LeaveGroupResponse: per member since v3, before with the one member's error on top. */
export function leaveGroup(step: Step, ticket: Ticket, request: LeaveGroupRequest): void {
  if (request.groupId === '') {
    return reply(step, ticket, { throttleTimeMs: 0, errorCode: ErrorCodes.INVALID_GROUP_ID, members: [] })
  }
  const group = step.shard.groups.get(request.groupId)
  const single = ticket.apiVersion <= 2
  const leaving = single ? [{ memberId: request.memberId, groupInstanceId: null }] : request.members
  const left: string[] = []
  const members = leaving.map(({ memberId, groupInstanceId }) => {
    const identity = { memberId, groupInstanceId }
    const errorCode = group === undefined ? ErrorCodes.UNKNOWN_MEMBER_ID : leave(step, group, identity)
    if (errorCode === ErrorCodes.NONE) left.push(memberId === '' ? `${groupInstanceId}` : memberId)
    return { memberId, groupInstanceId, errorCode }
  })
  if (group !== undefined && left.length > 0) afterLeaving(step, group, left)
  const errorCode = single ? (members[0]?.errorCode ?? ErrorCodes.NONE) : ErrorCodes.NONE
  reply(step, ticket, { throttleTimeMs: 0, errorCode, members: single ? [] : members })
}

function leave(step: Step, group: ClassicGroup, { memberId, groupInstanceId }: MemberIdentity): ErrorCode {
  const pending = group.pendingJoin.get(memberId)
  if (pending !== undefined) {
    group.pendingJoin = without(group.pendingJoin, memberId)
    disarm(step, pending)
    return ErrorCodes.NONE
  }
  // Without a member id an administrator removes a static member by its instance id.
  const id = memberId === '' && groupInstanceId !== null ? group.staticMembers.get(groupInstanceId) : memberId
  if (id === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
  const invalid = validateMember(group, id, groupInstanceId)
  if (invalid !== ErrorCodes.NONE) return invalid
  const member = removeMember(group, id)
  if (member === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
  disarm(step, member)
  releaseMember(step, member)
  memberRemoved(step, group, member, 'left through explicit `LeaveGroup` request')
  return ErrorCodes.NONE
}

function afterLeaving(step: Step, group: ClassicGroup, left: readonly string[]): void {
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
    prepareRebalance(step, group, `explicit \`LeaveGroup\` request for (${left.join(', ')}) members.`)
  } else if (group.state === 'PreparingRebalance') {
    completeJoinIfReady(step, group)
  }
}
