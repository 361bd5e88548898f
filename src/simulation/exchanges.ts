// What model clients may ask, as typed messages: no bytes are made of them. What is inside a message as bytes (consumer
// protocol, record batches) is real.

import type { DeleteGroupsRequest, DeleteGroupsResponse } from '../protocol/messages/delete-groups.js'
import type { DescribeGroupsRequest, DescribeGroupsResponse } from '../protocol/messages/describe-groups.js'
import type { FetchAnswer, FetchRequest } from '../protocol/messages/fetch.js'
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../protocol/messages/find-coordinator.js'
import type { HeartbeatRequest, HeartbeatResponse } from '../protocol/messages/heartbeat.js'
import type { JoinGroupRequest, JoinGroupResponse } from '../protocol/messages/join-group.js'
import type { LeaveGroupRequest, LeaveGroupResponse } from '../protocol/messages/leave-group.js'
import type { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/list-offsets.js'
import type { MetadataRequest, MetadataResponse } from '../protocol/messages/metadata.js'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '../protocol/messages/offset-delete.js'
import type { OffsetFetchRequest, OffsetFetchResponse } from '../protocol/messages/offset-fetch.js'
import type { ProduceRequest, ProduceResponse } from '../protocol/messages/produce.js'
import type { SyncGroupRequest, SyncGroupResponse } from '../protocol/messages/sync-group.js'

export interface Exchanges {
  FindCoordinator: { request: FindCoordinatorRequest; response: FindCoordinatorResponse }
  Metadata: { request: MetadataRequest; response: MetadataResponse }
  JoinGroup: { request: JoinGroupRequest; response: JoinGroupResponse }
  SyncGroup: { request: SyncGroupRequest; response: SyncGroupResponse }
  Heartbeat: { request: HeartbeatRequest; response: HeartbeatResponse }
  LeaveGroup: { request: LeaveGroupRequest; response: LeaveGroupResponse }
  OffsetCommit: { request: OffsetCommitRequest; response: OffsetCommitResponse }
  OffsetDelete: { request: OffsetDeleteRequest; response: OffsetDeleteResponse }
  /** One group. */
  DescribeGroups: { request: DescribeGroupsRequest; response: DescribeGroupsResponse }
  /** One group. */
  DeleteGroups: { request: DeleteGroupsRequest; response: DeleteGroupsResponse }
  /** v8+, one group. */
  OffsetFetch: { request: OffsetFetchRequest; response: OffsetFetchResponse }
  Fetch: { request: FetchRequest; response: FetchAnswer }
  ListOffsets: { request: ListOffsetsRequest; response: ListOffsetsResponse }
  Produce: { request: ProduceRequest; response: ProduceResponse }
}

export type SimulatedApi = keyof Exchanges
export type RequestOf<A extends SimulatedApi> = Exchanges[A]['request']
export type ResponseOf<A extends SimulatedApi> = Exchanges[A]['response']

/** Of the names' time: clients that go by topic ids behave the same in a group. */
export const FIND_COORDINATOR_VERSION = 4
export const METADATA_VERSION = 9
export const OFFSET_FETCH_VERSION = 9
export const FETCH_VERSION = 12
export const LIST_OFFSETS_VERSION = 7
export const PRODUCE_VERSION = 9
