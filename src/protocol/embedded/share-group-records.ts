// What Kafka writes to __consumer_offsets for groups of type share (KIP-932).

import { array, int8, int32, int64, message, string, uuid } from '../schema.js'

export const shareGroupMemberMetadataKey = message('ShareGroupMemberMetadataKey', '0', 'none', {
  groupId: string('0'),
  memberId: string('0'),
})

export const shareGroupMemberMetadataValue = message('ShareGroupMemberMetadataValue', '0', '0+', {
  rackId: string('0+', { nullable: '0+' }),
  clientId: string('0+'),
  clientHost: string('0+'),
  subscribedTopicNames: array('string')('0+'),
})

export const shareGroupMetadataKey = message('ShareGroupMetadataKey', '0', 'none', {
  groupId: string('0'),
})

export const shareGroupMetadataValue = message('ShareGroupMetadataValue', '0', '0+', {
  epoch: int32('0+'),
  metadataHash: int64('0+'),
})

export const shareGroupTargetAssignmentMetadataKey = message(
  'ShareGroupTargetAssignmentMetadataKey',
  '0',
  'none',
  { groupId: string('0') },
)

export const shareGroupTargetAssignmentMetadataValue = message(
  'ShareGroupTargetAssignmentMetadataValue',
  '0',
  '0+',
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, tagged: '0+' }),
  },
)

export const shareGroupTargetAssignmentMemberKey = message(
  'ShareGroupTargetAssignmentMemberKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

const topicPartitions = array({
  topicId: uuid('0+'),
  partitions: array('int32')('0+'),
})

export const shareGroupTargetAssignmentMemberValue = message(
  'ShareGroupTargetAssignmentMemberValue',
  '0',
  '0+',
  { topicPartitions: topicPartitions('0+') },
)

export const shareGroupCurrentMemberAssignmentKey = message(
  'ShareGroupCurrentMemberAssignmentKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

export const shareGroupCurrentMemberAssignmentValue = message(
  'ShareGroupCurrentMemberAssignmentValue',
  '0',
  '0+',
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: topicPartitions('0+'),
  },
)

export const shareGroupStatePartitionMetadataKey = message(
  'ShareGroupStatePartitionMetadataKey',
  '0',
  'none',
  { groupId: string('0') },
)

const namedTopicPartitions = array({
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('int32')('0+'),
})

export const shareGroupStatePartitionMetadataValue = message(
  'ShareGroupStatePartitionMetadataValue',
  '0',
  '0+',
  {
    initializingTopics: namedTopicPartitions('0+'),
    initializedTopics: namedTopicPartitions('0+'),
    deletingTopics: array({
      topicId: uuid('0+'),
      topicName: string('0+'),
    })('0+'),
  },
)
