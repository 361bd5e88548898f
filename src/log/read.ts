// What one partition gives to a fetch: whole batches from the one that holds the offset, within its own limit and what the
// request has left. The first batch of a response goes out whatever its size, or a reader would be stuck (KIP-74).

import { type ErrorCode, ErrorCodes, ProtocolError } from '../protocol/errors.js'
import type { FetchedPartition } from '../protocol/messages/fetch.js'
import type { Compression } from '../protocol/records/compression.js'
import { downConvert } from '../protocol/records/convert.js'
import { epochEnd } from './epochs.js'
import type { AskedPartition } from './fetch-sessions.js'
import { type Batch, findBatch, type PartitionLog } from './partition.js'

export interface ReadBudget {
  leftBytes: number
  /** The next batch may be larger than all limits: it would be the first. */
  mayExceed: boolean
}

/** How a client wants it. */
export interface Reading {
  /** Of messages that an old client can read, or 2: batches as they are. */
  readonly magic: 0 | 1 | 2
  readonly readCommitted: boolean
  readonly compression: Compression
}

export function readPartition(
  log: PartitionLog,
  asked: AskedPartition,
  leaderEpoch: number,
  budget: ReadBudget,
  reading: Reading,
): FetchedPartition {
  const { partition, partitionMaxBytes, lastFetchedEpoch } = asked
  const offset = Number(asked.fetchOffset)
  const end = BigInt(log.endOffset)
  const found: FetchedPartition = {
    ...failedFetch(partition, ErrorCodes.NONE),
    highWatermark: end,
    lastStableOffset: end,
    logStartOffset: BigInt(log.startOffset),
    abortedTransactions: reading.readCommitted ? [] : null,
  }
  if (lastFetchedEpoch >= 0) {
    const kept = epochEnd(log.epochs, leaderEpoch, log.endOffset, lastFetchedEpoch)
    if (kept.endOffset < 0 || offset < log.startOffset)
      return failedFetch(partition, ErrorCodes.OFFSET_OUT_OF_RANGE)
    if (kept.epoch < lastFetchedEpoch || kept.endOffset < offset) {
      return { ...found, divergingEpoch: { epoch: kept.epoch, endOffset: BigInt(kept.endOffset) } }
    }
  }
  if (offset < log.startOffset || offset > log.endOffset) {
    return failedFetch(partition, ErrorCodes.OFFSET_OUT_OF_RANGE)
  }
  const batches = take(log, offset, partitionMaxBytes, budget)
  if (reading.magic === 2) return { ...found, records: batches }
  const records = asMessages(batches, offset, reading.magic, reading.compression)
  return records === null
    ? failedFetch(partition, ErrorCodes.UNSUPPORTED_COMPRESSION_TYPE)
    : { ...found, records }
}

function take(log: PartitionLog, offset: number, maxBytes: number, budget: ReadBudget): Buffer[] {
  const limitBytes = Math.min(maxBytes, budget.leftBytes)
  const taken: Buffer[] = []
  let bytes = 0
  for (let i = findBatch(log, offset); i < log.batches.length; i++) {
    const batch = log.batches[i] as Batch
    if (bytes + batch.bytes.length > limitBytes && !budget.mayExceed) break
    taken.push(batch.bytes)
    bytes += batch.bytes.length
    budget.mayExceed = false
  }
  budget.leftBytes -= bytes
  return taken
}

export const recordsBytes = ({ records }: FetchedPartition) =>
  records.reduce((sum, { length }) => sum + length, 0)

/** Up to the first batch that has no form of that magic; null when that is the first. */
function asMessages(
  batches: readonly Buffer[],
  offset: number,
  magic: 0 | 1,
  compression: Compression,
): Buffer[] | null {
  const converted: Buffer[] = []
  for (const batch of batches) {
    try {
      converted.push(downConvert(batch, magic, BigInt(offset), compression))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (converted.length === 0) return null
      break
    }
  }
  return converted
}

/** Kafka answers for what it does not know before it asks its partitions, with an empty list in place of none. */
export function unknownPartition(partitionIndex: number, isUnknownId: boolean): FetchedPartition {
  const errorCode = isUnknownId ? ErrorCodes.UNKNOWN_TOPIC_ID : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
  return { ...failedFetch(partitionIndex, errorCode), abortedTransactions: [] }
}

export function failedFetch(partitionIndex: number, errorCode: ErrorCode): FetchedPartition {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1n,
    lastStableOffset: -1n,
    logStartOffset: -1n,
    divergingEpoch: { epoch: -1, endOffset: -1n },
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    snapshotId: { endOffset: -1n, epoch: -1 },
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: [],
  }
}
