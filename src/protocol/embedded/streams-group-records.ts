// What Kafka writes to __consumer_offsets for groups of type streams (KIP-1071).

import { array, int8, int16, int32, int64, message, string, struct, uint16 } from '../schema.js'

export const streamsGroupMetadataKey = message('StreamsGroupMetadataKey', '0', 'none', {
  groupId: string('0'),
})

export const streamsGroupMetadataValue = message('StreamsGroupMetadataValue', '0', '0+', {
  epoch: int32('0+'),
  metadataHash: int64('0+'),
  validatedTopologyEpoch: int32('0+', { default: -1, tag: 0, tagged: '0+' }),
  storedDescriptionTopologyEpoch: int32('0+', { default: -1, tag: 2, tagged: '0+' }),
  failedDescriptionTopologyEpoch: int32('0+', { default: -1, tag: 3, tagged: '0+' }),
})

export const streamsGroupMemberMetadataKey = message('StreamsGroupMemberMetadataKey', '0', 'none', {
  groupId: string('0'),
  memberId: string('0'),
})

export const streamsGroupMemberMetadataValue = message('StreamsGroupMemberMetadataValue', '0', '0+', {
  instanceId: string('0+', { nullable: '0+' }),
  rackId: string('0+', { nullable: '0+' }),
  clientId: string('0+'),
  clientHost: string('0+'),
  rebalanceTimeoutMs: int32('0+', { default: -1 }),
  topologyEpoch: int32('0+'),
  processId: string('0+'),
  userEndpoint: struct({
    host: string('0+'),
    port: uint16('0+'),
  })('0+', { nullable: '0+', default: null }),
  clientTags: array({
    key: string('0+'),
    value: string('0+'),
  })('0+'),
})

export const streamsGroupTargetAssignmentMetadataKey = message(
  'StreamsGroupTargetAssignmentMetadataKey',
  '0',
  'none',
  { groupId: string('0') },
)

export const streamsGroupTargetAssignmentMetadataValue = message(
  'StreamsGroupTargetAssignmentMetadataValue',
  '0',
  '0+',
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, tagged: '0+' }),
  },
)

export const streamsGroupTargetAssignmentMemberKey = message(
  'StreamsGroupTargetAssignmentMemberKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

const taskIds = array({
  subtopologyId: string('0+'),
  partitions: array('int32')('0+'),
})

export const streamsGroupTargetAssignmentMemberValue = message(
  'StreamsGroupTargetAssignmentMemberValue',
  '0',
  '0+',
  {
    activeTasks: taskIds('0+'),
    standbyTasks: taskIds('0+'),
    warmupTasks: taskIds('0+'),
  },
)

export const streamsGroupCurrentMemberAssignmentKey = message(
  'StreamsGroupCurrentMemberAssignmentKey',
  '0',
  'none',
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)

const assignedTaskIds = array({
  subtopologyId: string('0+'),
  partitions: array('int32')('0+'),
  assignmentEpochs: array('int32')('0+', { nullable: '0+', tag: 0, tagged: '0+' }),
})

export const streamsGroupCurrentMemberAssignmentValue = message(
  'StreamsGroupCurrentMemberAssignmentValue',
  '0',
  '0+',
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: assignedTaskIds('0+'),
    standbyTasks: assignedTaskIds('0+'),
    warmupTasks: assignedTaskIds('0+'),
    activeTasksPendingRevocation: assignedTaskIds('0+'),
    standbyTasksPendingRevocation: assignedTaskIds('0+'),
    warmupTasksPendingRevocation: assignedTaskIds('0+'),
  },
)

export const streamsGroupTopologyKey = message('StreamsGroupTopologyKey', '0', 'none', {
  groupId: string('0'),
})

const topicInfo = array({
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array({
    key: string('0+'),
    value: string('0+'),
  })('0+'),
})

export const streamsGroupTopologyValue = message('StreamsGroupTopologyValue', '0', '0+', {
  epoch: int32('0+'),
  subtopologies: array({
    subtopologyId: string('0+'),
    sourceTopics: array('string')('0+'),
    sourceTopicRegex: array('string')('0+'),
    stateChangelogTopics: topicInfo('0+'),
    repartitionSinkTopics: array('string')('0+'),
    repartitionSourceTopics: topicInfo('0+'),
    copartitionGroups: array({
      sourceTopics: array('int16')('0+'),
      sourceTopicRegex: array('int16')('0+'),
      repartitionSourceTopics: array('int16')('0+'),
    })('0+'),
  })('0+'),
})
