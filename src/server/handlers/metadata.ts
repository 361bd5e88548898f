// Metadata (key 3): the cluster as clients see it, and automatic topic creation, which the first request only starts: it
// is answered UNKNOWN_TOPIC_OR_PARTITION, and the client asks again (Kafka: KafkaApis.handleTopicMetadataRequest).

import { decideTopic } from '../../metadata/create-topics.js'
import type { ClusterImage, Topic } from '../../metadata/image.js'
import { topicNameError } from '../../metadata/names.js'
import { topicRecords } from '../../metadata/records.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { MetadataRequest, MetadataResponse } from '../../protocol/messages/metadata.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { ALL_CLUSTER_OPERATIONS, ALL_TOPIC_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from './operations.js'
import { describePartition } from './partitions.js'

type TopicMetadata = MetadataResponse['topics'][number]

export function metadata(broker: Broker, exchange: Exchange, request: MetadataRequest): void {
  if (exchange.apiVersion < 12 && asksById(request)) return exchange.answer(refuseIds(request))
  const { image } = broker
  const topics = requestedTopics(broker, exchange.apiVersion, request)
  const operations = request.includeTopicAuthorizedOperations
    ? ALL_TOPIC_OPERATIONS
    : OPERATIONS_NOT_ASKED_FOR
  for (const topic of topics) {
    if (topic.name !== null) topic.topicAuthorizedOperations = operations
  }
  const response: MetadataResponse = {
    throttleTimeMs: 0,
    brokers: image.brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
    clusterId: image.clusterId,
    controllerId: image.controllerId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? ALL_CLUSTER_OPERATIONS
      : OPERATIONS_NOT_ASKED_FOR,
    errorCode: ErrorCodes.NONE,
  }
  broker.tell(exchange, response)
}

/** v10 and v11 have a place for ids, but do not go by them (KIP-516). */
function asksById({ topics }: MetadataRequest): boolean {
  return topics?.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID) ?? false
}

/** Their answer has no place for a null name. */
function refuseIds({ topics }: MetadataRequest): object {
  return {
    topics: topics?.map(({ name, topicId }) => missing(name ?? '', topicId, ErrorCodes.INVALID_REQUEST)),
  }
}

/** null means all, before v1 an empty list does; ids, where there are any, win over names. */
function requestedTopics(broker: Broker, apiVersion: number, request: MetadataRequest): TopicMetadata[] {
  const { image } = broker
  const { topics } = request
  if (topics === null || (apiVersion === 0 && topics.length === 0)) {
    return [...image.topicsByName.values()].map((topic) => describe(image, topic))
  }
  const ids = topics.filter(({ topicId }) => topicId !== ZERO_UUID)
  if (ids.length > 0) {
    return ids.map(({ topicId }) => {
      const topic = image.topicsById.get(topicId)
      return topic === undefined
        ? missing(null, topicId, ErrorCodes.UNKNOWN_TOPIC_ID)
        : describe(image, topic)
    })
  }
  const mayCreate = apiVersion < 4 || request.allowAutoTopicCreation
  const names = new Set(topics.map(({ name }) => name ?? ''))
  return [...names].map((name) => byName(broker, name, mayCreate))
}

function byName(broker: Broker, name: string, mayCreate: boolean): TopicMetadata {
  const { image } = broker
  const topic = image.topicsByName.get(name)
  if (topic !== undefined) return describe(image, topic)
  if (topicNameError(name) !== null) return missing(name, ZERO_UUID, ErrorCodes.INVALID_TOPIC_EXCEPTION)
  if (mayCreate && image.settings.autoCreateTopicsEnable) {
    const asked = { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(image, broker.ids, asked, [])
    // A name that collides with another's is legal; only that nothing comes of it.
    if (decision.ok) broker.change(topicRecords([decision.topic]))
  }
  return missing(name, ZERO_UUID, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION)
}

function describe({ brokers }: ClusterImage, { name, id, internal, partitions }: Topic): TopicMetadata {
  return {
    errorCode: ErrorCodes.NONE,
    name,
    topicId: id,
    isInternal: internal,
    partitions: partitions.map((partition) => describePartition(partition, brokers)),
    topicAuthorizedOperations: OPERATIONS_NOT_ASKED_FOR,
  }
}

function missing(name: string | null, topicId: string, errorCode: ErrorCode): TopicMetadata {
  return {
    errorCode,
    name,
    topicId,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: OPERATIONS_NOT_ASKED_FOR,
  }
}
