// A static member that joins without an id (KIP-345): new under its instance id, or back after a restart in the place
// of its former self, without a rebalance where that is possible (KIP-814 for the leader's skipAssignment).
// Kafka: GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin.

import { ErrorCodes } from '../../protocol/errors.js'
import { knownString } from '../../protocol/known-strings.js'
import { appendGroupMetadata } from '../records.js'
import { disarm, emit, type Step } from '../shard.js'
import type { ClassicGroup } from './group.js'
import { addNewMember, type Join, updateAndPark } from './joining.js'
import { Member } from './member.js'
import { replaceMember, selectProtocol, unparkJoin } from './members.js'
import { armSession, completeJoinIfReady, prepareRebalance } from './rebalance.js'
import { membersForLeader, replyJoinError, replyJoined, replySyncError } from './responses.js'

/** JoinGroup with a group instance id and no member id (v5+). Never MEMBER_ID_REQUIRED. */
export function joinWithoutId(step: Step, group: ClassicGroup, join: Join, instanceId: string): void {
  const memberId = knownString(`${instanceId}-${step.shard.ids.memberUuid()}`)
  const oldId = group.staticMembers.get(instanceId)
  if (oldId === undefined) return addNewMember(step, group, join, memberId)

  const formerLeader = group.leaderId
  const old = group.members.get(oldId) as Member
  const replacement = new Member({ ...old, id: memberId })
  replaceMember(group, old, replacement)
  fence(step, old)
  disarm(step, old)
  armSession(step, replacement) // before the update: with the old session timeout, as in Kafka
  updateAndPark(step, group, join, replacement)
  if (step.observed) {
    const { id: groupId } = group
    emit(step, { type: 'member-replaced', groupId, memberId, oldMemberId: oldId, instanceId })
  }
  rebalanceIfNeeded(step, group, join, replacement, formerLeader)
}

/** Whoever still waits under the old id is a duplicate with the same instance id. */
function fence(step: Step, old: Member): void {
  if (old.parkedJoin !== null) {
    replyJoinError(step, old.parkedJoin, ErrorCodes.FENCED_INSTANCE_ID, old.id)
  }
  if (old.parkedSync !== null) replySyncError(step, old.parkedSync, ErrorCodes.FENCED_INSTANCE_ID)
  old.parkedJoin = null
  old.parkedSync = null
}

function rebalanceIfNeeded(
  step: Step,
  group: ClassicGroup,
  { ticket, reason }: Join,
  member: Member,
  formerLeader: string | null,
): void {
  const who = `static member ${member.id} with instance id ${member.instanceId}`
  switch (group.state) {
    case 'PreparingRebalance':
      return completeJoinIfReady(step, group)
    case 'CompletingRebalance':
      return prepareRebalance(step, group, `Updating metadata for ${who}; client reason: ${reason}`)
    case 'Stable': {
      if (selectProtocol(group) !== group.protocolName) {
        const change = `Group's selectedProtocol will change because ${who} joined with change of protocol`
        return prepareRebalance(step, group, `${change}; client reason: ${reason}`)
      }
      appendGroupMetadata(step, group)
      unparkJoin(group, member)
      const isLeader = member.id === group.leaderId
      if (ticket.apiVersion >= 9) {
        const members = isLeader ? membersForLeader(group) : []
        return replyJoined(step, ticket, group, member, members, { skipAssignment: isLeader })
      }
      // Before KIP-814 a leader that came back is told its old id leads, so that it acts as a follower.
      return replyJoined(step, ticket, group, member, [], { leader: formerLeader ?? '' })
    }
    case 'Empty':
    case 'Dead':
      throw new Error(`static member '${member.id}' in group '${group.id}', which is ${group.state}`)
  }
}
