// A partition as Metadata and DescribeTopicPartitions both tell it: every replica is in sync on brokers of one process.

import type { Partition } from '../../metadata/image.js'
import { ErrorCodes } from '../../protocol/errors.js'

export function describePartition({ index, leader, leaderEpoch, replicas }: Partition) {
  return {
    errorCode: ErrorCodes.NONE,
    partitionIndex: index,
    leaderId: leader,
    leaderEpoch,
    replicaNodes: [...replicas],
    isrNodes: [...replicas],
    offlineReplicas: [] as number[],
  }
}
