// DescribeQuorum (key 55, KIP-595): the controllers' log, its leader and who follows. v1: when they last fetched
// (KIP-836); v2: directories and addresses (KIP-853).

import { array, type Infer, int16, int32, int64, message, string, uint16, uuid } from '../schema.js'

const errorMessage = string('2+', { nullable: '2+' })
const replicas = array({
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: int64('0+'),
  lastFetchTimestamp: int64('1+', { default: -1n }),
  lastCaughtUpTimestamp: int64('1+', { default: -1n }),
})('0+')

export const describeQuorumRequest = message('DescribeQuorumRequest', '0-2', '0+', {
  topics: array({
    topicName: string('0+'),
    partitions: array({ partitionIndex: int32('0+') })('0+'),
  })('0+'),
})

export const describeQuorumResponse = message('DescribeQuorumResponse', '0-2', '0+', {
  errorCode: int16('0+'),
  errorMessage,
  topics: array({
    topicName: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
      errorMessage,
      leaderId: int32('0+'),
      leaderEpoch: int32('0+'),
      highWatermark: int64('0+'),
      currentVoters: replicas,
      observers: replicas,
    })('0+'),
  })('0+'),
  nodes: array({
    nodeId: int32('2+'),
    listeners: array({
      name: string('2+'),
      host: string('2+'),
      port: uint16('2+'),
    })('2+'),
  })('2+'),
})

export type DescribeQuorumRequest = Infer<typeof describeQuorumRequest>
export type DescribeQuorumResponse = Infer<typeof describeQuorumResponse>
