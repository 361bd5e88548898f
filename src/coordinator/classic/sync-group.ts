// SyncGroup (key 14, v0-5): followers wait for the leader's assignment; the leader's makes the group Stable
// (Kafka: GroupMetadataManager.classicGroupSync).

import type { Ticket } from '../../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { SyncGroupRequest } from '../../protocol/messages/sync-group.js'
import { appendGroupMetadata } from '../records.js'
import type { Step } from '../shard.js'
import { type ClassicGroup, enter } from './group.js'
import { type Member, NO_BYTES } from './member.js'
import { findMember } from './members.js'
import { ownCopy } from './own-copy.js'
import { armSession, syncReceived } from './rebalance.js'
import { replySyncError, replySynced } from './responses.js'

/** Answers with SyncGroupResponse, now or when the leader's assignment is there. */
export function syncGroup(step: Step, ticket: Ticket, request: SyncGroupRequest): void {
  const refuse = (error: ErrorCode) => replySyncError(step, ticket, error)

  // KIP-559: mandatory from v5 on, and looked at before anything else.
  if (ticket.apiVersion >= 5 && (request.protocolType === null || request.protocolName === null)) {
    return refuse(ErrorCodes.INCONSISTENT_GROUP_PROTOCOL)
  }
  if (request.groupId === '') return refuse(ErrorCodes.INVALID_GROUP_ID)
  const group = step.shard.groups.get(request.groupId)
  if (group === undefined || group.state === 'Empty') return refuse(ErrorCodes.UNKNOWN_MEMBER_ID)
  const member = findMember(group, request.memberId, request.groupInstanceId)
  if (typeof member === 'number') return refuse(member)
  const invalid = validateSync(group, request)
  if (invalid !== ErrorCodes.NONE) return refuse(invalid)

  switch (group.state) {
    case 'PreparingRebalance':
      return refuse(ErrorCodes.REBALANCE_IN_PROGRESS)
    case 'CompletingRebalance':
      parkSync(step, ticket, member)
      syncReceived(step, group, member.id)
      if (member.id === group.leaderId) assign(step, group, request)
      return
    case 'Stable':
      syncReceived(step, group, member.id)
      return replySynced(step, ticket, group, member)
    case 'Dead':
      return refuse(ErrorCodes.COORDINATOR_NOT_AVAILABLE)
  }
}

function validateSync(group: ClassicGroup, request: SyncGroupRequest): ErrorCode {
  const { protocolType, protocolName } = request
  if (request.generationId !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  const typeDiffers =
    protocolType !== null && group.protocolType !== null && protocolType !== group.protocolType
  const nameDiffers =
    protocolName !== null && group.protocolName !== null && protocolName !== group.protocolName
  return typeDiffers || nameDiffers ? ErrorCodes.INCONSISTENT_GROUP_PROTOCOL : ErrorCodes.NONE
}

function parkSync(step: Step, ticket: Ticket, member: Member): void {
  if (member.parkedSync !== null) {
    // Apache drops the older request unanswered; see docs/skipped.md.
    replySyncError(step, member.parkedSync, ErrorCodes.REBALANCE_IN_PROGRESS)
  }
  member.parkedSync = ticket
}

/** Members that the leader left out get nothing; ids it made up are ignored. */
function assign(step: Step, group: ClassicGroup, request: SyncGroupRequest): void {
  const assignments = new Map(request.assignments.map((a) => [a.memberId, a.assignment]))
  for (const member of group.members.values()) {
    const assignment = assignments.get(member.id)
    member.assignment = assignment === undefined ? NO_BYTES : ownCopy(assignment)
  }
  enter(step, group, 'Stable', `assignment received from leader ${group.leaderId}`)
  appendGroupMetadata(step, group)
  for (const member of group.members.values()) {
    if (member.parkedSync === null) continue
    replySynced(step, member.parkedSync, group, member)
    member.parkedSync = null
    armSession(step, member)
  }
}
