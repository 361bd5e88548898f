// ListOffsets (key 2): the ends of a partition by special timestamps, and the first record at or after a time. v0 gives
// a list of segment boundaries, of which a partition in memory has two (Kafka: UnifiedLog.fetchOffsetByTimestamp).

import type { Ticket } from '../machine/decision.js'
import { type ErrorCode, ErrorCodes, ProtocolError } from '../protocol/errors.js'
import type { ListOffsetsRequest, ListOffsetsResponse } from '../protocol/messages/list-offsets.js'
import { readBatchHeader, readRecords } from '../protocol/records/batch.js'
import type { RecordData } from '../protocol/records/record.js'
import { leaderError } from './leadership.js'
import type { Batch, PartitionLog } from './partition.js'
import { type LogState, type LogStep, logOf } from './state.js'

const LATEST = -1n
const EARLIEST = -2n
const MAX_TIMESTAMP = -3n
const EARLIEST_LOCAL = -4n // without tiered storage the local log is the whole log
const LATEST_TIERED = -5n
const EARLIEST_PENDING_UPLOAD = -6n

/** What stands for no time, and the version from which on it may be asked for. */
const FIRST_VERSIONS: ReadonlyMap<bigint, number> = new Map([
  [LATEST, 0],
  [EARLIEST, 0],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

type AskedPartition = ListOffsetsRequest['topics'][number]['partitions'][number]
type ListedPartition = ListOffsetsResponse['topics'][number]['partitions'][number]

interface Found {
  readonly offset: number
  /** -1n for the ends of the log, which are no record's. */
  readonly timestampMs: bigint
  readonly leaderEpoch: number
}

/** Answers with ListOffsetsResponse; what is not found has offset -1 and no error. */
export function listOffsets(step: LogStep, ticket: Ticket, request: ListOffsetsRequest): void {
  const response: ListOffsetsResponse = {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: eachOnce(partitions).map((asked) =>
        listPartition(step, ticket, name, asked, countOf(request, name, asked)),
      ),
    })),
  }
  step.decision.replies.push({ ticket, response })
}

/** One that is asked for twice is refused, and since Kafka 4 told once. */
function eachOnce(partitions: readonly AskedPartition[]): AskedPartition[] {
  return [...new Map(partitions.map((asked) => [asked.partitionIndex, asked])).values()]
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
  const errorCode = leaderError(step, topic, partitionIndex, currentLeaderEpoch)
  if (errorCode !== ErrorCodes.NONE) return nothing(partitionIndex, errorCode)
  if (ticket.apiVersion === 0) return oldStyle(log, asked)
  if (timestamp < 0n && ticket.apiVersion < (FIRST_VERSIONS.get(timestamp) ?? Number.POSITIVE_INFINITY)) {
    return nothing(partitionIndex, ErrorCodes.UNSUPPORTED_VERSION)
  }
  const found = find(step.log, log, timestamp, leaderEpoch)
  if (found === null) return nothing(partitionIndex, ErrorCodes.NONE)
  return {
    ...nothing(partitionIndex, ErrorCodes.NONE),
    offset: BigInt(found.offset),
    timestamp: found.timestampMs,
    leaderEpoch: found.leaderEpoch,
  }
}

function find(state: LogState, log: PartitionLog, timestamp: bigint, leaderEpoch: number): Found | null {
  if (timestamp === LATEST) return { offset: log.endOffset, timestampMs: -1n, leaderEpoch }
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) {
    const first = log.epochs[0]?.epoch ?? leaderEpoch
    return { offset: log.startOffset, timestampMs: -1n, leaderEpoch: first }
  }
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
  return batch === undefined ? null : within(state, log, batch, batch.maxTimestampMs)
}

function firstSince(state: LogState, log: PartitionLog, timestamp: bigint): Found | null {
  for (const batch of log.batches) {
    if (batch.maxTimestampMs < timestamp) continue
    const found = within(state, log, batch, timestamp)
    if (found !== null) return found
  }
  return null
}

/** The first record of the batch at or after `timestamp` that is not deleted; the batch itself where it cannot be opened. */
function within(state: LogState, log: PartitionLog, batch: Batch, timestamp: bigint): Found | null {
  const { partitionLeaderEpoch: leaderEpoch } = readBatchHeader(batch.bytes)
  const records = open(state, batch)
  if (records === null) return { offset: batch.baseOffset, timestampMs: batch.maxTimestampMs, leaderEpoch }
  const record = records.find(({ offset, timestampMs }) => {
    return timestampMs >= timestamp && offset >= BigInt(log.startOffset)
  })
  return record === undefined
    ? null
    : { offset: Number(record.offset), timestampMs: record.timestampMs, leaderEpoch }
}

function open({ compression }: LogState, { bytes }: Batch): RecordData[] | null {
  try {
    return readRecords(bytes, readBatchHeader(bytes), compression)
  } catch (error) {
    if (error instanceof ProtocolError) return null
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
