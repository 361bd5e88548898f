// DescribeTopicPartitions (key 75, KIP-966): topics in order of name, page by page. Lists are never null: Java's client
// does not expect that (Kafka: DescribeTopicPartitionsRequestHandler).

import type { BrokerNode, Topic } from '../../metadata/image.js'
import { topicNameError } from '../../metadata/names.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '../../protocol/messages/describe-topic-partitions.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { ALL_TOPIC_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from './operations.js'
import { describePartition } from './partitions.js'

type TopicPage = DescribeTopicPartitionsResponse['topics'][number]
type Cursor = DescribeTopicPartitionsResponse['nextCursor']

/** max.request.partition.size.limit of Kafka's default. */
const MAX_PARTITIONS = 2000

export function describeTopicPartitions(
  broker: Broker,
  exchange: Exchange,
  request: DescribeTopicPartitionsRequest,
): void {
  const { topicsByName, brokers } = broker.image
  const { cursor, responsePartitionLimit } = request
  const asked =
    request.topics.length === 0 ? [...topicsByName.keys()] : request.topics.map(({ name }) => name)
  if (cursor !== null && isRefused(cursor, request)) return refuseAll(exchange, request)
  const names = [...new Set(asked)].sort().filter((name) => cursor === null || name >= cursor.topicName)
  let left = Math.max(Math.min(responsePartitionLimit, MAX_PARTITIONS), 1)
  const topics: TopicPage[] = []
  let nextCursor: Cursor = null
  for (const name of names) {
    const topic = topicsByName.get(name)
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0
    if (topic === undefined) {
      topics.push(missing(name))
      continue
    }
    if (left <= 0) {
      nextCursor = { topicName: name, partitionIndex: first }
      break
    }
    const page = describe(topic, brokers, first, left)
    topics.push(page)
    left -= page.partitions.length
    const next = first + page.partitions.length
    if (next < topic.partitions.length) {
      nextCursor = { topicName: name, partitionIndex: next }
      break
    }
  }
  broker.tell(exchange, { throttleTimeMs: 0, topics, nextCursor })
}

function describe(
  { name, id, internal, partitions }: Topic,
  brokers: readonly BrokerNode[],
  first: number,
  count: number,
): TopicPage {
  return {
    errorCode: ErrorCodes.NONE,
    name,
    topicId: id,
    isInternal: internal,
    partitions: partitions.slice(first, first + count).map((partition) => ({
      ...describePartition(partition, brokers),
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    })),
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}

/** A cursor stands at one of the topics that are asked for. */
function isRefused(
  { topicName, partitionIndex }: NonNullable<Cursor>,
  { topics }: DescribeTopicPartitionsRequest,
): boolean {
  if (partitionIndex < 0) return true
  return topics.length > 0 && !topics.some(({ name }) => name === topicName)
}

function refuseAll(exchange: Exchange, { topics }: DescribeTopicPartitionsRequest): void {
  const refused = topics.map(({ name }): TopicPage => {
    const page = missing(name, ErrorCodes.INVALID_REQUEST)
    return { ...page, topicAuthorizedOperations: OPERATIONS_NOT_ASKED_FOR }
  })
  exchange.answer({ throttleTimeMs: 0, topics: refused, nextCursor: null })
}

function missing(name: string, errorCode = unknown(name)): TopicPage {
  return {
    errorCode,
    name,
    topicId: ZERO_UUID,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}

const unknown = (name: string): ErrorCode =>
  topicNameError(name) === null ? ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION : ErrorCodes.INVALID_TOPIC_EXCEPTION
