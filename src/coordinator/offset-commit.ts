// OffsetCommit (key 8, v0-10): topics are looked up first, per partition; only what is left is judged as the
// group's (Kafka: KafkaApis.handleOffsetCommitRequest, then OffsetMetadataManager.commitOffset). Members commit
// with their generation; anybody may commit to a group without members (a "simple" consumer).

import type { Ticket } from '../machine/decision.js'
import type { Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import { type ClassicGroup, newGroup } from './classic/group.js'
import { validateMember } from './classic/members.js'
import { armSession } from './classic/rebalance.js'
import { append } from './records.js'
import { emit, reply, type Step } from './shard.js'
import type { OffsetValue } from './types.js'

type RequestTopic = OffsetCommitRequest['topics'][number]
type RequestPartition = RequestTopic['partitions'][number]
type ResponseTopic = OffsetCommitResponse['topics'][number]

/** Partitions that exist, with the answer they will get their error code in. */
interface Found {
  readonly topic: Topic
  readonly partitions: RequestPartition[]
  readonly answer: ResponseTopic
}

/** Answers with OffsetCommitResponse; a group error is repeated on every partition that exists. */
export function offsetCommit(step: Step, ticket: Ticket, request: OffsetCommitRequest): void {
  const response: OffsetCommitResponse = { throttleTimeMs: 0, topics: [] }
  const found: Found[] = []
  for (const requested of request.topics) {
    const topic = lookUp(step, ticket, requested)
    // A topic that is there is answered by its partitions: without any it is left out, as by Kafka.
    if (topic !== undefined && requested.partitions.length === 0) continue
    const answer: ResponseTopic = { name: requested.name, topicId: requested.topicId, partitions: [] }
    response.topics.push(answer)
    const partitions: RequestPartition[] = []
    for (const partition of requested.partitions) {
      if (topic?.partitions[partition.partitionIndex] !== undefined) partitions.push(partition)
      else answerPartition(answer, partition, unknownError(ticket, topic))
    }
    if (topic !== undefined && partitions.length > 0) found.push({ topic, partitions, answer })
  }
  if (found.length > 0) commitFound(step, ticket, request, found)
  reply(step, ticket, response)
}

function lookUp(step: Step, ticket: Ticket, { name, topicId }: RequestTopic): Topic | undefined {
  return ticket.apiVersion >= 10 ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
}

function unknownError(ticket: Ticket, topic: Topic | undefined): ErrorCode {
  return ticket.apiVersion >= 10 && topic === undefined
    ? ErrorCodes.UNKNOWN_TOPIC_ID
    : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
}

function answerPartition(
  answer: ResponseTopic,
  { partitionIndex }: RequestPartition,
  errorCode: ErrorCode,
): void {
  answer.partitions.push({ partitionIndex, errorCode })
}

function commitFound(
  step: Step,
  ticket: Ticket,
  request: OffsetCommitRequest,
  found: readonly Found[],
): void {
  const group = step.shard.groups.get(request.groupId)
  const refused = validateCommit(group, request, ticket.apiVersion)
  const nowMs = BigInt(step.nowMs)
  if (refused === ErrorCodes.NONE) keepCommitter(step, group, request)
  for (const { topic, partitions, answer } of found) {
    for (const partition of partitions) {
      const errorCode = refused || metadataError(step, partition)
      if (errorCode === ErrorCodes.NONE) commit(step, ticket, request, topic, partition, nowMs)
      answerPartition(answer, partition, errorCode)
    }
  }
}

/** The group's part of the checks, in Kafka's order (ClassicGroup.validateOffsetCommit). */
function validateCommit(
  group: ClassicGroup | undefined,
  request: OffsetCommitRequest,
  apiVersion: number,
): ErrorCode {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generation } = request
  if (group === undefined) {
    if (generation < 0) return ErrorCodes.NONE
    return apiVersion >= 9 ? ErrorCodes.GROUP_ID_NOT_FOUND : ErrorCodes.ILLEGAL_GENERATION
  }
  if (generation < 0 && group.state === 'Empty') return ErrorCodes.NONE
  if (generation < 0 && memberId === '' && groupInstanceId === null) return ErrorCodes.UNKNOWN_MEMBER_ID
  const invalid = validateMember(group, memberId, groupInstanceId)
  if (invalid !== ErrorCodes.NONE) return invalid
  if (generation !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  // Between the join and the sync phase nobody owns anything yet.
  return group.state === 'CompletingRebalance' ? ErrorCodes.REBALANCE_IN_PROGRESS : ErrorCodes.NONE
}

/** An accepted commit is a sign of life; one to no group makes a simple group. */
function keepCommitter(step: Step, group: ClassicGroup | undefined, request: OffsetCommitRequest): void {
  if (group === undefined) {
    step.shard.groups.set(request.groupId, newGroup(request.groupId, step.nowMs))
    return
  }
  const member = group.members.get(request.memberId)
  if (member !== undefined && (group.state === 'Stable' || group.state === 'PreparingRebalance')) {
    armSession(step, member)
  }
}

/** offset.metadata.max.bytes; Kafka measures String.length(), that is UTF-16 code units. */
function metadataError(step: Step, { committedMetadata }: RequestPartition): ErrorCode {
  return (committedMetadata?.length ?? 0) > step.settings.offsetMetadataMaxBytes
    ? ErrorCodes.OFFSET_METADATA_TOO_LARGE
    : ErrorCodes.NONE
}

function commit(
  step: Step,
  ticket: Ticket,
  request: OffsetCommitRequest,
  topic: Topic,
  partition: RequestPartition,
  nowMs: bigint,
): void {
  // v1 alone may date the commit; v2-4 may say how long it is to be kept.
  const dated = ticket.apiVersion === 1 && partition.commitTimestamp !== -1n
  const value: OffsetValue = {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? '',
    commitTimestampMs: dated ? partition.commitTimestamp : nowMs,
    expireTimestampMs: request.retentionTimeMs === -1n ? -1n : nowMs + request.retentionTimeMs,
    topicId: topic.id,
  }
  const { groupId, memberId } = request
  append(step, {
    kind: 'OffsetCommit',
    groupId,
    topic: topic.name,
    partition: partition.partitionIndex,
    value,
  })
  if (step.commitsObserved) {
    const { name } = topic
    const { partitionIndex, committedOffset: offset } = partition
    emit(step, { type: 'committed', groupId, memberId, topic: name, partition: partitionIndex, offset })
  }
}
