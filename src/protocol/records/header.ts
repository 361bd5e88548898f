// The fixed 61 bytes in front of every record batch of magic 2 (KIP-98; Kafka: DefaultRecordBatch). The CRC covers what
// follows it, so base offset and partition leader epoch may be rewritten without touching it.

import bufferLayout from 'buffer-layout'

const { Layout, s8, s16be, s32be, struct, u32be } = bufferLayout

/** buffer-layout's own 64-bit numbers lose precision. */
class Int64 extends Layout<bigint> {
  constructor(property: string) {
    super(8, property)
  }

  override decode(buffer: Uint8Array, offset = 0): bigint {
    return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength).getBigInt64(offset)
  }

  override encode(value: bigint, buffer: Uint8Array, offset = 0): number {
    new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength).setBigInt64(offset, value)
    return this.span
  }
}

export interface BatchHeader {
  baseOffset: bigint
  /** Of everything behind this field. */
  lengthBytes: number
  partitionLeaderEpoch: number
  magic: number
  crc: number
  attributes: number
  lastOffsetDelta: number
  baseTimestampMs: bigint
  maxTimestampMs: bigint
  producerId: bigint
  producerEpoch: number
  baseSequence: number
  recordCount: number
}

const LAYOUT = struct<BatchHeader>([
  new Int64('baseOffset'),
  s32be('lengthBytes'),
  s32be('partitionLeaderEpoch'),
  s8('magic'),
  u32be('crc'),
  s16be('attributes'),
  s32be('lastOffsetDelta'),
  new Int64('baseTimestampMs'),
  new Int64('maxTimestampMs'),
  new Int64('producerId'),
  s16be('producerEpoch'),
  s32be('baseSequence'),
  s32be('recordCount'),
])

const offsetOf = (field: keyof BatchHeader) => LAYOUT.offsetOf(field) as number

/** Named without the library's types: it brings none, and whoever uses ours has not our declaration of them. */
export const BATCH_HEADER: {
  decode(bytes: Uint8Array, offset?: number): BatchHeader
  encode(header: BatchHeader, bytes: Uint8Array, offset?: number): number
} = LAYOUT

export const BATCH_HEADER_BYTES = LAYOUT.span
export const LENGTH_OFFSET = offsetOf('lengthBytes')
export const LEADER_EPOCH_OFFSET = offsetOf('partitionLeaderEpoch')
export const MAGIC_OFFSET = offsetOf('magic')
export const CRC_OFFSET = offsetOf('crc')
/** Where what the CRC covers begins. */
export const ATTRIBUTES_OFFSET = offsetOf('attributes')
export const MAX_TIMESTAMP_OFFSET = offsetOf('maxTimestampMs')
/** Base offset and length: a batch is this much longer than its length says. */
export const BATCH_OVERHEAD_BYTES = LEADER_EPOCH_OFFSET

export const COMPRESSION_MASK = 0x07
export const LOG_APPEND_TIME_FLAG = 0x08
export const TRANSACTIONAL_FLAG = 0x10
export const CONTROL_FLAG = 0x20
