// The table: which versions of which API are handled, and by what. ApiVersions advertises exactly this.

import { type Api, Apis } from '../protocol/apis.js'
import type { Infer, VersionRange } from '../protocol/schema.js'
import { parseVersions } from '../protocol/versions.js'
import type { Broker } from './broker.js'
import type { Exchange } from './exchange.js'
import { alterConfigs, incrementalAlterConfigs } from './handlers/alter-configs.js'
import { alterReplicaLogDirs } from './handlers/alter-replica-log-dirs.js'
import { apiVersions } from './handlers/api-versions.js'
import { alterClientQuotas, describeClientQuotas } from './handlers/client-quotas.js'
import { createPartitions } from './handlers/create-partitions.js'
import { createTopics } from './handlers/create-topics.js'
import {
  deleteRecords,
  describeLogDirs,
  describeProducers,
  fetch,
  listOffsets,
  offsetForLeaderEpoch,
  produce,
} from './handlers/data.js'
import { deleteTopics } from './handlers/delete-topics.js'
import { describeCluster } from './handlers/describe-cluster.js'
import { describeConfigs } from './handlers/describe-configs.js'
import { describeQuorum } from './handlers/describe-quorum.js'
import { describeTopicPartitions } from './handlers/describe-topic-partitions.js'
import { electLeaders } from './handlers/elect-leaders.js'
import { findCoordinator } from './handlers/find-coordinator.js'
import { deleteGroups, describeGroups, listGroups, offsetFetch, toShard } from './handlers/groups.js'
import { initProducerId } from './handlers/init-producer-id.js'
import { listConfigResources } from './handlers/list-config-resources.js'
import { listTransactions } from './handlers/list-transactions.js'
import { metadata } from './handlers/metadata.js'

import { createAcls, deleteAcls, describeAcls, describeUserScramCredentials } from './handlers/no-security.js'
import {
  alterPartitionReassignments,
  listPartitionReassignments,
} from './handlers/partition-reassignments.js'

export type Handle<A extends Api> = (broker: Broker, exchange: Exchange, request: Infer<A['request']>) => void

/** Versions `first` to `last` of an API are handled. */
export interface Row {
  readonly api: Api
  readonly first: number
  readonly last: number
  handle(broker: Broker, exchange: Exchange, request: object): void
}

export const TABLE: readonly Row[] = [
  row(Apis.Produce, '0-13', produce), // before v3 messages of magic 0 and 1
  row(Apis.Fetch, '0-18', fetch),
  row(Apis.ListOffsets, '0-11', listOffsets),
  row(Apis.Metadata, '0-13', metadata),
  row(Apis.OffsetCommit, '0-10', toShard('OffsetCommit')), // v0 is kept like v1: there is no ZooKeeper
  row(Apis.OffsetFetch, '0-10', offsetFetch),
  row(Apis.FindCoordinator, '0-6', findCoordinator),
  row(Apis.JoinGroup, '0-9', toShard('JoinGroup')),
  row(Apis.Heartbeat, '0-4', toShard('Heartbeat')),
  row(Apis.LeaveGroup, '0-5', toShard('LeaveGroup')),
  row(Apis.SyncGroup, '0-5', toShard('SyncGroup')),
  row(Apis.DescribeGroups, '0-6', describeGroups),
  row(Apis.ListGroups, '0-5', listGroups),
  row(Apis.ApiVersions, '0-5', apiVersions),
  row(Apis.CreateTopics, '0-7', createTopics),
  row(Apis.DeleteTopics, '0-6', deleteTopics),
  row(Apis.DeleteRecords, '0-2', deleteRecords),
  row(Apis.InitProducerId, '0-5', initProducerId), // v6 is not stable in Kafka either
  row(Apis.OffsetForLeaderEpoch, '0-4', offsetForLeaderEpoch),
  row(Apis.DescribeAcls, '0-3', describeAcls),
  row(Apis.CreateAcls, '0-3', createAcls),
  row(Apis.DeleteAcls, '0-3', deleteAcls),
  row(Apis.DescribeConfigs, '0-4', describeConfigs),
  row(Apis.AlterConfigs, '0-2', alterConfigs),
  row(Apis.AlterReplicaLogDirs, '0-2', alterReplicaLogDirs),
  row(Apis.DescribeLogDirs, '0-5', describeLogDirs),
  row(Apis.CreatePartitions, '0-3', createPartitions),
  row(Apis.DeleteGroups, '0-3', deleteGroups),
  row(Apis.ElectLeaders, '0-2', electLeaders),
  row(Apis.IncrementalAlterConfigs, '0-1', incrementalAlterConfigs),
  row(Apis.AlterPartitionReassignments, '0-1', alterPartitionReassignments),
  row(Apis.ListPartitionReassignments, '0', listPartitionReassignments),
  row(Apis.OffsetDelete, '0', toShard('OffsetDelete')),
  row(Apis.DescribeClientQuotas, '0-1', describeClientQuotas),
  row(Apis.AlterClientQuotas, '0-1', alterClientQuotas),
  row(Apis.DescribeUserScramCredentials, '0', describeUserScramCredentials),
  row(Apis.DescribeQuorum, '0-2', describeQuorum),
  row(Apis.DescribeCluster, '0-2', describeCluster),
  row(Apis.DescribeProducers, '0', describeProducers),
  row(Apis.ListTransactions, '0-2', listTransactions),
  row(Apis.ListConfigResources, '0-1', listConfigResources),
  row(Apis.DescribeTopicPartitions, '0', describeTopicPartitions),
]

function row<A extends Api>(api: A, versions: VersionRange, handle: Handle<A>): Row {
  const { first, last } = parseVersions(versions)
  return { api, first, last, handle: handle as Row['handle'] }
}
