// FindCoordinator (key 10): the broker whose shard a group hashes to. Transactions and share groups have no coordinator
// here yet: they are told to try again later (Kafka: KafkaApis.handleFindCoordinatorRequest).

import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../protocol/messages/find-coordinator.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

const GROUP = 0
const TRANSACTION = 1
const SHARE = 2

const INVALID_REQUEST_MESSAGE =
  'This most likely occurs because of a request being malformed by the client library or the message was sent to an ' +
  'incompatible broker. See the broker logs for more details.'

type Coordinator = FindCoordinatorResponse['coordinators'][number]

/** v0-3 ask for one key, v4+ for several; success has the message 'NONE' until v3 and none afterwards. */
export function findCoordinator(broker: Broker, exchange: Exchange, request: FindCoordinatorRequest): void {
  const { apiVersion } = exchange
  const batched = apiVersion >= 4
  const keys = batched ? request.coordinatorKeys : [request.key]
  const coordinators = keys.map((key) => locate(broker, apiVersion, request.keyType, key))
  const [first] = coordinators
  exchange.answer(batched || first === undefined ? { coordinators } : { ...first, coordinators: [] })
}

function locate(broker: Broker, apiVersion: number, keyType: number, key: string): Coordinator {
  const wrong = keyError(apiVersion, keyType, key)
  const node = wrong === ErrorCodes.NONE ? broker.coordinatorOf(key) : undefined
  if (node === undefined) {
    const errorCode = wrong || ErrorCodes.COORDINATOR_NOT_AVAILABLE
    return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage: messageOf(errorCode, keyType) }
  }
  const { nodeId, host, port } = node
  return { key, nodeId, host, port, errorCode: ErrorCodes.NONE, errorMessage: apiVersion >= 4 ? '' : 'NONE' }
}

function keyError(apiVersion: number, keyType: number, key: string): ErrorCode {
  if (keyType === GROUP) return ErrorCodes.NONE
  if (keyType === TRANSACTION) return ErrorCodes.COORDINATOR_NOT_AVAILABLE
  const isShare = keyType === SHARE && apiVersion >= 6 && isShareKey(key)
  return isShare ? ErrorCodes.COORDINATOR_NOT_AVAILABLE : ErrorCodes.INVALID_REQUEST
}

/** group:topicId:partition (KIP-932). */
function isShareKey(key: string): boolean {
  const [group, topicId, partition, more] = key.split(':')
  return (
    Boolean(group) &&
    topicId?.length === ZERO_UUID.length &&
    /^\d+$/.test(partition ?? '') &&
    more === undefined
  )
}

/** Kafka's words; it has none for a share key that is malformed. */
function messageOf(errorCode: ErrorCode, keyType: number): string {
  if (errorCode === ErrorCodes.COORDINATOR_NOT_AVAILABLE) return 'The coordinator is not available.'
  return keyType === SHARE ? '' : INVALID_REQUEST_MESSAGE
}
