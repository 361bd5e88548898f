// ListTransactions (key 66, KIP-664): transactions by state and producer. v1: by duration (KIP-994); v2: by a pattern of ids
// (KIP-1152).

import { array, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const listTransactionsRequest = message('ListTransactionsRequest', '0-2', '0+', {
  stateFilters: array('string')('0+'),
  producerIdFilters: array('int64')('0+'),
  durationFilter: int64('1+', { default: -1n }),
  transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
})

export const listTransactionsResponse = message('ListTransactionsResponse', '0-2', '0+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  unknownStateFilters: array('string')('0+'),
  transactionStates: array({
    transactionalId: string('0+'),
    producerId: int64('0+'),
    transactionState: string('0+'),
  })('0+'),
})

export type ListTransactionsRequest = Infer<typeof listTransactionsRequest>
