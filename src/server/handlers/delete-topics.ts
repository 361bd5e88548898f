// DeleteTopics (key 20): by name, since v6 also by id (Kafka: ControllerApis.deleteTopics). With a topic go its batches
// and the offsets that groups have committed for it.

import type { Topic } from '../../metadata/image.js'
import { removalRecords } from '../../metadata/records.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../protocol/messages/delete-topics.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { repeated } from './repeated.js'

type Result = DeleteTopicsResponse['responses'][number]
type Asked = DeleteTopicsRequest['topics'][number]

export function deleteTopics(broker: Broker, exchange: Exchange, request: DeleteTopicsRequest): void {
  const asked: Asked[] =
    exchange.apiVersion >= 6
      ? request.topics
      : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
  const twice = repeated(asked.map(keyOf))
  const deleted: Topic[] = []
  const results = asked
    .filter((topic) => !twice.has(keyOf(topic)))
    .map((topic) => remove(broker, topic, deleted))
  for (const key of twice) {
    const topic = asked.find((candidate) => keyOf(candidate) === key) as Asked
    const what = topic.name === null ? 'Duplicate topic id.' : 'Duplicate topic name.'
    results.push(refused(topic, ErrorCodes.INVALID_REQUEST, what))
  }
  // A topic that is named in two ways is refused as a whole: who asked so does not know what they do.
  const refusedIds = new Set(results.filter(({ errorCode }) => errorCode !== 0).map(({ topicId }) => topicId))
  const agreed = deleted.filter(({ id }) => !refusedIds.has(id))
  const responses = results.filter(({ topicId, errorCode }) => errorCode !== 0 || !refusedIds.has(topicId))
  broker.change(removalRecords(agreed), exchange, { throttleTimeMs: 0, responses })
}

const keyOf = ({ name, topicId }: Asked) => name ?? topicId

function remove({ image }: Broker, asked: Asked, deleted: Topic[]): Result {
  const { name, topicId } = asked
  const byId = topicId !== ZERO_UUID
  if (name !== null && byId) {
    return refused(asked, ErrorCodes.INVALID_REQUEST, 'You may not specify both topic name and topic id.')
  }
  if (name === null && !byId) {
    return refused(asked, ErrorCodes.INVALID_REQUEST, 'Neither topic name nor id were specified.')
  }
  if (!image.settings.deleteTopicEnable) {
    return refused(asked, ErrorCodes.TOPIC_DELETION_DISABLED, 'Topic deletion is disabled.')
  }
  const topic = name === null ? image.topicsById.get(topicId) : image.topicsByName.get(name)
  if (topic === undefined) {
    return byId
      ? refused(asked, ErrorCodes.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.')
      : refused(
          asked,
          ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION,
          'This server does not host this topic-partition.',
        )
  }
  if (deleted.includes(topic)) {
    const message = 'The provided topic name maps to an ID that was already supplied.'
    return {
      name: topic.name,
      topicId: topic.id,
      errorCode: ErrorCodes.INVALID_REQUEST,
      errorMessage: message,
    }
  }
  deleted.push(topic)
  return { name: topic.name, topicId: topic.id, errorCode: ErrorCodes.NONE, errorMessage: null }
}

function refused({ name, topicId }: Asked, errorCode: ErrorCode, errorMessage: string): Result {
  return { name, topicId, errorCode, errorMessage }
}
