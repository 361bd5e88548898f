// OffsetDelete (key 47, KIP-496): removes offsets of topics that the group does not consume. A group error
// replaces the whole answer (Kafka: KafkaApis.handleOffsetDeleteRequest, OffsetMetadataManager.deleteOffsets).

import type { Ticket } from '../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '../protocol/messages/offset-delete.js'
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, isSubscribedTo } from './classic/group.js'
import { OffsetTombstone } from './offset-record.js'
import type { TopicOffsets } from './offsets.js'
import { append } from './records.js'
import { emit, reply, type Step } from './shard.js'

type ResponsePartition = OffsetDeleteResponse['topics'][number]['partitions'][number]

/** Answers with OffsetDeleteResponse; partitions that do not exist come first in their topic, as in Kafka. */
export function offsetDelete(step: Step, ticket: Ticket, request: OffsetDeleteRequest): void {
  const { groupId } = request
  const group = step.shard.groups.get(groupId)
  const refused = validateDelete(groupId, group)
  if (group === undefined || refused !== ErrorCodes.NONE) {
    return reply(step, ticket, { errorCode: refused, throttleTimeMs: 0, topics: [] })
  }
  let count = 0
  const offsets = step.shard.offsets.get(groupId)
  const topics = new Map<string, { unknown: ResponsePartition[]; known: ResponsePartition[] }>()
  for (const { name, partitions } of request.topics) {
    const topic = step.image.topicsByName.get(name)
    // A topic that is there is answered by its partitions: without any it is left out, as by Kafka.
    if (topic !== undefined && partitions.length === 0) continue
    const answer = topics.get(name) ?? { unknown: [], known: [] }
    topics.set(name, answer)
    for (const { partitionIndex } of partitions) {
      if (topic?.partitions[partitionIndex] === undefined) {
        answer.unknown.push({ partitionIndex, errorCode: ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION })
      } else if (isSubscribedTo(group, name)) {
        answer.known.push({ partitionIndex, errorCode: ErrorCodes.GROUP_SUBSCRIBED_TO_TOPIC })
      } else {
        count += deleteOffset(step, offsets?.get(name), partitionIndex)
        answer.known.push({ partitionIndex, errorCode: ErrorCodes.NONE })
      }
    }
  }
  if (step.observed && count > 0) {
    emit(step, { type: 'offsets-removed', groupId, count, cause: 'OffsetDelete request' })
  }
  reply(step, ticket, {
    errorCode: ErrorCodes.NONE,
    throttleTimeMs: 0,
    topics: Array.from(topics, ([name, { unknown, known }]) => ({ name, partitions: unknown.concat(known) })),
  })
}

function validateDelete(groupId: string, group: ClassicGroup | undefined): ErrorCode {
  if (groupId === '') return ErrorCodes.INVALID_GROUP_ID
  if (group === undefined) return ErrorCodes.GROUP_ID_NOT_FOUND
  // Only of consumers is it known what they are subscribed to.
  const opaque = group.state !== 'Empty' && group.protocolType !== CONSUMER_PROTOCOL_TYPE
  return opaque ? ErrorCodes.NON_EMPTY_GROUP : ErrorCodes.NONE
}

/** Writes a tombstone if there is an offset; returns how many. */
export function deleteOffset(step: Step, offsets: TopicOffsets | undefined, partition: number): 0 | 1 {
  if (!offsets?.has(partition)) return 0
  append(step, new OffsetTombstone(offsets.place, partition))
  return 1
}
