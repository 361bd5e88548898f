// OffsetFetch (key 9), one group of it, in the shape that v8 gave it (KIP-709); older and several-group requests are
// mapped by the server. Nothing here can fail: an unknown group, topic or partition has no offset
// (Kafka: OffsetMetadataManager.fetchOffsets and fetchAllOffsets).

import type { Ticket } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { OffsetFetchResponse } from '../protocol/messages/offset-fetch.js'
import { ZERO_UUID } from '../protocol/wire.js'
import type { TopicOffsets } from './offsets.js'
import { reply, type Step } from './shard.js'
import type { OffsetFetchGroup, OffsetValue } from './types.js'

export type OffsetFetchGroupResponse = OffsetFetchResponse['groups'][number]
type ResponseTopic = OffsetFetchGroupResponse['topics'][number]
type ResponsePartition = ResponseTopic['partitions'][number]

/** @internal Answers with one entry of OffsetFetchResponse.groups. Member id and epoch mean nothing to a classic group. */
export function offsetFetch(step: Step, ticket: Ticket, request: OffsetFetchGroup): void {
  const byId = ticket.apiVersion >= 10
  const topics = request.topics === null ? allTopics(step, request, byId) : namedTopics(step, request, byId)
  const response: OffsetFetchGroupResponse = { groupId: request.groupId, topics, errorCode: ErrorCodes.NONE }
  reply(step, ticket, response)
}

/** Every partition that has an offset; by id, those of topics that still have one. */
function allTopics(step: Step, { groupId }: OffsetFetchGroup, byId: boolean): ResponseTopic[] {
  const topics: ResponseTopic[] = []
  for (const [name, offsets] of step.shard.offsets.get(groupId)?.entries() ?? []) {
    const topicId = step.image.topicsByName.get(name)?.id ?? ZERO_UUID
    if (byId && topicId === ZERO_UUID) continue
    const partitions: ResponsePartition[] = []
    for (const value of offsets.values()) {
      const { partition } = value
      if (isOf(value, byId ? topicId : ZERO_UUID)) partitions.push(committed(partition, value))
      else partitions.push(nothing(partition, ErrorCodes.NONE))
    }
    topics.push({ name, topicId, partitions })
  }
  return topics
}

/** Every partition asked for; topics whose id is unknown come last. */
function namedTopics(step: Step, request: OffsetFetchGroup, byId: boolean): ResponseTopic[] {
  const offsets = step.shard.offsets.get(request.groupId)
  const known: ResponseTopic[] = []
  const unknown: ResponseTopic[] = []
  for (const { name: requestedName, topicId, partitionIndexes } of request.topics ?? []) {
    const name = byId ? step.image.topicsById.get(topicId)?.name : requestedName
    if (name === undefined) {
      const partitions = partitionIndexes.map((index) => nothing(index, ErrorCodes.UNKNOWN_TOPIC_ID))
      unknown.push({ name: requestedName, topicId, partitions })
      continue
    }
    const ofTopic = offsets?.get(name)
    const partitions = partitionIndexes.map((index) => lookUp(ofTopic, index, byId ? topicId : ZERO_UUID))
    known.push({ name, topicId, partitions })
  }
  return known.concat(unknown)
}

function lookUp(offsets: TopicOffsets | undefined, partition: number, topicId: string): ResponsePartition {
  const value = offsets?.get(partition)
  return value !== undefined && isOf(value, topicId)
    ? committed(partition, value)
    : nothing(partition, ErrorCodes.NONE)
}

/** An offset of a deleted topic is not one of its namesake. Without both ids there is nothing to compare. */
function isOf(value: OffsetValue, topicId: string): boolean {
  return topicId === ZERO_UUID || value.topicId === ZERO_UUID || value.topicId === topicId
}

function committed(partitionIndex: number, value: OffsetValue): ResponsePartition {
  return {
    partitionIndex,
    committedOffset: value.offset,
    committedLeaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    errorCode: ErrorCodes.NONE,
  }
}

function nothing(partitionIndex: number, errorCode: number): ResponsePartition {
  return { partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode }
}
