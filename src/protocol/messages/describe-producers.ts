// DescribeProducers (key 61, KIP-664): the idempotent and transactional producers that a partition remembers.

import { array, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const describeProducersRequest = message('DescribeProducersRequest', '0', '0+', {
  topics: array({
    name: string('0+'),
    partitionIndexes: array('int32')('0+'),
  })('0+'),
})

export const describeProducersResponse = message('DescribeProducersResponse', '0', '0+', {
  throttleTimeMs: int32('0+'),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      activeProducers: array({
        producerId: int64('0+'),
        producerEpoch: int32('0+'),
        lastSequence: int32('0+', { default: -1 }),
        lastTimestamp: int64('0+', { default: -1n }),
        coordinatorEpoch: int32('0+'),
        currentTxnStartOffset: int64('0+', { default: -1n }),
      })('0+'),
    })('0+'),
  })('0+'),
})

export type DescribeProducersRequest = Infer<typeof describeProducersRequest>
export type DescribeProducersResponse = Infer<typeof describeProducersResponse>
