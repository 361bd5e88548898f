// ListOffsets (key 2): the ends of a partition by special timestamps, and the first record at or after a time. v0 gives
// a list of segment boundaries, of which a partition in memory has two (Kafka: UnifiedLog.fetchOffsetByTimestamp).

import type { Ticket } from '../machine/decision.js'
import { type ErrorCode, ErrorCodes, ProtocolError } from '../protocol/errors.js'
import type { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/list-offsets.js'
import { type RecordData, readBatchHeader, readRecords } from '../protocol/records/batch.js'
import type { Batch, PartitionLog } from './partition.js'
import { leaderEpochError } from './read.js'
import { type LogState, type LogStep, logOf } from './state.js'

const LATEST = -1n
const EARLIEST = -2n
const MAX_TIMESTAMP = -3n
const EARLIEST_LOCAL = -4n // without tiered storage the local log is the whole log

type AskedPartition = ListOffsetsRequest['topics'][number]['partitions'][number]
type ListedPartition = ListOffsetsResponse['topics'][number]['partitions'][number]

interface Found {
  readonly offset: number
  /** -1n for the ends of the log, which are no record's. */
  readonly timestampMs: bigint
}

/** Answers with ListOffsetsResponse; what is not found has offset -1 and no error. */
export function listOffsets(step: LogStep, ticket: Ticket, request: ListOffsetsRequest): void {
  const response: ListOffsetsResponse = {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) =>
        listPartition(step, ticket, name, asked, countOf(request, name, asked)),
      ),
    })),
  }
  step.decision.replies.push({ ticket, response })
}

function countOf({ topics }: ListOffsetsRequest, name: string, { partitionIndex }: AskedPartition): number {
  const same = topics.filter((topic) => topic.name === name).flatMap(({ partitions }) => partitions)
  return same.filter((asked) => asked.partitionIndex === partitionIndex).length
}

function listPartition(
  step: LogStep,
  ticket: Ticket,
  name: string,
  asked: AskedPartition,
  timesAsked: number,
): ListedPartition {
  const { partitionIndex, currentLeaderEpoch, timestamp } = asked
  const topic = step.image.topicsByName.get(name)
  const log = logOf(step, topic, partitionIndex)
  if (timesAsked > 1) return nothing(partitionIndex, ErrorCodes.INVALID_REQUEST)
  if (topic === undefined || log === undefined) {
    return nothing(partitionIndex, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  }
  const leaderEpoch = topic.partitions[partitionIndex]?.leaderEpoch ?? 0
  const epochError = leaderEpochError(currentLeaderEpoch, leaderEpoch)
  if (epochError !== ErrorCodes.NONE) return nothing(partitionIndex, epochError)
  if (ticket.apiVersion === 0) return oldStyle(log, asked)

  const found = find(step.log, log, timestamp)
  if (found === null) return nothing(partitionIndex, ErrorCodes.NONE)
  const { offset, timestampMs } = found
  return {
    ...nothing(partitionIndex, ErrorCodes.NONE),
    offset: BigInt(offset),
    timestamp: timestampMs,
    leaderEpoch,
  }
}

function find(state: LogState, log: PartitionLog, timestamp: bigint): Found | null {
  if (timestamp === LATEST) return { offset: log.endOffset, timestampMs: -1n }
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL)
    return { offset: log.startOffset, timestampMs: -1n }
  if (timestamp === MAX_TIMESTAMP) return newest(state, log)
  if (timestamp < 0n) return null // positions in tiered storage, of which there is none
  return firstSince(state, log, timestamp)
}

/** The first record that is as old as the youngest one. */
function newest(state: LogState, log: PartitionLog): Found | null {
  let batch: Batch | undefined
  for (const candidate of log.batches) {
    if (batch === undefined || candidate.maxTimestampMs > batch.maxTimestampMs) batch = candidate
  }
  return batch === undefined ? null : within(state, batch, batch.maxTimestampMs)
}

function firstSince(state: LogState, log: PartitionLog, timestamp: bigint): Found | null {
  const batch = log.batches.find(({ maxTimestampMs }) => maxTimestampMs >= timestamp)
  return batch === undefined ? null : within(state, batch, timestamp)
}

/** The first record of the batch at or after `timestamp`; the batch itself where it cannot be opened. */
function within(state: LogState, batch: Batch, timestamp: bigint): Found {
  const record = open(state, batch).find(({ timestampMs }) => timestampMs >= timestamp)
  if (record === undefined) return { offset: batch.baseOffset, timestampMs: batch.maxTimestampMs }
  return { offset: Number(record.offset), timestampMs: record.timestampMs }
}

function open({ compression }: LogState, { bytes }: Batch): RecordData[] {
  try {
    return readRecords(bytes, readBatchHeader(bytes), compression)
  } catch (error) {
    if (error instanceof ProtocolError) return []
    throw error
  }
}

/** v0: ends of segments, the newest first. */
function oldStyle(
  log: PartitionLog,
  { partitionIndex, timestamp, maxNumOffsets }: AskedPartition,
): ListedPartition {
  const { startOffset, endOffset } = log
  const boundaries = endOffset > startOffset ? [endOffset, startOffset] : [startOffset]
  const offsets = timestamp === LATEST ? boundaries : [startOffset]
  return {
    ...nothing(partitionIndex, ErrorCodes.NONE),
    oldStyleOffsets: offsets.slice(0, Math.max(maxNumOffsets, 0)).map(BigInt),
  }
}

function nothing(partitionIndex: number, errorCode: ErrorCode): ListedPartition {
  return { partitionIndex, errorCode, oldStyleOffsets: [], timestamp: -1n, offset: -1n, leaderEpoch: -1 }
}
