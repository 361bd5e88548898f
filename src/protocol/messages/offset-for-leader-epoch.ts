// OffsetForLeaderEpoch (key 23, KIP-101): where an epoch ended. v1: the epoch found; v2: fencing (KIP-320); v3: consumers may ask.

import { array, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const offsetForLeaderEpochRequest = message('OffsetForLeaderEpochRequest', '0-4', '4+', {
  replicaId: int32('3+', { default: -2 }),
  topics: array({
    topic: string('0+'),
    partitions: array({
      partition: int32('0+'),
      currentLeaderEpoch: int32('2+', { default: -1 }),
      leaderEpoch: int32('0+'),
    })('0+'),
  })('0+'),
})

export const offsetForLeaderEpochResponse = message('OffsetForLeaderEpochResponse', '0-4', '4+', {
  throttleTimeMs: int32('2+'),
  topics: array({
    topic: string('0+'),
    partitions: array({
      errorCode: int16('0+'),
      partition: int32('0+'),
      leaderEpoch: int32('1+', { default: -1 }),
      endOffset: int64('0+', { default: -1n }),
    })('0+'),
  })('0+'),
})

export type OffsetForLeaderEpochRequest = Infer<typeof offsetForLeaderEpochRequest>
export type OffsetForLeaderEpochResponse = Infer<typeof offsetForLeaderEpochResponse>
