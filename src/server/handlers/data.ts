// Requests for partitions on their way to the log.

import { ErrorCodes, errorName } from '../../protocol/errors.js'
import type { DeleteRecordsRequest } from '../../protocol/messages/delete-records.js'
import type { DescribeLogDirsRequest } from '../../protocol/messages/describe-log-dirs.js'
import type { FetchRequest } from '../../protocol/messages/fetch.js'
import type { ListOffsetsRequest } from '../../protocol/messages/list-offsets.js'
import type { OffsetForLeaderEpochRequest } from '../../protocol/messages/offset-for-leader-epoch.js'
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

export function deleteRecords(broker: Broker, exchange: Exchange, request: DeleteRecordsRequest): void {
  broker.log.submit({ type: 'DeleteRecords', ticket: exchange, request })
}

export function offsetForLeaderEpoch(
  broker: Broker,
  exchange: Exchange,
  request: OffsetForLeaderEpochRequest,
): void {
  broker.log.submit({ type: 'OffsetForLeaderEpoch', ticket: exchange, request })
}

export function describeLogDirs(broker: Broker, exchange: Exchange, request: DescribeLogDirsRequest): void {
  const { broker: settings } = broker.config
  const logDir = settings.get('log.dirs')?.value ?? settings.get('log.dir')?.value ?? ''
  broker.log.submit({ type: 'DescribeLogDirs', ticket: exchange, request, logDir })
}
