// Group requests on their way to shards. One group: the shard gets the request as it is. Several groups, or all: each
// shard gets its part, and the parts come back together. Old shapes of OffsetFetch become the v8 one and back.

import type { DeletedGroup, DescribedGroup, ListedGroup } from '../../coordinator/group-admin.js'
import type { OffsetFetchGroupResponse } from '../../coordinator/offset-fetch.js'
import type { OffsetFetchGroup, ShardEvent } from '../../coordinator/types.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type { DeleteGroupsRequest } from '../../protocol/messages/delete-groups.js'
import type { DescribeGroupsRequest } from '../../protocol/messages/describe-groups.js'
import type { ListGroupsRequest } from '../../protocol/messages/list-groups.js'
import type { OffsetFetchRequest, OffsetFetchResponse } from '../../protocol/messages/offset-fetch.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { Gather } from '../gather.js'
import { refusedDescription, refusedOffsetFetch } from '../refusal.js'

type SingleGroupApi = 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit' | 'OffsetDelete'
type EventOf<Type> = Extract<ShardEvent, { type: Type }>

/** A request for one group goes to the group's shard. */
export function toShard<Type extends SingleGroupApi>(type: Type) {
  return (broker: Broker, exchange: Exchange, request: EventOf<Type>['request']): void => {
    broker.shardOf(request.groupId).submit({ type, ticket: exchange, request } as EventOf<Type>)
  }
}

export function describeGroups(broker: Broker, exchange: Exchange, request: DescribeGroupsRequest): void {
  const { groups, includeAuthorizedOperations } = request
  const results: DescribedGroup[] = []
  const gather = new Gather(exchange, groups.length, () => ({ throttleTimeMs: 0, groups: results }))
  for (const [i, groupId] of groups.entries()) {
    const ticket = gather.part(
      (part) => {
        results[i] = (part as { groups: DescribedGroup[] }).groups[0] as DescribedGroup
      },
      (errorCode) => {
        results[i] = refusedDescription(groupId, errorCode)
      },
    )
    const ask = { groups: [groupId], includeAuthorizedOperations }
    broker.shardOf(groupId).submit({ type: 'DescribeGroups', ticket, request: ask })
  }
}

export function listGroups(broker: Broker, exchange: Exchange, request: ListGroupsRequest): void {
  const groups: ListedGroup[] = []
  let error: number = ErrorCodes.NONE
  const { shards } = broker
  const gather = new Gather(exchange, shards.length, () => ({
    throttleTimeMs: 0,
    errorCode: error,
    groups: error === ErrorCodes.NONE ? groups : [],
  }))
  for (const shard of shards) {
    const ticket = gather.part(
      (part) => groups.push(...(part as { groups: ListedGroup[] }).groups),
      (errorCode) => {
        // A shard that is led elsewhere has its groups listed there.
        if (errorCode !== ErrorCodes.NOT_COORDINATOR) error = errorCode
      },
    )
    shard.submit({ type: 'ListGroups', ticket, request })
  }
}

export function deleteGroups(broker: Broker, exchange: Exchange, request: DeleteGroupsRequest): void {
  const groupIds = [...new Set(request.groupsNames)]
  const results: DeletedGroup[] = []
  const gather = new Gather(exchange, groupIds.length, () => ({ throttleTimeMs: 0, results }))
  for (const [i, groupId] of groupIds.entries()) {
    const ticket = gather.part(
      (part) => {
        results[i] = (part as { results: DeletedGroup[] }).results[0] as DeletedGroup
      },
      (errorCode) => {
        results[i] = { groupId, errorCode, errorMessage: null }
      },
    )
    broker.shardOf(groupId).submit({ type: 'DeleteGroups', ticket, request: { groupsNames: [groupId] } })
  }
}

export function offsetFetch(broker: Broker, exchange: Exchange, request: OffsetFetchRequest): void {
  const batched = exchange.apiVersion >= 8
  const groups = batched ? request.groups : [asGroup(request)]
  const results: OffsetFetchGroupResponse[] = []
  const gather = new Gather(exchange, groups.length, () =>
    batched ? responseOf(results) : unbatched(exchange.apiVersion, results[0] as OffsetFetchGroupResponse),
  )
  for (const [i, group] of groups.entries()) {
    const ticket = gather.part(
      (part) => {
        results[i] = part as OffsetFetchGroupResponse
      },
      (errorCode) => {
        results[i] = refusedOffsetFetch(group, exchange.apiVersion, errorCode)
      },
    )
    const { requireStable } = request
    broker.shardOf(group.groupId).submit({ type: 'OffsetFetch', ticket, request: group, requireStable })
  }
}

function asGroup({ groupId, topics }: OffsetFetchRequest): OffsetFetchGroup {
  return {
    groupId,
    memberId: null,
    memberEpoch: -1,
    topics: topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null,
  }
}

function responseOf(groups: OffsetFetchGroupResponse[]): OffsetFetchResponse {
  return { throttleTimeMs: 0, topics: [], errorCode: ErrorCodes.NONE, groups }
}

/** v2-7 have the group's error on top; v0-1 have no place for it but the partitions, where refusal.ts puts it. */
function unbatched(apiVersion: number, { topics, errorCode }: OffsetFetchGroupResponse): OffsetFetchResponse {
  return { throttleTimeMs: 0, topics, errorCode: apiVersion >= 2 ? errorCode : ErrorCodes.NONE, groups: [] }
}
