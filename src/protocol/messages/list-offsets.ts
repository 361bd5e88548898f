// ListOffsets (key 2): offsets by timestamp. v0 returns several offsets per partition, later versions one; v4: leader
// epoch (KIP-320); v7 to v11: further special timestamps (KIP-734, KIP-405, KIP-1005, KIP-1023).

import { array, type Infer, int8, int16, int32, int64, message, string } from '../schema.js'

export const listOffsetsRequest = message('ListOffsetsRequest', '0-11', '6+', {
  replicaId: int32('0+'),
  isolationLevel: int8('2+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      currentLeaderEpoch: int32('4+', { default: -1 }),
      timestamp: int64('0+'),
      maxNumOffsets: int32('0', { default: 1 }),
    })('0+'),
  })('0+'),
  timeoutMs: int32('10+'),
})

export const listOffsetsResponse = message('ListOffsetsResponse', '0-11', '6+', {
  throttleTimeMs: int32('2+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
      oldStyleOffsets: array('int64')('0'),
      timestamp: int64('1+', { default: -1n }),
      offset: int64('1+', { default: -1n }),
      leaderEpoch: int32('4+', { default: -1 }),
    })('0+'),
  })('0+'),
})

export type ListOffsetsRequest = Infer<typeof listOffsetsRequest>
export type ListOffsetsResponse = Infer<typeof listOffsetsResponse>
