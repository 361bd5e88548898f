// Metadata (key 3): brokers, topics, partitions and their leaders. v1: null means all topics, before that an empty list;
// v4: automatic creation can be declined; v8: authorized operations (KIP-430); v10, v12: topic ids (KIP-516).

import { array, bool, type Infer, int16, int32, message, string, uuid } from '../schema.js'

export const metadataRequest = message('MetadataRequest', '0-13', '9+', {
  topics: array({
    topicId: uuid('10+'),
    name: string('0+', { nullable: '10+' }),
  })('0+', { nullable: '1+' }),
  allowAutoTopicCreation: bool('4+', { default: true }),
  includeClusterAuthorizedOperations: bool('8-10'),
  includeTopicAuthorizedOperations: bool('8+'),
})

export const metadataResponse = message('MetadataResponse', '0-13', '9+', {
  throttleTimeMs: int32('3+'),
  brokers: array({
    nodeId: int32('0+'),
    host: string('0+'),
    port: int32('0+'),
    rack: string('1+', { nullable: '1+', default: null }),
  })('0+'),
  clusterId: string('2+', { nullable: '2+', default: null }),
  controllerId: int32('1+', { default: -1 }),
  topics: array({
    errorCode: int16('0+'),
    name: string('0+', { nullable: '12+' }),
    topicId: uuid('10+'),
    isInternal: bool('1+'),
    partitions: array({
      errorCode: int16('0+'),
      partitionIndex: int32('0+'),
      leaderId: int32('0+'),
      leaderEpoch: int32('7+', { default: -1 }),
      replicaNodes: array('int32')('0+'),
      isrNodes: array('int32')('0+'),
      offlineReplicas: array('int32')('5+'),
    })('0+'),
    topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
  })('0+'),
  clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
  errorCode: int16('13+'),
})

export type MetadataRequest = Infer<typeof metadataRequest>
export type MetadataResponse = Infer<typeof metadataResponse>
