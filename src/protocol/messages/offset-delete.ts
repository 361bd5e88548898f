// OffsetDelete (key 47, KIP-496): removes offsets of topics that the group is not subscribed to.

import { array, type Infer, int16, int32, message, string } from '../schema.js'

export const offsetDeleteRequest = message('OffsetDeleteRequest', '0', 'none', {
  groupId: string('0+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
    })('0+'),
  })('0+'),
})

export const offsetDeleteResponse = message('OffsetDeleteResponse', '0', 'none', {
  errorCode: int16('0+'),
  throttleTimeMs: int32('0+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
    })('0+'),
  })('0+'),
})

export type OffsetDeleteRequest = Infer<typeof offsetDeleteRequest>
export type OffsetDeleteResponse = Infer<typeof offsetDeleteResponse>
