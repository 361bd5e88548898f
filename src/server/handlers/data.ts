// Produce, Fetch and ListOffsets on their way to the log.

import { ErrorCodes, errorName } from '../../protocol/errors.js'
import type { FetchRequest } from '../../protocol/messages/fetch.js'
import type { ListOffsetsRequest } from '../../protocol/messages/list-offsets.js'
import type { ProduceRequest, ProduceResponse } from '../../protocol/messages/produce.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

/** acks 0 has no answer; an error can only be told by closing the connection, as Kafka does. */
export function produce(broker: Broker, exchange: Exchange, request: ProduceRequest): void {
  if (request.acks !== 0) return broker.log.submit({ type: 'Produce', ticket: exchange, request })
  const tell = (errorCode: number) => {
    exchange.answer(null)
    if (errorCode === ErrorCodes.NONE) return
    exchange.connection.close(`Produce with acks=0 failed: ${errorName(errorCode)}`)
  }
  const ticket = {
    apiVersion: exchange.apiVersion,
    clientId: exchange.clientId,
    clientHost: exchange.clientHost,
    get isAnswered() {
      return exchange.isAnswered
    },
    decided: () => exchange.decided(),
    answer: (response: object) => tell(firstError(response as ProduceResponse)),
    refuse: tell,
  }
  broker.log.submit({ type: 'Produce', ticket, request })
}

function firstError({ responses }: ProduceResponse): number {
  const partitions = responses.flatMap(({ partitionResponses }) => partitionResponses)
  return partitions.find(({ errorCode }) => errorCode !== ErrorCodes.NONE)?.errorCode ?? ErrorCodes.NONE
}

export function fetch(broker: Broker, exchange: Exchange, request: FetchRequest): void {
  broker.log.submit({ type: 'Fetch', ticket: exchange, request })
}

export function listOffsets(broker: Broker, exchange: Exchange, request: ListOffsetsRequest): void {
  broker.log.submit({ type: 'ListOffsets', ticket: exchange, request })
}
