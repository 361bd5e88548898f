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
import { VarReader, VarWriter } from './varint.js'

export interface RecordHeader {
  readonly key: Buffer
  readonly value: Buffer | null
}

export interface RecordData {
  readonly offset: bigint
  /** As a consumer sees it: the batch's append time where the topic says so. */
  readonly timestampMs: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

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
  const reader = new VarReader(recordsSection(bytes, header, compression, at))
  const appendTime = (header.attributes & LOG_APPEND_TIME_FLAG) !== 0
  const records: RecordData[] = []
  for (let i = 0; i < header.recordCount; i++) {
    const sizeBytes = reader.varint()
    const start = reader.position
    reader.int8() // attributes: none is defined
    const timestampDelta = reader.varlong()
    const offsetDelta = reader.varint()
    const key = reader.bytesOrNull()
    const value = reader.bytesOrNull()
    const headers = readHeaders(reader)
    if (reader.position - start !== sizeBytes) {
      throw new ProtocolError(`record ${i} announces ${sizeBytes} bytes and has ${reader.position - start}`)
    }
    const timestampMs = appendTime ? header.maxTimestampMs : header.baseTimestampMs + timestampDelta
    records.push({ offset: header.baseOffset + BigInt(offsetDelta), timestampMs, key, value, headers })
  }
  if (reader.remaining > 0) throw new ProtocolError(`${reader.remaining} bytes behind the last record`)
  return records
}

function readHeaders(reader: VarReader): RecordHeader[] {
  const count = reader.varint()
  if (count < 0 || count > reader.remaining) throw new ProtocolError(`a record with ${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const key = reader.bytesOrNull()
    if (key === null) throw new ProtocolError('a record header without a key')
    headers.push({ key, value: reader.bytesOrNull() })
  }
  return headers
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
  const writer = new VarWriter()
  for (const [i, record] of records.entries()) writeRecord(writer, record, i, first.timestampMs)
  const plain = writer.bytes()
  const section = compression ? compression.compress(attributes & COMPRESSION_MASK, plain) : plain
  const bytes = Buffer.alloc(BATCH_HEADER_BYTES + section.length)
  section.copy(bytes, BATCH_HEADER_BYTES)
  const header: BatchHeader = {
    baseOffset: batch.baseOffset ?? 0n,
    lengthBytes: bytes.length - BATCH_OVERHEAD_BYTES,
    partitionLeaderEpoch: -1,
    magic: 2,
    crc: 0,
    attributes,
    lastOffsetDelta: records.length - 1,
    baseTimestampMs: first.timestampMs,
    maxTimestampMs: records.reduce((max, { timestampMs }) => (timestampMs > max ? timestampMs : max), -1n),
    producerId: batch.producerId ?? -1n,
    producerEpoch: batch.producerEpoch ?? -1,
    baseSequence: batch.baseSequence ?? -1,
    recordCount: records.length,
  }
  BATCH_HEADER.encode(header, bytes)
  bytes.writeUInt32BE(batchCrc(bytes, header), CRC_OFFSET)
  return bytes
}

function writeRecord(
  writer: VarWriter,
  record: NewRecord,
  offsetDelta: number,
  baseTimestampMs: bigint,
): void {
  const body = new VarWriter()
  body.int8(0)
  body.varlong(record.timestampMs - baseTimestampMs)
  body.varint(offsetDelta)
  body.bytesOrNull(record.key ?? null)
  body.bytesOrNull(record.value ?? null)
  const headers = record.headers ?? []
  body.varint(headers.length)
  for (const { key, value } of headers) {
    body.bytesOrNull(key)
    body.bytesOrNull(value)
  }
  const bytes = body.bytes()
  writer.varint(bytes.length)
  writer.raw(bytes)
}
