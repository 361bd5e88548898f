// One partition: its batches in order of offset, where they begin and end, and what idempotent producers have written.
// Offsets are numbers in here and bigint on the wire; a batch in memory never gets beyond 2^53.

import { readBatchHeader } from '../protocol/records/batch.js'
import { type BatchHeader, LEADER_EPOCH_OFFSET } from '../protocol/records/header.js'
import { type EpochStart, recordEpoch } from './epochs.js'
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
  /** Those that end before startOffset are gone; the first may begin before it. */
  readonly batches: Batch[]
  startOffset: number
  /** The next offset to be written; high watermark and last stable offset of a single broker without transactions. */
  endOffset: number
  sizeBytes: number
  readonly producers: Producers
  /** Where each leader epoch begins, the oldest first. */
  readonly epochs: EpochStart[]
  /** Of what has been compacted: records from here on have not. */
  cleanOffset: number
}

export function newPartitionLog(topicId: string, index: number): PartitionLog {
  return {
    topicId,
    index,
    batches: [],
    startOffset: 0,
    endOffset: 0,
    sizeBytes: 0,
    producers: new Map(),
    epochs: [],
    cleanOffset: 0,
  }
}

/** Gives a checked batch, which it owns, its place at the end: base offset and leader epoch, which no CRC covers. */
export function appendBatch(
  log: PartitionLog,
  bytes: Buffer,
  header: BatchHeader,
  leaderEpoch: number,
): Batch {
  const baseOffset = log.endOffset
  bytes.writeBigInt64BE(BigInt(baseOffset))
  bytes.writeInt32BE(leaderEpoch, LEADER_EPOCH_OFFSET)
  return take(log, bytes, { ...header, baseOffset: BigInt(baseOffset), partitionLeaderEpoch: leaderEpoch })
}

/** Takes in a batch that has its place. Its bytes are counted by state.ts. */
export function restoreBatch(log: PartitionLog, bytes: Buffer): Batch {
  return take(log, bytes, readBatchHeader(bytes))
}

function take(log: PartitionLog, bytes: Buffer, header: BatchHeader): Batch {
  const baseOffset = Number(header.baseOffset)
  const lastOffset = baseOffset + header.lastOffsetDelta
  const batch = { baseOffset, lastOffset, maxTimestampMs: header.maxTimestampMs, bytes }
  const { batches } = log
  if (baseOffset >= log.endOffset) batches.push(batch)
  else batches.splice(findBatch(log, baseOffset), 0, batch) // a store has what was rewritten behind the rest
  log.endOffset = Math.max(log.endOffset, lastOffset + 1)
  recordBatch(log.producers, header, baseOffset)
  recordEpoch(log.epochs, header.partitionLeaderEpoch, baseOffset)
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
