// Looking at groups and deleting them: DescribeGroups (key 15), ListGroups (16), DeleteGroups (42), each for
// the groups of this shard (Kafka: GroupMetadataManager.describeGroups, listGroups, deleteGroups).

import type { Ticket } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { DeleteGroupsResponse } from '../protocol/messages/delete-groups.js'
import type { DescribeGroupsResponse } from '../protocol/messages/describe-groups.js'
import type { ListGroupsResponse } from '../protocol/messages/list-groups.js'
import type { ClassicGroup } from './classic/group.js'
import { type Member, NO_BYTES } from './classic/member.js'
import { metadataOf } from './classic/members.js'
import { GroupMetadataRecord } from './group-record.js'
import { deleteOffset } from './offset-delete.js'
import { append } from './records.js'
import { disarm, emit, reply, type Step } from './shard.js'

export type DescribedGroup = DescribeGroupsResponse['groups'][number]
export type ListedGroup = ListGroupsResponse['groups'][number]
export type DeletedGroup = DeleteGroupsResponse['results'][number]

/** READ 3, DELETE 6, DESCRIBE 8, DESCRIBE_CONFIGS 10, ALTER_CONFIGS 11 as bits: all that one may do to a group. */
const ALL_GROUP_OPERATIONS = 3400
const OPERATIONS_NOT_ASKED_FOR = -2147483648

/** Answers with { groups: DescribedGroup[] } in the order asked. */
export function describeGroups(
  step: Step,
  ticket: Ticket,
  {
    groups,
    includeAuthorizedOperations,
  }: { groups: readonly string[]; includeAuthorizedOperations: boolean },
): void {
  const operations = includeAuthorizedOperations ? ALL_GROUP_OPERATIONS : OPERATIONS_NOT_ASKED_FOR
  const described = groups.map((groupId): DescribedGroup => {
    const group = step.shard.groups.get(groupId)
    if (group === undefined) return missing(groupId, ticket, operations)
    const stable = group.state === 'Stable'
    return {
      errorCode: ErrorCodes.NONE,
      errorMessage: null,
      groupId,
      groupState: group.state,
      protocolType: group.protocolType ?? '',
      protocolData: stable ? (group.protocolName ?? '') : '',
      members: Array.from(group.members.values(), (member) => describeMember(group, member)),
      authorizedOperations: operations,
    }
  })
  reply(step, ticket, { groups: described })
}

/** Before v6 a group that does not exist is one in state Dead, without an error (KIP-1043). */
function missing(groupId: string, ticket: Ticket, operations: number): DescribedGroup {
  const told = ticket.apiVersion >= 6
  return {
    errorCode: told ? ErrorCodes.GROUP_ID_NOT_FOUND : ErrorCodes.NONE,
    errorMessage: told ? `Group ${groupId} not found.` : null,
    groupId,
    groupState: 'Dead',
    protocolType: '',
    protocolData: '',
    members: [],
    authorizedOperations: told ? OPERATIONS_NOT_ASKED_FOR : operations,
  }
}

function describeMember(group: ClassicGroup, member: Member): DescribedGroup['members'][number] {
  return {
    memberId: member.id,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: group.state === 'Stable' ? metadataOf(member, group.protocolName) : NO_BYTES,
    memberAssignment: member.assignment,
  }
}

/** Answers with { groups: ListedGroup[] }. Filters are ANDed; only state names are trimmed. */
export function listGroups(
  step: Step,
  ticket: Ticket,
  { statesFilter, typesFilter }: { statesFilter: readonly string[]; typesFilter: readonly string[] },
): void {
  const states = new Set(statesFilter.map((state) => state.trim().toLowerCase()))
  const types = new Set(typesFilter.map((type) => type.toLowerCase()))
  const groups: ListedGroup[] = []
  const typeMatches = types.size === 0 || types.has('classic')
  for (const group of typeMatches ? step.shard.groups.values() : []) {
    if (states.size > 0 && !states.has(group.state.toLowerCase())) continue
    groups.push({
      groupId: group.id,
      protocolType: group.protocolType ?? '',
      groupState: group.state,
      groupType: 'classic',
    })
  }
  reply(step, ticket, { groups })
}

/** Answers with { results: DeletedGroup[] } in the order asked. Only an Empty group can be deleted (KIP-229). */
export function deleteGroups(
  step: Step,
  ticket: Ticket,
  { groupsNames }: { groupsNames: readonly string[] },
): void {
  const results = groupsNames.map((groupId): DeletedGroup => {
    const group = step.shard.groups.get(groupId)
    if (group === undefined) return { groupId, errorCode: ErrorCodes.GROUP_ID_NOT_FOUND, errorMessage: null }
    if (group.state !== 'Empty') return { groupId, errorCode: ErrorCodes.NON_EMPTY_GROUP, errorMessage: null }
    const count = deleteOffsets(step, groupId)
    if (step.observed && count > 0) {
      emit(step, { type: 'offsets-removed', groupId, count, cause: 'DeleteGroups request' })
    }
    removeGroup(step, group, 'DeleteGroups request')
    return { groupId, errorCode: ErrorCodes.NONE, errorMessage: null }
  })
  reply(step, ticket, { results })
}

/** Returns how many there were. */
export function deleteOffsets(step: Step, groupId: string): number {
  let count = 0
  for (const offsets of step.shard.offsets.get(groupId)?.values() ?? []) {
    for (const { partition } of offsets.values()) count += deleteOffset(step, offsets, partition)
  }
  return count
}

/** An Empty group has no member, but ids may have been handed out: they are forgotten with it. */
export function removeGroup(step: Step, group: ClassicGroup, cause: string): void {
  for (const timer of group.pendingJoin.values()) disarm(step, timer)
  append(step, new GroupMetadataRecord(group.id, null))
  if (step.observed) emit(step, { type: 'group-removed', groupId: group.id, cause })
}
