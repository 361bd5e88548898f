// DescribeProducers (key 61, KIP-664): what a partition remembers of those that wrote to it with sequences. None of them is in a
// transaction (Kafka: ReplicaManager.activeProducerState).

import type { Ticket } from '../machine/decision.js'
import { topicNameError } from '../metadata/names.js'
import { ErrorCodes } from '../protocol/errors.js'
import type {
  DescribeProducersRequest,
  DescribeProducersResponse,
} from '../protocol/messages/describe-producers.js'
import { leaderError } from './leadership.js'
import type { Producers } from './producers.js'
import { type LogStep, logOf } from './state.js'

type PartitionResult = DescribeProducersResponse['topics'][number]['partitions'][number]

export function describeProducers(
  step: LogStep,
  ticket: Ticket,
  { topics: asked }: DescribeProducersRequest,
): void {
  const topics = asked.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => describe(step, name, index)),
  }))
  const response: DescribeProducersResponse = { throttleTimeMs: 0, topics }
  step.decision.replies.push({ ticket, response })
}

function describe(step: LogStep, name: string, partitionIndex: number): PartitionResult {
  const nameError = topicNameError(name)
  const none = { partitionIndex, activeProducers: [] }
  if (nameError !== null) {
    return { ...none, errorCode: ErrorCodes.INVALID_TOPIC_EXCEPTION, errorMessage: nameError }
  }
  const topic = step.image.topicsByName.get(name)
  const log = logOf(step, topic, partitionIndex)
  if (topic === undefined || log === undefined) {
    const errorMessage = topic === undefined ? 'This server does not host this topic-partition.' : null
    return { ...none, errorCode: ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorMessage }
  }
  const errorCode = leaderError(step, topic, partitionIndex)
  const activeProducers = errorCode === ErrorCodes.NONE ? activeOf(log.producers) : []
  return { partitionIndex, errorCode, errorMessage: null, activeProducers }
}

function activeOf(producers: Producers): PartitionResult['activeProducers'] {
  return Array.from(producers, ([producerId, { epoch, batches }]) => ({
    producerId,
    producerEpoch: epoch,
    lastSequence: batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: batches.at(-1)?.maxTimestampMs ?? -1n,
    coordinatorEpoch: -1,
    currentTxnStartOffset: -1n,
  }))
}
