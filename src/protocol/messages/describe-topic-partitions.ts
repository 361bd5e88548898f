// DescribeTopicPartitions (key 75, KIP-966): topics with their partitions, page by page.

import { array, bool, type Infer, int16, int32, message, string, struct, uuid } from '../schema.js'

export const describeTopicPartitionsRequest = message('DescribeTopicPartitionsRequest', '0', '0+', {
  topics: array({
    name: string('0+'),
  })('0+'),
  responsePartitionLimit: int32('0+', { default: 2000 }),
  cursor: struct({
    topicName: string('0+'),
    partitionIndex: int32('0+'),
  })('0+', { nullable: '0+', default: null }),
})

export const describeTopicPartitionsResponse = message('DescribeTopicPartitionsResponse', '0', '0+', {
  throttleTimeMs: int32('0+'),
  topics: array({
    errorCode: int16('0+'),
    name: string('0+', { nullable: '0+' }),
    topicId: uuid('0+'),
    isInternal: bool('0+'),
    partitions: array({
      errorCode: int16('0+'),
      partitionIndex: int32('0+'),
      leaderId: int32('0+'),
      leaderEpoch: int32('0+', { default: -1 }),
      replicaNodes: array('int32')('0+'),
      isrNodes: array('int32')('0+'),
      eligibleLeaderReplicas: array('int32')('0+', { nullable: '0+', default: null }),
      lastKnownElr: array('int32')('0+', { nullable: '0+', default: null }),
      offlineReplicas: array('int32')('0+'),
    })('0+'),
    topicAuthorizedOperations: int32('0+', { default: -2147483648 }),
  })('0+'),
  nextCursor: struct({
    topicName: string('0+'),
    partitionIndex: int32('0+'),
  })('0+', { nullable: '0+', default: null }),
})

export type DescribeTopicPartitionsRequest = Infer<typeof describeTopicPartitionsRequest>
export type DescribeTopicPartitionsResponse = Infer<typeof describeTopicPartitionsResponse>
