// DescribeCluster (key 60, KIP-700): the brokers, and who is controller. Only the brokers' endpoint type is served; that of
// KRaft controllers is another listener.

import { ErrorCodes } from '../../protocol/errors.js'
import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../protocol/messages/describe-cluster.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { ALL_CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from './operations.js'

const BROKERS = 1

export function describeCluster(broker: Broker, exchange: Exchange, request: DescribeClusterRequest): void {
  const { image } = broker
  const served = request.endpointType === BROKERS
  const response: DescribeClusterResponse = {
    throttleTimeMs: 0,
    errorCode: served ? ErrorCodes.NONE : ErrorCodes.MISMATCHED_ENDPOINT_TYPE,
    errorMessage: served
      ? null
      : 'The request was sent to an endpoint of the wrong type: this one serves brokers.',
    endpointType: BROKERS,
    clusterId: served ? image.clusterId : '',
    controllerId: served ? image.controllerId : -1,
    brokers: served
      ? image.brokers.map(({ nodeId: brokerId, host, port, rack }) => ({
          brokerId,
          host,
          port,
          rack,
          isFenced: false,
        }))
      : [],
    clusterAuthorizedOperations:
      served && request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : OPERATIONS_NOT_ASKED_FOR,
  }
  exchange.answer(response)
}
