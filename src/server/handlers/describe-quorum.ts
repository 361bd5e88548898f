// DescribeQuorum (key 55, KIP-595): one controller, which votes for itself; its log ends where the image's version is
// (Kafka: KafkaRaftClient.handleDescribeQuorumRequest).

import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type {
  DescribeQuorumRequest,
  DescribeQuorumResponse,
} from '../../protocol/messages/describe-quorum.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

const METADATA_TOPIC = '__cluster_metadata'
const LISTENER = 'CONTROLLER'

type PartitionState = DescribeQuorumResponse['topics'][number]['partitions'][number]

export function describeQuorum(broker: Broker, exchange: Exchange, { topics }: DescribeQuorumRequest): void {
  const isAsked =
    topics.length === 1 &&
    topics[0]?.topicName === METADATA_TOPIC &&
    topics[0].partitions.length === 1 &&
    topics[0].partitions[0]?.partitionIndex === 0
  const { brokers, controllerId } = broker.image
  const controller = brokers.find(({ nodeId }) => nodeId === controllerId)
  const response: DescribeQuorumResponse = {
    errorCode: ErrorCodes.NONE,
    errorMessage: '',
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) =>
        isAsked ? quorumOf(broker) : nothing(partitionIndex, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION),
      ),
    })),
    nodes:
      isAsked && controller !== undefined
        ? [
            {
              nodeId: controllerId,
              listeners: [{ name: LISTENER, host: controller.host, port: controller.port }],
            },
          ]
        : [],
  }
  broker.tell(exchange, response)
}

function quorumOf({ image, cluster }: Broker): PartitionState {
  const endOffset = BigInt(image.version)
  const nowMs = BigInt(cluster.nowMs())
  const replica = (replicaId: number) => ({
    replicaId,
    replicaDirectoryId: ZERO_UUID,
    logEndOffset: endOffset,
    lastFetchTimestamp: nowMs,
    lastCaughtUpTimestamp: nowMs,
  })
  const others = image.brokers.filter(({ nodeId }) => nodeId !== image.controllerId)
  return {
    partitionIndex: 0,
    errorCode: ErrorCodes.NONE,
    errorMessage: '',
    leaderId: image.controllerId,
    leaderEpoch: 1,
    highWatermark: endOffset,
    currentVoters: [replica(image.controllerId)],
    observers: others.map(({ nodeId }) => replica(nodeId)),
  }
}

function nothing(partitionIndex: number, errorCode: ErrorCode): PartitionState {
  const errorMessage = 'This server does not host this topic-partition.'
  const nobody = { leaderId: 0, leaderEpoch: 0, highWatermark: 0n, currentVoters: [], observers: [] }
  return { partitionIndex, errorCode, errorMessage, ...nobody }
}
