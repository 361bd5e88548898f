// The answers to JoinGroup and SyncGroup in one place: several files complete a parked request. Which fields
// exist in which version is the codec's business; what they hold by version is said here.

import type { Ticket } from '../../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { JoinGroupResponse } from '../../protocol/messages/join-group.js'
import type { SyncGroupResponse } from '../../protocol/messages/sync-group.js'
import { reply, type Step } from '../shard.js'
import type { ClassicGroup } from './group.js'
import { type Member, NO_BYTES } from './member.js'
import { metadataOf } from './members.js'

export type JoinGroupResponseMember = JoinGroupResponse['members'][number]

export function replyJoinError(step: Step, ticket: Ticket, errorCode: ErrorCode, memberId: string): void {
  const response: JoinGroupResponse = {
    throttleTimeMs: 0,
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: ticket.apiVersion >= 7 ? null : '', // nullable since v7 (KIP-559)
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  }
  reply(step, ticket, response)
}

/** The current generation as this member sees it. */
export function replyJoined(
  step: Step,
  ticket: Ticket,
  group: ClassicGroup,
  member: Member,
  members: JoinGroupResponseMember[],
  { leader = group.leaderId ?? '', skipAssignment = false } = {},
): void {
  const response: JoinGroupResponse = {
    throttleTimeMs: 0,
    errorCode: ErrorCodes.NONE,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader,
    skipAssignment,
    memberId: member.id,
    members,
  }
  reply(step, ticket, response)
}

/** What the leader is told to assign partitions: everybody, with the metadata of the chosen protocol. */
export function membersForLeader(group: ClassicGroup): JoinGroupResponseMember[] {
  return Array.from(group.members.values(), (member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: metadataOf(member, group.protocolName),
  }))
}

export function replySyncError(step: Step, ticket: Ticket, errorCode: ErrorCode): void {
  const response: SyncGroupResponse = {
    throttleTimeMs: 0,
    errorCode,
    protocolType: null,
    protocolName: null,
    assignment: NO_BYTES,
  }
  reply(step, ticket, response)
}

export function replySynced(step: Step, ticket: Ticket, group: ClassicGroup, member: Member): void {
  const response: SyncGroupResponse = {
    throttleTimeMs: 0,
    errorCode: ErrorCodes.NONE,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    assignment: member.assignment,
  }
  reply(step, ticket, response)
}
