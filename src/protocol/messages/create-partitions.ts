// CreatePartitions (key 37, KIP-195): adds partitions to topics.

import { array, bool, type Infer, int16, int32, message, string } from '../schema.js'

export const createPartitionsRequest = message('CreatePartitionsRequest', '0-3', '2+', {
  topics: array({
    name: string('0+'),
    count: int32('0+'),
    assignments: array({
      brokerIds: array('int32')('0+'),
    })('0+', { nullable: '0+' }),
  })('0+'),
  timeoutMs: int32('0+'),
  validateOnly: bool('0+'),
})

export const createPartitionsResponse = message('CreatePartitionsResponse', '0-3', '2+', {
  throttleTimeMs: int32('0+'),
  results: array({
    name: string('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
  })('0+'),
})

export type CreatePartitionsRequest = Infer<typeof createPartitionsRequest>
export type CreatePartitionsResponse = Infer<typeof createPartitionsResponse>
