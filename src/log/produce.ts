// Produce (key 0, from v3): each partition's one batch is checked, given its offsets and kept as sent; a partition that
// is refused does not hinder the others (Kafka: ReplicaManager.appendRecords).

import type { Ticket } from '../machine/decision.js'
import type { Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { ProduceRequest, ProduceResponse } from '../protocol/messages/produce.js'
import { batchCrc, readBatchHeader } from '../protocol/records/batch.js'
import {
  ATTRIBUTES_OFFSET,
  CRC_OFFSET,
  LOG_APPEND_TIME_FLAG,
  MAX_TIMESTAMP_OFFSET,
} from '../protocol/records/header.js'
import { wakeFetches } from './fetch.js'
import { appendBatch, type PartitionLog } from './partition.js'
import { checkSequence } from './producers.js'
import { type LogStep, logOf } from './state.js'
import { usesLogAppendTime, validateBatch } from './validate-batch.js'

type ResponseTopic = ProduceResponse['responses'][number]
type ResponsePartition = ResponseTopic['partitionResponses'][number]
type RequestPartition = ProduceRequest['topicData'][number]['partitionData'][number]

/** Answers with ProduceResponse, also for acks 0: that it then does not leave is the server's business. */
export function produce(step: LogStep, ticket: Ticket, request: ProduceRequest): void {
  const byId = ticket.apiVersion >= 13
  const validAcks = request.acks >= -1 && request.acks <= 1
  const responses = request.topicData.map(({ name, topicId, partitionData }): ResponseTopic => {
    const topic = byId ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
    const unknown =
      byId && topic === undefined ? ErrorCodes.UNKNOWN_TOPIC_ID : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
    const partitionResponses = partitionData.map((data) => {
      const log = logOf(step, topic, data.index)
      if (!validAcks) return refused(data.index, ErrorCodes.INVALID_REQUIRED_ACKS, null)
      if (topic === undefined || log === undefined) return refused(data.index, unknown, null)
      return append(step, ticket, topic, log, data)
    })
    return { name, topicId, partitionResponses }
  })
  const response: ProduceResponse = { responses, throttleTimeMs: 0, nodeEndpoints: [] }
  step.decision.replies.push({ ticket, response })
}

function append(
  step: LogStep,
  ticket: Ticket,
  topic: Topic,
  log: PartitionLog,
  { index, records }: RequestPartition,
): ResponsePartition {
  const { apiVersion } = ticket
  const { nowMs, image } = step
  const verdict = validateBatch(records, { apiVersion, nowMs, settings: image.settings, topic })
  if (!verdict.ok) return refused(index, verdict.errorCode, verdict.message)
  const sequence = checkSequence(log.producers, verdict.header)
  if (sequence.kind === 'error') return refused(index, sequence.errorCode, null)
  const appendTime = usesLogAppendTime(topic)
  if (sequence.kind === 'duplicate') return accepted(log, index, sequence.baseOffset, appendTime ? nowMs : -1)

  const owned = Buffer.from(records as Buffer)
  if (appendTime) stampAppendTime(owned, nowMs)
  const { baseOffset, bytes } = appendBatch(log, owned, topic.partitions[index]?.leaderEpoch ?? 0)
  step.decision.records.push({ kind: 'Batch', topicId: topic.id, partition: index, baseOffset, bytes })
  wakeFetches(step, log, bytes.length)
  return accepted(log, index, baseOffset, appendTime ? nowMs : -1)
}

/** message.timestamp.type=LogAppendTime: the one change to a batch that its CRC covers. */
function stampAppendTime(bytes: Buffer, nowMs: number): void {
  bytes.writeInt16BE(bytes.readInt16BE(ATTRIBUTES_OFFSET) | LOG_APPEND_TIME_FLAG, ATTRIBUTES_OFFSET)
  bytes.writeBigInt64BE(BigInt(nowMs), MAX_TIMESTAMP_OFFSET)
  bytes.writeUInt32BE(batchCrc(bytes, readBatchHeader(bytes)), CRC_OFFSET)
}

function accepted(
  log: PartitionLog,
  index: number,
  baseOffset: number,
  appendTimeMs: number,
): ResponsePartition {
  return {
    index,
    errorCode: ErrorCodes.NONE,
    baseOffset: BigInt(baseOffset),
    logAppendTimeMs: BigInt(appendTimeMs),
    logStartOffset: BigInt(log.startOffset),
    recordErrors: [],
    errorMessage: null,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}

function refused(index: number, errorCode: ErrorCode, errorMessage: string | null): ResponsePartition {
  return {
    index,
    errorCode,
    baseOffset: -1n,
    logAppendTimeMs: -1n,
    logStartOffset: -1n,
    recordErrors: [],
    errorMessage,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}
