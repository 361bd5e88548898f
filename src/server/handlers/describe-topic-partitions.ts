// DescribeTopicPartitions (key 75, KIP-966): topics in order of name, page by page. Lists are never null: Java's client
// does not expect that (Kafka: DescribeTopicPartitionsRequestHandler).

import type { Topic } from '../../metadata/image.js'
import { topicNameError } from '../../metadata/names.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '../../protocol/messages/describe-topic-partitions.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { ALL_TOPIC_OPERATIONS } from './operations.js'
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
  const { topicsByName } = broker.image
  const { cursor, responsePartitionLimit } = request
  const asked =
    request.topics.length === 0 ? [...topicsByName.keys()] : request.topics.map(({ name }) => name)
  const names = [...new Set(asked)].sort().filter((name) => cursor === null || name >= cursor.topicName)
  let left = Math.min(responsePartitionLimit, MAX_PARTITIONS)
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
    const page = describe(topic, first, left)
    topics.push(page)
    left -= page.partitions.length
    const next = first + page.partitions.length
    if (next < topic.partitions.length) {
      nextCursor = { topicName: name, partitionIndex: next }
      break
    }
  }
  exchange.answer({ throttleTimeMs: 0, topics, nextCursor })
}

function describe({ name, id, internal, partitions }: Topic, first: number, count: number): TopicPage {
  return {
    errorCode: ErrorCodes.NONE,
    name,
    topicId: id,
    isInternal: internal,
    partitions: partitions.slice(first, first + count).map((partition) => ({
      ...describePartition(partition),
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    })),
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}

function missing(name: string): TopicPage {
  const legal = topicNameError(name) === null
  return {
    errorCode: legal ? ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION : ErrorCodes.INVALID_TOPIC_EXCEPTION,
    name,
    topicId: ZERO_UUID,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}
