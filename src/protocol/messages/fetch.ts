// Fetch (key 1): reads record batches, waiting for them if asked to. v4: isolation level; v7: sessions (KIP-227); v12: flexible;
// v13: topic ids (KIP-516); v15: replica state as a tagged field (KIP-903).

import {
  array,
  type Infer,
  int8,
  int16,
  int32,
  int64,
  message,
  records,
  string,
  struct,
  uuid,
} from '../schema.js'

export const fetchRequest = message('FetchRequest', '0-18', '12+', {
  clusterId: string('12+', { nullable: '12+', default: null, tag: 0, tagged: '12+' }),
  replicaId: int32('0-14', { default: -1 }),
  replicaState: struct({
    replicaId: int32('15+', { default: -1 }),
    replicaEpoch: int64('15+', { default: -1n }),
  })('15+', { tag: 1, tagged: '15+' }),
  maxWaitMs: int32('0+'),
  minBytes: int32('0+'),
  maxBytes: int32('3+', { default: 2147483647 }),
  isolationLevel: int8('4+'),
  sessionId: int32('7+'),
  sessionEpoch: int32('7+', { default: -1 }),
  topics: array({
    topic: string('0-12'),
    topicId: uuid('13+'),
    partitions: array({
      partition: int32('0+'),
      currentLeaderEpoch: int32('9+', { default: -1 }),
      fetchOffset: int64('0+'),
      lastFetchedEpoch: int32('12+', { default: -1 }),
      logStartOffset: int64('5+', { default: -1n }),
      partitionMaxBytes: int32('0+'),
      replicaDirectoryId: uuid('17+', { tag: 0, tagged: '17+' }),
      highWatermark: int64('18+', { default: 9223372036854775807n, tag: 1, tagged: '18+' }),
    })('0+'),
  })('0+'),
  forgottenTopicsData: array({
    topic: string('7-12'),
    topicId: uuid('13+'),
    partitions: array('int32')('7+'),
  })('7+'),
  rackId: string('11+'),
})

export const fetchResponse = message('FetchResponse', '0-18', '12+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('7+'),
  sessionId: int32('7+'),
  responses: array({
    topic: string('0-12'),
    topicId: uuid('13+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
      highWatermark: int64('0+'),
      lastStableOffset: int64('4+', { default: -1n }),
      logStartOffset: int64('5+', { default: -1n }),
      divergingEpoch: struct({
        epoch: int32('12+', { default: -1 }),
        endOffset: int64('12+', { default: -1n }),
      })('12+', { tag: 0, tagged: '12+' }),
      currentLeader: struct({
        leaderId: int32('12+', { default: -1 }),
        leaderEpoch: int32('12+', { default: -1 }),
      })('12+', { tag: 1, tagged: '12+' }),
      snapshotId: struct({
        endOffset: int64('0+', { default: -1n }),
        epoch: int32('0+', { default: -1 }),
      })('12+', { tag: 2, tagged: '12+' }),
      abortedTransactions: array({
        producerId: int64('4+'),
        firstOffset: int64('4+'),
      })('4+', { nullable: '4+' }),
      preferredReadReplica: int32('11+', { default: -1 }),
      records: records('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
  nodeEndpoints: array({
    nodeId: int32('16+'),
    host: string('16+'),
    port: int32('16+'),
    rack: string('16+', { nullable: '16+', default: null }),
  })('16+', { tag: 0, tagged: '16+' }),
})

export type FetchRequest = Infer<typeof fetchRequest>
export type FetchResponse = Infer<typeof fetchResponse>

type Topic = FetchResponse['responses'][number]
type Partition = Topic['partitions'][number]

/** As a broker has it: the records of a partition in pieces, which stand one behind the other on the wire. */
export type FetchedPartition = Omit<Partition, 'records'> & { records: readonly Buffer[] }
export type FetchAnswer = Omit<FetchResponse, 'responses'> & {
  responses: (Omit<Topic, 'partitions'> & { partitions: FetchedPartition[] })[]
}
