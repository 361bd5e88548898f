// OffsetCommit (key 8, v0-10): topics are looked up first, per partition; only what is left is judged as the
// group's (Kafka: KafkaApis.handleOffsetCommitRequest, then OffsetMetadataManager.commitOffset). Members commit
// with their generation; anybody may commit to a group without members (a "simple" consumer).

import type { Ticket } from '../machine/decision.js'
import type { Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import { MAX_STRING_BYTES } from '../protocol/lengths.js'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import { ClassicGroup } from './classic/group.js'
import { validateMember } from './classic/members.js'
import { armSession } from './classic/rebalance.js'
import { OffsetRecord, TopicCommit } from './offset-record.js'
import { append } from './records.js'
import { added, emit, reply, type Step } from './shard.js'

const NO_EXPIRY = -1n

type RequestTopic = OffsetCommitRequest['topics'][number]
type RequestPartition = RequestTopic['partitions'][number]
type ResponseTopic = OffsetCommitResponse['topics'][number]
type ResponsePartition = ResponseTopic['partitions'][number]

/** A request in hand. */
interface Asked {
  readonly step: Step
  readonly ticket: Ticket
  readonly request: OffsetCommitRequest
  /** What the group has said to it; null: it was not asked. */
  verdict: ErrorCode | null
}

/** Answers with OffsetCommitResponse; a group error is repeated on every partition that exists. */
export function offsetCommit(step: Step, ticket: Ticket, request: OffsetCommitRequest): void {
  const asked: Asked = { step, ticket, request, verdict: null }
  let topics: ResponseTopic[] = []
  for (const requested of request.topics) {
    const { name, topicId, partitions } = requested
    const topic = lookUp(asked, requested)
    // A topic that is there is answered by its partitions: without any it is left out, as by Kafka.
    if (topic !== undefined && partitions.length === 0) continue
    topics = added(topics, { name, topicId, partitions: answersOf(asked, topic, partitions) })
  }
  const response: OffsetCommitResponse = { throttleTimeMs: 0, topics }
  reply(step, ticket, response)
}

function lookUp({ step, ticket }: Asked, { name, topicId }: RequestTopic): Topic | undefined {
  return ticket.apiVersion >= 10 ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
}

/** Partitions that do not exist come first. */
function answersOf(
  asked: Asked,
  topic: Topic | undefined,
  partitions: RequestPartition[],
): ResponsePartition[] {
  const exists = ({ partitionIndex }: RequestPartition) => topic?.partitions[partitionIndex] !== undefined
  if (topic !== undefined && partitions.every(exists)) return commitTopic(asked, topic, partitions)
  const unknown = refuse(
    partitions.filter((partition) => !exists(partition)),
    unknownError(asked, topic),
  )
  const known = partitions.filter(exists)
  return topic === undefined || known.length === 0
    ? unknown
    : unknown.concat(commitTopic(asked, topic, known))
}

function unknownError({ ticket }: Asked, topic: Topic | undefined): ErrorCode {
  return ticket.apiVersion >= 10 && topic === undefined
    ? ErrorCodes.UNKNOWN_TOPIC_ID
    : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
}

function refuse(partitions: readonly RequestPartition[], errorCode: ErrorCode): ResponsePartition[] {
  return partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }))
}

/** Of partitions that exist. */
function commitTopic(
  asked: Asked,
  topic: Topic,
  partitions: readonly RequestPartition[],
): ResponsePartition[] {
  asked.verdict ??= judge(asked)
  if (asked.verdict !== ErrorCodes.NONE) return refuse(partitions, asked.verdict)
  const common = commonOf(asked, topic)
  return partitions.map((partition) => {
    const errorCode = metadataError(asked.step, partition)
    if (errorCode === ErrorCodes.NONE) commit(asked, partition, common)
    return { partitionIndex: partition.partitionIndex, errorCode }
  })
}

function judge({ step, ticket, request }: Asked): ErrorCode {
  const group = step.shard.groups.get(request.groupId)
  const refused = validateCommit(group, request, ticket.apiVersion)
  if (refused === ErrorCodes.NONE) keepCommitter(step, group, request)
  return refused
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
    step.shard.groups.set(request.groupId, new ClassicGroup(request.groupId, step.nowMs))
    return
  }
  const member = group.members.get(request.memberId)
  if (member !== undefined && (group.state === 'Stable' || group.state === 'PreparingRebalance')) {
    armSession(step, member)
  }
}

/** offset.metadata.max.bytes; Kafka measures String.length(), that is UTF-16 code units. */
function metadataError(step: Step, { committedMetadata }: RequestPartition): ErrorCode {
  const metadata = committedMetadata ?? ''
  return metadata.length > step.settings.offsetMetadataMaxBytes || !isWritable(metadata)
    ? ErrorCodes.OFFSET_METADATA_TOO_LARGE
    : ErrorCodes.NONE
}

/** What a request brings may be too long to be written again: bytes that are no UTF-8 are read as U+FFFD, which has three. */
function isWritable(text: string): boolean {
  return text.length <= MAX_STRING_BYTES / 3 || Buffer.byteLength(text) <= MAX_STRING_BYTES
}

/** v2-4 may say how long the offsets are to be kept: where no long can hold the time, it wraps around into the past, as in Kafka. */
function commonOf({ step, request }: Asked, topic: Topic): TopicCommit {
  const nowMs = BigInt(step.nowMs)
  const { retentionTimeMs } = request
  const expireMs = retentionTimeMs === -1n ? NO_EXPIRY : BigInt.asIntN(64, nowMs + retentionTimeMs)
  return new TopicCommit(step.shard.offsets.placeOf(request.groupId, topic.name), nowMs, expireMs, topic.id)
}

function commit({ step, ticket, request }: Asked, partition: RequestPartition, common: TopicCommit): void {
  const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata, commitTimestamp } =
    partition
  // v1 alone may date the commit.
  const isDated = ticket.apiVersion === 1 && commitTimestamp !== -1n
  const { place, expireTimestampMs, topicId } = common
  const of = isDated ? new TopicCommit(place, commitTimestamp, expireTimestampMs, topicId) : common
  append(
    step,
    new OffsetRecord(of, partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata ?? ''),
  )
  if (step.commitsObserved) {
    const { groupId, memberId } = request
    const { topic } = place
    const offset = committedOffset
    emit(step, { type: 'committed', groupId, memberId, topic, partition: partitionIndex, offset })
  }
}
