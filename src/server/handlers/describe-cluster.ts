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
const CONTROLLERS = 2

export function describeCluster(broker: Broker, exchange: Exchange, request: DescribeClusterRequest): void {
  const { image } = broker
  const served = request.endpointType === BROKERS
  const response: DescribeClusterResponse = {
    throttleTimeMs: 0,
    ...(served ? { errorCode: ErrorCodes.NONE, errorMessage: null } : refusal(request)),
    endpointType: BROKERS,
    clusterId: served ? image.clusterId : '',
    controllerId: served ? image.controllerId : -1,
    brokers: served ? describeNodes(broker, request.includeFencedBrokers) : [],
    clusterAuthorizedOperations:
      served && request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : OPERATIONS_NOT_ASKED_FOR,
  }
  exchange.answer(response)
}

/** Those that were stopped are fenced, and told to who asks for them (KIP-1073). */
function describeNodes({ cluster }: Broker, withFenced: boolean): DescribeClusterResponse['brokers'] {
  const wanted = cluster.brokers.filter(({ isRunning }) => isRunning || withFenced)
  return wanted.map(({ node, isRunning }) => {
    const { nodeId: brokerId, host, port, rack } = node
    return { brokerId, host, port, rack, isFenced: !isRunning }
  })
}

function refusal({ endpointType }: DescribeClusterRequest) {
  if (endpointType !== CONTROLLERS) {
    return {
      errorCode: ErrorCodes.UNSUPPORTED_ENDPOINT_TYPE,
      errorMessage: `Unsupported endpoint type ${endpointType}`,
    }
  }
  const errorMessage =
    'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
  return { errorCode: ErrorCodes.MISMATCHED_ENDPOINT_TYPE, errorMessage }
}
