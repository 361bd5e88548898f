// One partition: its batches in order of offset, and what idempotent producers have written. Offsets are numbers in
// here and bigint on the wire; a batch in memory never gets beyond 2^53.

import { batchSizeBytes, readBatchHeader } from '../protocol/records/batch.js'
import { LEADER_EPOCH_OFFSET } from '../protocol/records/header.js'
import { type Producers, recordBatch } from './producers.js'

export interface Batch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly maxTimestampMs: bigint
  readonly bytes: Buffer
}

export interface PartitionLog {
  readonly topicId: string
  readonly index: number
  readonly batches: Batch[]
  startOffset: number
  /** The next offset to be written; high watermark and last stable offset of a single broker without transactions. */
  endOffset: number
  sizeBytes: number
  readonly producers: Producers
}

export function newPartitionLog(topicId: string, index: number): PartitionLog {
  return { topicId, index, batches: [], startOffset: 0, endOffset: 0, sizeBytes: 0, producers: new Map() }
}

/** Gives a checked batch, which it owns, its place at the end: base offset and leader epoch, which no CRC covers. */
export function appendBatch(log: PartitionLog, bytes: Buffer, leaderEpoch: number): Batch {
  bytes.writeBigInt64BE(BigInt(log.endOffset))
  bytes.writeInt32BE(leaderEpoch, LEADER_EPOCH_OFFSET)
  return restoreBatch(log, bytes)
}

/** Takes in a batch that has its place. */
export function restoreBatch(log: PartitionLog, bytes: Buffer): Batch {
  const header = readBatchHeader(bytes)
  const baseOffset = Number(header.baseOffset)
  const batch = {
    baseOffset,
    lastOffset: baseOffset + header.lastOffsetDelta,
    maxTimestampMs: header.maxTimestampMs,
    bytes,
  }
  log.batches.push(batch)
  log.endOffset = batch.lastOffset + 1
  log.sizeBytes += batchSizeBytes(header)
  recordBatch(log.producers, header, baseOffset)
  return batch
}

/** Index of the first batch that ends at or after `offset`; batches.length when there is none. */
export function findBatch({ batches }: PartitionLog, offset: number): number {
  let low = 0
  let high = batches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((batches[middle] as Batch).lastOffset < offset) low = middle + 1
    else high = middle
  }
  return low
}
