// CreateTopics (key 19): carries out what src/metadata/create-topics.ts decides, topic by topic, and says how each was made.

import {
  type CreatableTopic,
  decideTopic,
  type Refusal,
  tooManyPartitions,
} from '../../metadata/create-topics.js'
import type { Topic } from '../../metadata/image.js'
import { topicRecords } from '../../metadata/records.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../protocol/messages/create-topics.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import { effectiveTopicConfigs } from '../config/describe.js'
import type { Exchange } from '../exchange.js'
import { repeated } from './repeated.js'

type Result = CreateTopicsResponse['topics'][number]

export function createTopics(broker: Broker, exchange: Exchange, request: CreateTopicsRequest): void {
  const tooMany = tooManyPartitions(broker.image, request.topics)
  const created: Topic[] = []
  const topics = tooMany === null ? createEach(broker, request, created) : refuseAll(request, tooMany)
  const records = request.validateOnly ? [] : topicRecords(created)
  broker.change(records, exchange, { throttleTimeMs: 0, topics })
}

function createEach(broker: Broker, request: CreateTopicsRequest, created: Topic[]): Result[] {
  const twice = repeated(request.topics.map(({ name }) => name))
  const results = request.topics
    .filter(({ name }) => !twice.has(name))
    .map((asked) => create(broker, asked, created))
  for (const name of twice) results.push(refused(name, ErrorCodes.INVALID_REQUEST, 'Duplicate topic name.'))
  return results
}

function refuseAll({ topics }: CreateTopicsRequest, { errorCode, message }: Refusal): Result[] {
  return topics.map(({ name }) => refused(name, errorCode, message))
}

function create(broker: Broker, asked: CreatableTopic, created: Topic[]): Result {
  const decision = decideTopic(broker.image, broker.ids, asked, created)
  if (!decision.ok) return refused(asked.name, decision.refusal.errorCode, decision.refusal.message)
  const { topic, cappedFrom } = decision
  if (cappedFrom !== null) {
    const have = broker.image.brokers.length
    broker.info(
      `topic '${topic.name}': replication factor ${cappedFrom} capped to the ${have} broker(s) there are`,
    )
  }
  created.push(topic)
  return {
    name: topic.name,
    topicId: topic.id,
    errorCode: ErrorCodes.NONE,
    errorMessage: null,
    topicConfigErrorCode: ErrorCodes.NONE,
    numPartitions: topic.partitions.length,
    replicationFactor: topic.partitions[0]?.replicas.length ?? -1,
    configs: effectiveTopicConfigs(broker.config, topic).map(({ name, value, source }) => ({
      name,
      value,
      readOnly: false,
      configSource: source,
      isSensitive: false,
    })),
  }
}

function refused(name: string, errorCode: number, errorMessage: string): Result {
  return {
    name,
    topicId: ZERO_UUID,
    errorCode,
    errorMessage,
    topicConfigErrorCode: ErrorCodes.NONE,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  }
}
