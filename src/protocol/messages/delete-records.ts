// DeleteRecords (key 21, KIP-107): moves the beginning of a partition. v1 answers throttled clients otherwise; v2: flexible.

import { array, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const deleteRecordsRequest = message('DeleteRecordsRequest', '0-2', '2+', {
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      offset: int64('0+'),
    })('0+'),
  })('0+'),
  timeoutMs: int32('0+'),
})

export const deleteRecordsResponse = message('DeleteRecordsResponse', '0-2', '2+', {
  throttleTimeMs: int32('0+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      lowWatermark: int64('0+'),
      errorCode: int16('0+'),
    })('0+'),
  })('0+'),
})

export type DeleteRecordsRequest = Infer<typeof deleteRecordsRequest>
export type DeleteRecordsResponse = Infer<typeof deleteRecordsResponse>
