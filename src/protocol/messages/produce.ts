// Produce (key 0): appends record batches. v3: batch format v2 and transactional id; v8: errors per record (KIP-467); v10:
// the current leader (KIP-951); v13: topic ids in place of names.

import { array, type Infer, int16, int32, int64, message, records, string, struct, uuid } from '../schema.js'

export const produceRequest = message('ProduceRequest', '0-13', '9+', {
  transactionalId: string('3+', { nullable: '3+', default: null }),
  acks: int16('0+'),
  timeoutMs: int32('0+'),
  topicData: array({
    name: string('0-12'),
    topicId: uuid('13+'),
    partitionData: array({
      index: int32('0+'),
      records: records('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
})

export const produceResponse = message('ProduceResponse', '0-13', '9+', {
  responses: array({
    name: string('0-12'),
    topicId: uuid('13+'),
    partitionResponses: array({
      index: int32('0+'),
      errorCode: int16('0+'),
      baseOffset: int64('0+'),
      logAppendTimeMs: int64('2+', { default: -1n }),
      logStartOffset: int64('5+', { default: -1n }),
      recordErrors: array({
        batchIndex: int32('8+'),
        batchIndexErrorMessage: string('8+', { nullable: '8+', default: null }),
      })('8+'),
      errorMessage: string('8+', { nullable: '8+', default: null }),
      currentLeader: struct({
        leaderId: int32('10+', { default: -1 }),
        leaderEpoch: int32('10+', { default: -1 }),
      })('10+', { tag: 0, tagged: '10+' }),
    })('0+'),
  })('0+'),
  throttleTimeMs: int32('1+'),
  nodeEndpoints: array({
    nodeId: int32('10+'),
    host: string('10+'),
    port: int32('10+'),
    rack: string('10+', { nullable: '10+', default: null }),
  })('10+', { tag: 0, tagged: '10+' }),
})

export type ProduceRequest = Infer<typeof produceRequest>
export type ProduceResponse = Infer<typeof produceResponse>
