// The one table of APIs: key, name, and the two messages of each. Which versions exist is in the messages, which are
// handled is src/server/dispatch.ts, which are advertised follows from that.

import type { ApiName } from './api-names.js'
import {
  createAclsRequest,
  createAclsResponse,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
} from './messages/acls.js'
import { alterConfigsRequest, alterConfigsResponse } from './messages/alter-configs.js'
import { alterReplicaLogDirsRequest, alterReplicaLogDirsResponse } from './messages/alter-replica-log-dirs.js'
import { apiVersionsRequest, apiVersionsResponse } from './messages/api-versions.js'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
} from './messages/client-quotas.js'
import { createPartitionsRequest, createPartitionsResponse } from './messages/create-partitions.js'
import { createTopicsRequest, createTopicsResponse } from './messages/create-topics.js'
import { deleteGroupsRequest, deleteGroupsResponse } from './messages/delete-groups.js'
import { deleteRecordsRequest, deleteRecordsResponse } from './messages/delete-records.js'
import { deleteTopicsRequest, deleteTopicsResponse } from './messages/delete-topics.js'
import { describeClusterRequest, describeClusterResponse } from './messages/describe-cluster.js'
import { describeConfigsRequest, describeConfigsResponse } from './messages/describe-configs.js'
import { describeGroupsRequest, describeGroupsResponse } from './messages/describe-groups.js'
import { describeLogDirsRequest, describeLogDirsResponse } from './messages/describe-log-dirs.js'
import { describeProducersRequest, describeProducersResponse } from './messages/describe-producers.js'
import { describeQuorumRequest, describeQuorumResponse } from './messages/describe-quorum.js'
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from './messages/describe-topic-partitions.js'
import {
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from './messages/describe-user-scram-credentials.js'
import { electLeadersRequest, electLeadersResponse } from './messages/elect-leaders.js'
import { fetchRequest, fetchResponse } from './messages/fetch.js'
import { findCoordinatorRequest, findCoordinatorResponse } from './messages/find-coordinator.js'
import { heartbeatRequest, heartbeatResponse } from './messages/heartbeat.js'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from './messages/incremental-alter-configs.js'
import { initProducerIdRequest, initProducerIdResponse } from './messages/init-producer-id.js'
import { joinGroupRequest, joinGroupResponse } from './messages/join-group.js'
import { leaveGroupRequest, leaveGroupResponse } from './messages/leave-group.js'
import { listConfigResourcesRequest, listConfigResourcesResponse } from './messages/list-config-resources.js'
import { listGroupsRequest, listGroupsResponse } from './messages/list-groups.js'
import { listOffsetsRequest, listOffsetsResponse } from './messages/list-offsets.js'
import { listTransactionsRequest, listTransactionsResponse } from './messages/list-transactions.js'
import { metadataRequest, metadataResponse } from './messages/metadata.js'
import { offsetCommitRequest, offsetCommitResponse } from './messages/offset-commit.js'
import { offsetDeleteRequest, offsetDeleteResponse } from './messages/offset-delete.js'
import { offsetFetchRequest, offsetFetchResponse } from './messages/offset-fetch.js'
import {
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from './messages/offset-for-leader-epoch.js'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from './messages/partition-reassignments.js'
import { produceRequest, produceResponse } from './messages/produce.js'
import { syncGroupRequest, syncGroupResponse } from './messages/sync-group.js'
import type { MessageSchema } from './schema.js'
import { includes } from './versions.js'

export interface Api<
  Name extends string = string,
  Request extends MessageSchema = MessageSchema,
  Response extends MessageSchema = MessageSchema,
> {
  readonly key: number
  readonly name: Name
  readonly request: Request
  readonly response: Response
}

function api<Name extends string, Request extends MessageSchema, Response extends MessageSchema>(
  key: number,
  name: Name,
  request: Request,
  response: Response,
): Api<Name, Request, Response> {
  return { key, name, request, response }
}

/** By Kafka's name, in the order of keys. */
export const Apis = {
  Produce: api(0, 'Produce', produceRequest, produceResponse),
  Fetch: api(1, 'Fetch', fetchRequest, fetchResponse),
  ListOffsets: api(2, 'ListOffsets', listOffsetsRequest, listOffsetsResponse),
  Metadata: api(3, 'Metadata', metadataRequest, metadataResponse),
  OffsetCommit: api(8, 'OffsetCommit', offsetCommitRequest, offsetCommitResponse),
  OffsetFetch: api(9, 'OffsetFetch', offsetFetchRequest, offsetFetchResponse),
  FindCoordinator: api(10, 'FindCoordinator', findCoordinatorRequest, findCoordinatorResponse),
  JoinGroup: api(11, 'JoinGroup', joinGroupRequest, joinGroupResponse),
  Heartbeat: api(12, 'Heartbeat', heartbeatRequest, heartbeatResponse),
  LeaveGroup: api(13, 'LeaveGroup', leaveGroupRequest, leaveGroupResponse),
  SyncGroup: api(14, 'SyncGroup', syncGroupRequest, syncGroupResponse),
  DescribeGroups: api(15, 'DescribeGroups', describeGroupsRequest, describeGroupsResponse),
  ListGroups: api(16, 'ListGroups', listGroupsRequest, listGroupsResponse),
  ApiVersions: api(18, 'ApiVersions', apiVersionsRequest, apiVersionsResponse),
  CreateTopics: api(19, 'CreateTopics', createTopicsRequest, createTopicsResponse),
  DeleteTopics: api(20, 'DeleteTopics', deleteTopicsRequest, deleteTopicsResponse),
  DeleteRecords: api(21, 'DeleteRecords', deleteRecordsRequest, deleteRecordsResponse),
  InitProducerId: api(22, 'InitProducerId', initProducerIdRequest, initProducerIdResponse),
  OffsetForLeaderEpoch: api(
    23,
    'OffsetForLeaderEpoch',
    offsetForLeaderEpochRequest,
    offsetForLeaderEpochResponse,
  ),
  DescribeAcls: api(29, 'DescribeAcls', describeAclsRequest, describeAclsResponse),
  CreateAcls: api(30, 'CreateAcls', createAclsRequest, createAclsResponse),
  DeleteAcls: api(31, 'DeleteAcls', deleteAclsRequest, deleteAclsResponse),
  DescribeConfigs: api(32, 'DescribeConfigs', describeConfigsRequest, describeConfigsResponse),
  AlterConfigs: api(33, 'AlterConfigs', alterConfigsRequest, alterConfigsResponse),
  AlterReplicaLogDirs: api(
    34,
    'AlterReplicaLogDirs',
    alterReplicaLogDirsRequest,
    alterReplicaLogDirsResponse,
  ),
  DescribeLogDirs: api(35, 'DescribeLogDirs', describeLogDirsRequest, describeLogDirsResponse),
  CreatePartitions: api(37, 'CreatePartitions', createPartitionsRequest, createPartitionsResponse),
  DeleteGroups: api(42, 'DeleteGroups', deleteGroupsRequest, deleteGroupsResponse),
  ElectLeaders: api(43, 'ElectLeaders', electLeadersRequest, electLeadersResponse),
  IncrementalAlterConfigs: api(
    44,
    'IncrementalAlterConfigs',
    incrementalAlterConfigsRequest,
    incrementalAlterConfigsResponse,
  ),
  AlterPartitionReassignments: api(
    45,
    'AlterPartitionReassignments',
    alterPartitionReassignmentsRequest,
    alterPartitionReassignmentsResponse,
  ),
  ListPartitionReassignments: api(
    46,
    'ListPartitionReassignments',
    listPartitionReassignmentsRequest,
    listPartitionReassignmentsResponse,
  ),
  OffsetDelete: api(47, 'OffsetDelete', offsetDeleteRequest, offsetDeleteResponse),
  DescribeClientQuotas: api(
    48,
    'DescribeClientQuotas',
    describeClientQuotasRequest,
    describeClientQuotasResponse,
  ),
  AlterClientQuotas: api(49, 'AlterClientQuotas', alterClientQuotasRequest, alterClientQuotasResponse),
  DescribeUserScramCredentials: api(
    50,
    'DescribeUserScramCredentials',
    describeUserScramCredentialsRequest,
    describeUserScramCredentialsResponse,
  ),
  DescribeQuorum: api(55, 'DescribeQuorum', describeQuorumRequest, describeQuorumResponse),
  DescribeCluster: api(60, 'DescribeCluster', describeClusterRequest, describeClusterResponse),
  DescribeProducers: api(61, 'DescribeProducers', describeProducersRequest, describeProducersResponse),
  ListTransactions: api(66, 'ListTransactions', listTransactionsRequest, listTransactionsResponse),
  ListConfigResources: api(
    74,
    'ListConfigResources',
    listConfigResourcesRequest,
    listConfigResourcesResponse,
  ),
  DescribeTopicPartitions: api(
    75,
    'DescribeTopicPartitions',
    describeTopicPartitionsRequest,
    describeTopicPartitionsResponse,
  ),
} as const satisfies Record<ApiName, Api>

const BY_KEY: ReadonlyMap<number, Api> = new Map(Object.values(Apis).map((entry: Api) => [entry.key, entry]))

/** undefined: no API of this project. */
export function apiByKey(key: number): Api | undefined {
  return BY_KEY.get(key)
}

/** 2 for flexible versions, else 1. */
export function requestHeaderVersion(of: Api, apiVersion: number): 1 | 2 {
  return includes(of.request.flexible, apiVersion) ? 2 : 1
}

/** 1 for flexible versions; ApiVersions stays at 0, because its client cannot know yet what the broker speaks. */
export function responseHeaderVersion(of: Api, apiVersion: number): 0 | 1 {
  return of.key !== Apis.ApiVersions.key && includes(of.response.flexible, apiVersion) ? 1 : 0
}
