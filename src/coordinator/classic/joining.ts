// A JoinGroup that has passed its checks, and the two ways it enters the group: as a new member or as an
// existing one with new protocols. Either way the request is parked on the member until the join phase ends.

import type { Ticket } from '../../machine/decision.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type { JoinGroupRequest } from '../../protocol/messages/join-group.js'
import { arm, emit, type Step } from '../shard.js'
import type { ClassicGroup } from './group.js'
import { Member, NO_BYTES, type Protocol } from './member.js'
import { addMember, parkJoin, sameProtocols, updateProtocols } from './members.js'
import { ownCopy } from './own-copy.js'
import { rebalanceOrComplete } from './rebalance.js'
import { replyJoinError } from './responses.js'

/** A new member's first join phase may outlast its session; Kafka bounds it by this constant. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000

export interface Join {
  readonly ticket: Ticket
  readonly request: JoinGroupRequest
  /** Without repeated names, which would break the count of votes. Metadata is of the request: `keptProtocols` has what may be kept. */
  readonly protocols: readonly Protocol[]
  readonly rebalanceTimeoutMs: number
  readonly reason: string
}

export function readJoin(ticket: Ticket, request: JoinGroupRequest): Join {
  const protocols = new Map<string, Protocol>()
  for (const { name, metadata } of request.protocols) {
    if (!protocols.has(name)) protocols.set(name, { name, metadata })
  }
  return {
    ticket,
    request,
    protocols: [...protocols.values()],
    // v0 has one timeout for both
    rebalanceTimeoutMs: ticket.apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    reason: request.reason || 'not provided', // KIP-800
  }
}

/** Those that were kept last: members of different groups are often alike too. */
let latest: readonly Protocol[] = []

/** The leader's, where they say the same, as those of most members of a group do; else copies. */
function keptProtocols(group: ClassicGroup, protocols: readonly Protocol[]): readonly Protocol[] {
  const leader = group.leaderId === null ? undefined : group.members.get(group.leaderId)
  if (leader !== undefined && sameProtocols(leader.protocols, protocols)) return leader.protocols
  if (!sameProtocols(latest, protocols))
    latest = protocols.map(({ name, metadata }) => ({ name, metadata: ownCopy(metadata) }))
  return latest
}

/** Adds the member with its JoinGroup parked, and starts a rebalance or takes part in the one under way. */
export function addNewMember(step: Step, group: ClassicGroup, join: Join, memberId: string): void {
  const { ticket, request, rebalanceTimeoutMs, reason } = join
  const instanceId = request.groupInstanceId
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true
  const member = new Member({
    groupId: group.id,
    id: memberId,
    instanceId,
    clientId: ticket.clientId ?? '',
    clientHost: ticket.clientHost,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs,
    protocols: keptProtocols(group, join.protocols),
    assignment: NO_BYTES,
  })
  member.parkedJoin = ticket
  member.isNew = true
  addMember(group, member, request.protocolType)
  arm(step, member, NEW_MEMBER_JOIN_TIMEOUT_MS)
  const cause = `Adding new member ${memberId} with group instance id ${instanceId}; client reason: ${reason}`
  if (step.observed) {
    emit(step, { type: 'member-joined', groupId: group.id, memberId, instanceId, cause })
  }
  rebalanceOrComplete(step, group, cause)
}

export function updateAndPark(step: Step, group: ClassicGroup, join: Join, member: Member): void {
  if (!sameProtocols(member.protocols, join.protocols))
    updateProtocols(group, member, keptProtocols(group, join.protocols))
  member.sessionTimeoutMs = join.request.sessionTimeoutMs
  member.rebalanceTimeoutMs = join.rebalanceTimeoutMs
  if (member.parkedJoin !== null) {
    // Apache drops the older request unanswered; see docs/skipped.md.
    replyJoinError(step, member.parkedJoin, ErrorCodes.REBALANCE_IN_PROGRESS, member.id)
  }
  parkJoin(group, member, join.ticket)
}
