// InitProducerId (key 22): an id for an idempotent producer, with epoch 0 (Kafka: TransactionCoordinator.handleInitProducerId).
// A transactional producer has no coordinator here yet and is told to try again later.

import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { InitProducerIdRequest } from '../../protocol/messages/init-producer-id.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

export function initProducerId(broker: Broker, exchange: Exchange, request: InitProducerIdRequest): void {
  const errorCode = refusal(request)
  if (errorCode !== ErrorCodes.NONE) return exchange.refuse(errorCode)
  broker.cluster.controller.submit({ type: 'InitProducerId', ticket: exchange })
}

function refusal({ transactionalId, producerId, producerEpoch }: InitProducerIdRequest): ErrorCode {
  // One of the two without the other is malformed (KIP-360).
  if ((producerId === -1n) !== (producerEpoch === -1)) return ErrorCodes.INVALID_REQUEST
  if (transactionalId === null) return ErrorCodes.NONE
  return transactionalId === '' ? ErrorCodes.INVALID_REQUEST : ErrorCodes.COORDINATOR_NOT_AVAILABLE
}
