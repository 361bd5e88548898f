// InitProducerId (key 22): a producer id and epoch for an idempotent or transactional producer (KIP-98). v3: to bump an epoch
// (KIP-360); v6: two-phase commit (KIP-939), not stable yet.

import { bool, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const initProducerIdRequest = message('InitProducerIdRequest', '0-6', '2+', {
  transactionalId: string('0+', { nullable: '0+' }),
  transactionTimeoutMs: int32('0+'),
  producerId: int64('3+', { default: -1n }),
  producerEpoch: int16('3+', { default: -1 }),
  enable2Pc: bool('6+'),
  keepPreparedTxn: bool('6+'),
})

export const initProducerIdResponse = message('InitProducerIdResponse', '0-6', '2+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  producerId: int64('0+', { default: -1n }),
  producerEpoch: int16('0+'),
  ongoingTxnProducerId: int64('6+', { default: -1n }),
  ongoingTxnProducerEpoch: int16('6+', { default: -1 }),
})

export type InitProducerIdRequest = Infer<typeof initProducerIdRequest>
export type InitProducerIdResponse = Infer<typeof initProducerIdResponse>
