// The vocabulary of the shard: what it is asked (ShardEvent), what it keeps (GroupRecord), what it waits for
// (GroupTimer), what it tells (GroupEvent). A request for several groups is split by the server: a shard sees
// only its own groups.

import type { Decision, LifecycleEvent, Ticket } from '../machine/decision.js'
import type { HeartbeatRequest } from '../protocol/messages/heartbeat.js'
import type { JoinGroupRequest } from '../protocol/messages/join-group.js'
import type { LeaveGroupRequest } from '../protocol/messages/leave-group.js'
import type { OffsetCommitRequest } from '../protocol/messages/offset-commit.js'
import type { OffsetDeleteRequest } from '../protocol/messages/offset-delete.js'
import type { OffsetFetchRequest } from '../protocol/messages/offset-fetch.js'
import type { SyncGroupRequest } from '../protocol/messages/sync-group.js'
import type { GroupEvent, GroupTimer } from './group-event.js'
import type { GroupRecord } from './group-record.js'
import type { Provocation } from './provoke.js'

export type { GroupEvent, GroupState, GroupTimer } from './group-event.js'
export type { GroupMetadataValue, GroupRecord } from './group-record.js'
export type { OffsetValue } from './offset-record.js'

/** One group's part of an OffsetFetch, in the shape of v8+ for every version. topics null: all. */
export type OffsetFetchGroup = OffsetFetchRequest['groups'][number]

interface Asked<Type extends string, Request> {
  readonly type: Type
  readonly ticket: Ticket
  readonly request: Request
}

export type ShardEvent =
  // answered with the response message of the same name
  | Asked<'JoinGroup', JoinGroupRequest>
  | Asked<'SyncGroup', SyncGroupRequest>
  | Asked<'Heartbeat', HeartbeatRequest>
  | Asked<'LeaveGroup', LeaveGroupRequest>
  | Asked<'OffsetCommit', OffsetCommitRequest>
  | Asked<'OffsetDelete', OffsetDeleteRequest>
  // answered with one OffsetFetchResponse['groups'][number]
  | (Asked<'OffsetFetch', OffsetFetchGroup> & { readonly requireStable: boolean })
  // answered with { groups: DescribeGroupsResponse['groups'] }, in the order asked
  | Asked<'DescribeGroups', { groups: readonly string[]; includeAuthorizedOperations: boolean }>
  // answered with { groups: ListGroupsResponse['groups'] }
  | Asked<'ListGroups', { statesFilter: readonly string[]; typesFilter: readonly string[] }>
  // answered with { results: DeleteGroupsResponse['results'] }, in the order asked
  | Asked<'DeleteGroups', { groupsNames: readonly string[] }>
  // answered with { group: GroupSnapshot | null } of inspect.ts
  | Asked<'Inspect', string>
  // answered with { groups: GroupSnapshot[] }: those with members
  | Asked<'InspectAll', object>
  // answered with { refused: string | null }
  | Asked<'Provoke', Provocation>
  // topics are gone: their offsets go with them; nothing is answered
  | { readonly type: 'topicsDeleted'; readonly topics: readonly { name: string; id: string }[] }

export type ShardDecision = Decision<GroupRecord, GroupTimer, never, GroupEvent>
export type ShardLifecycle = LifecycleEvent<GroupTimer>
