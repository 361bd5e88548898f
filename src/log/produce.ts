// Produce (key 0): each partition's one batch is checked, given its offsets and kept as sent; a partition that is refused
// does not hinder the others (Kafka: ReplicaManager.appendRecords).

import type { Ticket } from '../machine/decision.js'
import type { Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { ProduceRequest, ProduceResponse } from '../protocol/messages/produce.js'
import { batchCrc } from '../protocol/records/batch.js'
import {
  ATTRIBUTES_OFFSET,
  type BatchHeader,
  CRC_OFFSET,
  LOG_APPEND_TIME_FLAG,
  MAX_TIMESTAMP_OFFSET,
} from '../protocol/records/header.js'
import { wakeFetches } from './fetch.js'
import { LeaderHints, lacksReplicas, leaderError } from './leadership.js'
import { LAST_VERSION_OF_MESSAGES, validateMessages } from './old-messages.js'
import { appendBatch, type PartitionLog } from './partition.js'
import { checkSequence } from './producers.js'
import { type BatchRefusal, refuse } from './refusal.js'
import { keepWithinMemory } from './retention.js'
import { grow, type LogStep, logOf } from './state.js'
import { type TopicSettings, topicSettings } from './topic-settings.js'
import { refusalOfAll, validateBatch } from './validate-batch.js'
import { validateRecords } from './validate-records.js'

/** Answers tell the leader to who did not ask it (KIP-951). */
const FIRST_VERSION_WITH_LEADERS = 10

/** A batch that is so much of the memory that it came in is not copied. */
const KEPT_PART = 7 / 8

type ResponseTopic = ProduceResponse['responses'][number]
type ResponsePartition = ResponseTopic['partitionResponses'][number]
type RequestPartition = ProduceRequest['topicData'][number]['partitionData'][number]

/** Answers with ProduceResponse, also for acks 0: that it then does not leave is the server's business. */
export function produce(step: LogStep, ticket: Ticket, request: ProduceRequest, ownsBytes: boolean): void {
  const byId = ticket.apiVersion >= 13
  const hints = new LeaderHints(step.image)
  const validAcks = request.acks >= -1 && request.acks <= 1
  const whole = refusalOfAll(request)
  const responses = request.topicData.map(({ name, topicId, partitionData }): ResponseTopic => {
    const topic = byId ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
    const unknown =
      byId && topic === undefined ? ErrorCodes.UNKNOWN_TOPIC_ID : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
    const partitionResponses = partitionData.map((data) => {
      const log = logOf(step, topic, data.index)
      if (whole !== null) return refused(data.index, whole)
      if (!validAcks) return refused(data.index, notAsked(ErrorCodes.INVALID_REQUIRED_ACKS))
      if (topic === undefined || log === undefined) return refused(data.index, notAsked(unknown))
      const errorCode = leaderError(step, topic, data.index)
      if (errorCode !== ErrorCodes.NONE) {
        const answer = refused(data.index, notAsked(errorCode))
        if (ticket.apiVersion >= FIRST_VERSION_WITH_LEADERS) hints.tell(answer, topic, data.index)
        return answer
      }
      if (request.acks === -1 && lacksReplicas(step, topic, data.index)) {
        return refused(data.index, notAsked(ErrorCodes.NOT_ENOUGH_REPLICAS))
      }
      return append(step, ticket, topic, log, data, ownsBytes)
    })
    return { name, topicId, partitionResponses }
  })
  const response: ProduceResponse = { responses, throttleTimeMs: 0, nodeEndpoints: hints.endpoints }
  step.decision.replies.push({ ticket, response })
}

const notAsked = (errorCode: ErrorCode) => refuse(errorCode, null, false)

function append(
  step: LogStep,
  { apiVersion }: Ticket,
  topic: Topic,
  log: PartitionLog,
  { index, records }: RequestPartition,
  ownsBytes: boolean,
): ResponsePartition {
  const settings = topicSettings(topic, step.image.settings)
  const { compression } = step.log
  const isOld = apiVersion <= LAST_VERSION_OF_MESSAGES
  const verdict = isOld
    ? validateMessages(records, apiVersion, settings, compression)
    : validateBatch(records, apiVersion, settings)
  if (verdict === null) return { ...refused(index, notAsked(ErrorCodes.NONE)) }
  if (!verdict.ok) return refused(index, verdict, log)
  const expected = { nowMs: step.nowMs, settings, compression, where: `${topic.name}-${index}` }
  const content = validateRecords(verdict.bytes, verdict.header, expected)
  if (!content.ok) return refused(index, content, log)
  const sequence = checkSequence(log.producers, verdict.header)
  if (sequence.kind === 'error') return refused(index, refuse(sequence.errorCode), log)
  if (sequence.kind === 'duplicate') {
    return accepted(log, index, sequence.baseOffset, sequence.maxTimestampMs)
  }
  const owned = ownsBytes && isMostOfItsMemory(verdict.bytes) ? verdict.bytes : Buffer.from(verdict.bytes)
  const header = stamp(owned, verdict.header, settings, content.maxTimestampMs, step.nowMs)
  const { baseOffset, bytes } = appendBatch(log, owned, header, topic.partitions[index]?.leaderEpoch ?? 0)
  grow(step.log, log, bytes.length)
  step.decision.records.push({ kind: 'Batch', topicId: topic.id, partition: index, baseOffset, bytes })
  keepWithinMemory(step, topic)
  wakeFetches(step, log, bytes.length)
  return accepted(log, index, baseOffset, settings.appendTime ? BigInt(step.nowMs) : -1n)
}

/** What is kept keeps all of its memory. */
const isMostOfItsMemory = ({ length, buffer }: Buffer) => length >= buffer.byteLength * KEPT_PART

/** Puts the time right that a batch says of itself: of its newest record, or of now. The CRC covers it. */
function stamp(
  bytes: Buffer,
  header: BatchHeader,
  { appendTime }: TopicSettings,
  newestMs: bigint,
  nowMs: number,
): BatchHeader {
  const maxTimestampMs = appendTime ? BigInt(nowMs) : newestMs
  const flag = appendTime ? LOG_APPEND_TIME_FLAG : 0
  const attributes = (header.attributes & ~LOG_APPEND_TIME_FLAG) | flag
  if (maxTimestampMs === header.maxTimestampMs && attributes === header.attributes) return header
  bytes.writeInt16BE(attributes, ATTRIBUTES_OFFSET)
  bytes.writeBigInt64BE(maxTimestampMs, MAX_TIMESTAMP_OFFSET)
  const crc = batchCrc(bytes, header)
  bytes.writeUInt32BE(crc, CRC_OFFSET)
  return { ...header, attributes, maxTimestampMs, crc }
}

function accepted(
  log: PartitionLog,
  index: number,
  baseOffset: number,
  logAppendTimeMs: bigint,
): ResponsePartition {
  return {
    ...refused(index, notAsked(ErrorCodes.NONE)),
    baseOffset: BigInt(baseOffset),
    logAppendTimeMs,
    logStartOffset: BigInt(log.startOffset),
  }
}

function refused(index: number, refusal: BatchRefusal, log?: PartitionLog): ResponsePartition {
  return {
    index,
    errorCode: refusal.errorCode,
    baseOffset: -1n,
    logAppendTimeMs: -1n,
    logStartOffset: log !== undefined && refusal.tellsStart ? BigInt(log.startOffset) : -1n,
    recordErrors: [...refusal.recordErrors],
    errorMessage: refusal.message,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}
