// What a request must be answered, by the shadow of its group: the checks of Kafka's coordinator in their order, for requests
// whose answer is known before they are handled.

import { type ErrorCode, ErrorCodes } from '../../src/protocol/errors.js'
import type { EventOf } from './look.js'
import { type Group, ownerOf } from './shadow.js'

export function memberError(group: Group, memberId: string, instanceId: string | null): ErrorCode {
  if (instanceId !== null) {
    const owner = ownerOf(group, instanceId)
    if (owner === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
    if (owner !== memberId) return ErrorCodes.FENCED_INSTANCE_ID
  }
  return group.seats.has(memberId) ? ErrorCodes.NONE : ErrorCodes.UNKNOWN_MEMBER_ID
}

export function heartbeatVerdict(
  group: Group | undefined,
  { groupId, memberId, groupInstanceId, generationId }: EventOf<'Heartbeat'>['request'],
): ErrorCode {
  if (groupId === '') return ErrorCodes.INVALID_GROUP_ID
  if (group === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
  const wrong = memberError(group, memberId, groupInstanceId)
  if (wrong !== ErrorCodes.NONE) return wrong
  if (generationId !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  return group.state === 'PreparingRebalance' ? ErrorCodes.REBALANCE_IN_PROGRESS : ErrorCodes.NONE
}

/** Of partitions that exist. */
export function commitVerdict(
  group: Group | undefined,
  { event: { ticket, request } }: { event: EventOf<'OffsetCommit'> },
): ErrorCode {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generation } = request
  if (group === undefined) {
    if (generation < 0) return ErrorCodes.NONE
    return ticket.apiVersion >= 9 ? ErrorCodes.GROUP_ID_NOT_FOUND : ErrorCodes.ILLEGAL_GENERATION
  }
  if (generation < 0 && group.state === 'Empty') return ErrorCodes.NONE
  if (generation < 0 && memberId === '' && groupInstanceId === null) return ErrorCodes.UNKNOWN_MEMBER_ID
  const wrong = memberError(group, memberId, groupInstanceId)
  if (wrong !== ErrorCodes.NONE) return wrong
  if (generation !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  return group.state === 'CompletingRebalance' ? ErrorCodes.REBALANCE_IN_PROGRESS : ErrorCodes.NONE
}

/** 'waits': for the leader's. */
export function syncVerdict(
  group: Group | undefined,
  { ticket, request }: EventOf<'SyncGroup'>,
): ErrorCode | 'waits' {
  const { groupId, memberId, groupInstanceId, generationId, protocolType, protocolName } = request
  if (ticket.apiVersion >= 5 && (protocolType === null || protocolName === null)) {
    return ErrorCodes.INCONSISTENT_GROUP_PROTOCOL
  }
  if (groupId === '') return ErrorCodes.INVALID_GROUP_ID
  if (group === undefined || group.state === 'Empty') return ErrorCodes.UNKNOWN_MEMBER_ID
  const wrong = memberError(group, memberId, groupInstanceId)
  if (wrong !== ErrorCodes.NONE) return wrong
  if (generationId !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  const differs = (asked: string | null, chosen: string | null) =>
    asked !== null && chosen !== null && asked !== chosen
  if (differs(protocolType, group.protocolType) || differs(protocolName, group.protocolName)) {
    return ErrorCodes.INCONSISTENT_GROUP_PROTOCOL
  }
  if (group.state === 'PreparingRebalance') return ErrorCodes.REBALANCE_IN_PROGRESS
  return group.state === 'CompletingRebalance' && memberId !== group.leader ? 'waits' : ErrorCodes.NONE
}

/** Per entry, each judged by what the ones before it left. */
export function leaveVerdicts(
  group: Group | undefined,
  { ticket, request }: EventOf<'LeaveGroup'>,
): ErrorCode[] {
  const single = [{ memberId: request.memberId, groupInstanceId: null }]
  const leaving = ticket.apiVersion <= 2 ? single : request.members
  const gone = new Set<string>()
  return leaving.map(({ memberId, groupInstanceId }) => {
    if (group === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
    if (group.pending.has(memberId) && !gone.has(memberId)) {
      gone.add(memberId)
      return ErrorCodes.NONE
    }
    const owner = groupInstanceId === null ? undefined : ownerOf(group, groupInstanceId)
    const id = memberId === '' && groupInstanceId !== null ? owner : memberId
    // the instance of somebody who has gone is nobody's
    if (id === undefined || (owner !== undefined && gone.has(owner))) return ErrorCodes.UNKNOWN_MEMBER_ID
    if (owner !== undefined && owner !== id) return ErrorCodes.FENCED_INSTANCE_ID
    if (gone.has(id)) return ErrorCodes.UNKNOWN_MEMBER_ID
    const error = memberError(group, id, groupInstanceId)
    if (error === ErrorCodes.NONE) gone.add(id)
    return error
  })
}

/** Why a JoinGroup may be refused so; false: it may not. NONE stands for being let in, now or later. */
export function mayBeJoinError(
  group: Group | undefined,
  { ticket, request }: EventOf<'JoinGroup'>,
  code: ErrorCode,
): boolean {
  const { memberId, groupInstanceId } = request
  const isNamed = memberId !== ''
  const isPending = group?.pending.has(memberId) ?? false
  switch (code) {
    case ErrorCodes.NONE:
      if (!isNamed) return ticket.apiVersion < 4 || groupInstanceId !== null
      if (group === undefined) return false
      return isPending || memberError(group, memberId, groupInstanceId) === ErrorCodes.NONE
    case ErrorCodes.MEMBER_ID_REQUIRED:
      return !isNamed && ticket.apiVersion >= 4 && groupInstanceId === null
    case ErrorCodes.UNKNOWN_MEMBER_ID:
    case ErrorCodes.FENCED_INSTANCE_ID:
      if (group === undefined || group.state === 'Empty') return isNamed && !isPending
      return isNamed && !isPending && memberError(group, memberId, groupInstanceId) === code
    case ErrorCodes.INCONSISTENT_GROUP_PROTOCOL:
      return !isSupported(group, request)
    case ErrorCodes.GROUP_MAX_SIZE_REACHED:
    case ErrorCodes.INVALID_SESSION_TIMEOUT:
    case ErrorCodes.INVALID_GROUP_ID:
      return true
    case ErrorCodes.UNKNOWN_SERVER_ERROR:
      return isPending && groupInstanceId !== null // Kafka's assertion
    default:
      return false
  }
}

function isSupported(
  group: Group | undefined,
  { protocolType, protocols }: EventOf<'JoinGroup'>['request'],
): boolean {
  if (protocolType === '' || protocols.length === 0) return false
  if (group === undefined || group.state === 'Empty') return true
  if (group.protocolType !== protocolType) return false
  const others = [...group.seats.values()]
  return protocols.some(({ name }) =>
    others.every((seat) => seat.protocols.some((each) => each.name === name)),
  )
}
