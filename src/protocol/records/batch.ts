// Record batches of magic 2: reading their records and building new ones. A batch that is only stored or passed on is
// never taken apart: its header says all that a log needs.

import { ProtocolError } from '../errors.js'
import type { Compression } from './compression.js'
import { crc32c } from './crc32c.js'
import {
  ATTRIBUTES_OFFSET,
  BATCH_HEADER,
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  type BatchHeader,
  COMPRESSION_MASK,
  CRC_OFFSET,
  LENGTH_OFFSET,
  LOG_APPEND_TIME_FLAG,
} from './header.js'
import { type RecordData, type RecordHeader, readDeltaRecords, writeDeltaRecords } from './record.js'

/** The header of the batch at `at`. Throws ProtocolError when the bytes end before the batch does. */
export function readBatchHeader(bytes: Buffer, at = 0): BatchHeader {
  const left = bytes.length - at
  if (left < BATCH_HEADER_BYTES) throw new ProtocolError(`${left} bytes are too few for a record batch`)
  const sizeBytes = BATCH_OVERHEAD_BYTES + bytes.readInt32BE(at + LENGTH_OFFSET)
  if (sizeBytes < BATCH_HEADER_BYTES || sizeBytes > left) {
    throw new ProtocolError(`a record batch of ${sizeBytes} bytes, where ${left} are there`)
  }
  return BATCH_HEADER.decode(bytes, at)
}

export const batchSizeBytes = ({ lengthBytes }: BatchHeader) => BATCH_OVERHEAD_BYTES + lengthBytes

/** What the CRC of the batch at `at` must be. */
export function batchCrc(bytes: Buffer, header: BatchHeader, at = 0): number {
  return crc32c(bytes, at + ATTRIBUTES_OFFSET, at + batchSizeBytes(header))
}

/** The records section, decompressed. Throws ProtocolError when it cannot be. */
export function recordsSection(bytes: Buffer, header: BatchHeader, compression: Compression, at = 0): Buffer {
  const section = bytes.subarray(at + BATCH_HEADER_BYTES, at + batchSizeBytes(header))
  return compression.decompress(header.attributes & COMPRESSION_MASK, section)
}

/** Every record of the batch at `at`; keys and values are views where the batch is not compressed. */
export function readRecords(
  bytes: Buffer,
  header: BatchHeader,
  compression: Compression,
  at = 0,
): RecordData[] {
  const { attributes, baseOffset, baseTimestampMs, maxTimestampMs, recordCount } = header
  const appendTime = (attributes & LOG_APPEND_TIME_FLAG) !== 0
  const section = recordsSection(bytes, header, compression, at)
  return readDeltaRecords(section, recordCount).map(
    ({ offsetDelta, timestampDelta, key, value, headers }) => ({
      offset: baseOffset + BigInt(offsetDelta),
      timestampMs: appendTime ? maxTimestampMs : baseTimestampMs + timestampDelta,
      key,
      value,
      headers,
    }),
  )
}

export interface NewRecord {
  readonly timestampMs: bigint
  readonly key?: Buffer | null
  readonly value?: Buffer | null
  readonly headers?: readonly RecordHeader[]
}

export interface NewBatch {
  readonly records: readonly NewRecord[]
  readonly baseOffset?: bigint
  readonly attributes?: number
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly compression?: Compression
}

/** A batch as a producer sends it. At least one record; `attributes` names the codec that `compression` applies. */
export function buildBatch(batch: NewBatch): Buffer {
  const { records, attributes = 0, compression } = batch
  const [first] = records
  if (first === undefined) throw new RangeError('a batch has at least one record')
  const plain = writeDeltaRecords(
    records.map((record, i) => ({
      attributes: 0,
      timestampDelta: record.timestampMs - first.timestampMs,
      offsetDelta: i,
      key: record.key ?? null,
      value: record.value ?? null,
      headers: record.headers ?? [],
    })),
  )
  const section = compression ? compression.compress(attributes & COMPRESSION_MASK, plain) : plain
  const header: BatchHeader = {
    baseOffset: batch.baseOffset ?? 0n,
    lengthBytes: BATCH_HEADER_BYTES - BATCH_OVERHEAD_BYTES + section.length,
    partitionLeaderEpoch: -1,
    magic: 2,
    crc: 0,
    attributes,
    lastOffsetDelta: records.length - 1,
    baseTimestampMs: first.timestampMs,
    maxTimestampMs: latest(records),
    producerId: batch.producerId ?? -1n,
    producerEpoch: batch.producerEpoch ?? -1,
    baseSequence: batch.baseSequence ?? -1,
    recordCount: records.length,
  }
  return encodeBatch(header, section)
}

/** Header and records section in one piece, with the CRC that belongs to them. */
export function encodeBatch(header: BatchHeader, section: Buffer): Buffer {
  const bytes = Buffer.alloc(BATCH_HEADER_BYTES + section.length)
  BATCH_HEADER.encode(header, bytes)
  section.copy(bytes, BATCH_HEADER_BYTES)
  bytes.writeUInt32BE(batchCrc(bytes, header), CRC_OFFSET)
  return bytes
}

function latest(records: readonly NewRecord[]): bigint {
  let max = -1n
  for (const { timestampMs } of records) if (timestampMs > max) max = timestampMs
  return max
}
