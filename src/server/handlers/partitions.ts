// A partition as Metadata and DescribeTopicPartitions both tell it. Every replica that lives is in sync on brokers of one process; the
// last one to stop stays the one that is.

import type { BrokerNode, Partition } from '../../metadata/image.js'
import { NO_LEADER } from '../../metadata/leaders.js'
import { ErrorCodes } from '../../protocol/errors.js'

export function describePartition(
  { index, leader, leaderEpoch, replicas }: Partition,
  brokers: readonly BrokerNode[],
) {
  const living = replicas.filter((id) => brokers.some(({ nodeId }) => nodeId === id))
  return {
    errorCode: leader === NO_LEADER ? ErrorCodes.LEADER_NOT_AVAILABLE : ErrorCodes.NONE,
    partitionIndex: index,
    leaderId: leader,
    leaderEpoch,
    replicaNodes: [...replicas],
    isrNodes: living.length > 0 ? living : replicas.slice(0, 1),
    offlineReplicas: replicas.filter((id) => !living.includes(id)),
  }
}
