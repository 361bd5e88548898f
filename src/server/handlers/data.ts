// Requests for partitions on their way to the log.

import { ErrorCodes, errorName } from '../../protocol/errors.js'
import type { DeleteRecordsRequest } from '../../protocol/messages/delete-records.js'
import type { DescribeLogDirsRequest } from '../../protocol/messages/describe-log-dirs.js'
import type { DescribeProducersRequest } from '../../protocol/messages/describe-producers.js'
import type { FetchRequest } from '../../protocol/messages/fetch.js'
import type { ListOffsetsRequest } from '../../protocol/messages/list-offsets.js'
import type { OffsetForLeaderEpochRequest } from '../../protocol/messages/offset-for-leader-epoch.js'
import type { ProduceRequest, ProduceResponse } from '../../protocol/messages/produce.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

/** acks 0 has no answer; an error can only be told by closing the connection, as Kafka does. */
export function produce(broker: Broker, exchange: Exchange, request: ProduceRequest): void {
  const { nodeId } = broker
  const event = { type: 'Produce', request, nodeId, ownsBytes: true } as const
  if (request.acks !== 0) return broker.log.submit({ ...event, ticket: exchange })
  const tell = (errorCode: number) => {
    // Before the answer, so that nothing is done any more that the client has sent behind it.
    if (errorCode !== ErrorCodes.NONE)
      exchange.connection.close(`Produce with acks=0 failed: ${errorName(errorCode)}`)
    exchange.answer(null)
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
  broker.log.submit({ ...event, ticket })
}

function firstError({ responses }: ProduceResponse): number {
  const partitions = responses.flatMap(({ partitionResponses }) => partitionResponses)
  return partitions.find(({ errorCode }) => errorCode !== ErrorCodes.NONE)?.errorCode ?? ErrorCodes.NONE
}

export function fetch(broker: Broker, exchange: Exchange, request: FetchRequest): void {
  broker.log.submit({ type: 'Fetch', ticket: exchange, request, nodeId: broker.nodeId })
}

export function listOffsets(broker: Broker, exchange: Exchange, request: ListOffsetsRequest): void {
  broker.log.submit({ type: 'ListOffsets', ticket: exchange, request, nodeId: broker.nodeId })
}

export function deleteRecords(broker: Broker, exchange: Exchange, request: DeleteRecordsRequest): void {
  broker.log.submit({ type: 'DeleteRecords', ticket: exchange, request, nodeId: broker.nodeId })
}

export function offsetForLeaderEpoch(
  broker: Broker,
  exchange: Exchange,
  request: OffsetForLeaderEpochRequest,
): void {
  const { nodeId } = broker
  broker.log.submit({ type: 'OffsetForLeaderEpoch', ticket: exchange, request, nodeId })
}

export function describeProducers(
  broker: Broker,
  exchange: Exchange,
  request: DescribeProducersRequest,
): void {
  const { nodeId } = broker
  broker.log.submit({ type: 'DescribeProducers', ticket: exchange, request, nodeId })
}

/** What the one directory is called. */
export function logDirOf({ config }: Broker): string {
  return config.broker.get('log.dirs')?.value ?? config.broker.get('log.dir')?.value ?? ''
}

export function describeLogDirs(broker: Broker, exchange: Exchange, request: DescribeLogDirsRequest): void {
  const logDir = logDirOf(broker)
  const { nodeId } = broker
  broker.log.submit({ type: 'DescribeLogDirs', ticket: exchange, request, logDir, nodeId })
}
