// What Kafka writes to __consumer_offsets for groups of type consumer (KIP-848).

import { array, bytes, int8, int32, int64, message, string, struct, uuid } from '../schema.js'

export const consumerGroupMetadataKey = message('ConsumerGroupMetadataKey', '0', 'none', {
  groupId: string('0'),
})

export const consumerGroupMetadataValue = message('ConsumerGroupMetadataValue', '0', '0+', {
  epoch: int32('0+'),
  metadataHash: int64('0+', { tag: 0, tagged: '0+' }),
})

/** Before 4.1 the group's view of its topics; since then a hash. */
export const consumerGroupPartitionMetadataKey = message('ConsumerGroupPartitionMetadataKey', '0', 'none', {
  groupId: string('0'),
})

export const consumerGroupPartitionMetadataValue = message('ConsumerGroupPartitionMetadataValue', '0', '0+', {
  topics: array({
    topicId: uuid('0+'),
    topicName: string('0+'),
    numPartitions: int32('0+'),
    partitionMetadata: array({
      partition: int32('0+'),
      racks: array('string')('0+'),
    })('0+'),
  })('0+'),
})

export const consumerGroupMemberMetadataKey = message('ConsumerGroupMemberMetadataKey', '0', 'none', {
  groupId: string('0'),
  memberId: string('0'),
})

export const consumerGroupMemberMetadataValue = message('ConsumerGroupMemberMetadataValue', '0', '0+', {
  instanceId: string('0+', { nullable: '0+' }),
  rackId: string('0+', { nullable: '0+' }),
  clientId: string('0+'),
  clientHost: string('0+'),
  subscribedTopicNames: array('string')('0+'),
  subscribedTopicRegex: string('0+', { nullable: '0+' }),
  rebalanceTimeoutMs: int32('0+', { default: -1 }),
  serverAssignor: string('0+', { nullable: '0+' }),
  classicMemberMetadata: struct({
    sessionTimeoutMs: int32('0+'),
    supportedProtocols: array({
      name: string('0+'),
      metadata: bytes('0+'),
    })('0+'),
  })('0+', { nullable: '0+', tag: 0, tagged: '0+' }),
})

export const consumerGroupTargetAssignmentMetadataKey = message(
  'ConsumerGroupTargetAssignmentMetadataKey',
  '0',
  'none',
  { groupId: string('0') },
)

export const consumerGroupTargetAssignmentMetadataValue = message(
  'ConsumerGroupTargetAssignmentMetadataValue',
  '0',
  '0+',
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, tagged: '0+' }),
  },
)

export const consumerGroupTargetAssignmentMemberKey = message(
  'ConsumerGroupTargetAssignmentMemberKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

export const consumerGroupTargetAssignmentMemberValue = message(
  'ConsumerGroupTargetAssignmentMemberValue',
  '0',
  '0+',
  {
    topicPartitions: array({
      topicId: uuid('0+'),
      partitions: array('int32')('0+'),
    })('0+'),
  },
)

export const consumerGroupCurrentMemberAssignmentKey = message(
  'ConsumerGroupCurrentMemberAssignmentKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

const assignedPartitions = array({
  topicId: uuid('0+'),
  partitions: array('int32')('0+'),
  assignmentEpochs: array('int32')('0+', { nullable: '0+', tag: 0, tagged: '0+' }),
})

export const consumerGroupCurrentMemberAssignmentValue = message(
  'ConsumerGroupCurrentMemberAssignmentValue',
  '0',
  '0+',
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: assignedPartitions('0+'),
    partitionsPendingRevocation: assignedPartitions('0+'),
  },
)

export const consumerGroupRegularExpressionKey = message('ConsumerGroupRegularExpressionKey', '0', 'none', {
  groupId: string('0'),
  regularExpression: string('0'),
})

export const consumerGroupRegularExpressionValue = message('ConsumerGroupRegularExpressionValue', '0', '0+', {
  topics: array('string')('0+'),
  version: int64('0+'),
  timestamp: int64('0+'),
})
