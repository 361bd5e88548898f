// Message sets of magic 0 and 1, which clients before 0.11 speak (KIP-31, KIP-32; Kafka: LegacyRecord,
// AbstractLegacyRecordBatch). A message stands for itself or, compressed, wraps others in its value: then it has the offset of
// the last of them, and those of magic 1 count from 0 within it.

import { ProtocolError } from '../errors.js'
import type { Compression } from './compression.js'
import { crc32 } from './crc32.js'
import { COMPRESSION_MASK, LOG_APPEND_TIME_FLAG, MAGIC_OFFSET } from './header.js'

/** Offset and size. */
const OVERHEAD_BYTES = 12
const CRC_OFFSET = 12
/** Where what the CRC covers begins. In batches of magic 2 the magic stands at the same place. */
const COVERED_OFFSET = MAGIC_OFFSET
const ATTRIBUTES_OFFSET = 17
const TIMESTAMP_OFFSET = 18
const TIMESTAMP_BYTES = 8
export const NO_TIMESTAMP = -1n

export interface Message {
  readonly offset: bigint
  readonly magic: number
  readonly attributes: number
  /** NO_TIMESTAMP in magic 0. */
  readonly timestampMs: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export interface ReadMessage extends Message {
  readonly crc: number
  readonly sizeBytes: number
}

/** A CRC that is not that of the bytes, or a size that no message has. */
export class CorruptMessage extends ProtocolError {}
/** Messages that may not stand within one another. */
export class InvalidMessage extends ProtocolError {}

const minBytes = (magic: number) => 14 + (magic === 0 ? 0 : TIMESTAMP_BYTES)

/** How long the message or batch at `at` is; undefined when it is not there as a whole. */
export function entryBytes(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < OVERHEAD_BYTES) return undefined
  const sizeBytes = OVERHEAD_BYTES + bytes.readInt32BE(at + 8)
  if (sizeBytes < OVERHEAD_BYTES + minBytes(0)) {
    const size = sizeBytes - OVERHEAD_BYTES
    throw new CorruptMessage(`Record size ${size} is less than the minimum record overhead (${minBytes(0)})`)
  }
  return at + sizeBytes > bytes.length ? undefined : sizeBytes
}

/** The message at `at`, which is there as a whole; key and value are views. The CRC is checked. Throws ProtocolError. */
export function readMessage(bytes: Buffer, at = 0): ReadMessage {
  const sizeBytes = entryBytes(bytes, at)
  if (sizeBytes === undefined) throw new ProtocolError(`a message is cut off at byte ${bytes.length}`)
  const magic = bytes.readInt8(at + MAGIC_OFFSET)
  if (magic !== 0 && magic !== 1) throw new CorruptMessage(`Invalid magic found in record: ${magic}`)
  if (sizeBytes < OVERHEAD_BYTES + minBytes(magic)) throw new ProtocolError(`a message of ${sizeBytes} bytes`)
  const crc = bytes.readUInt32BE(at + CRC_OFFSET)
  const end = at + sizeBytes
  const computed = crc32(bytes, at + COVERED_OFFSET, end)
  if (crc !== computed) {
    throw new CorruptMessage(`Record is corrupt (stored crc = ${crc}, computed crc = ${computed})`)
  }
  const keyAt = at + TIMESTAMP_OFFSET + (magic === 0 ? 0 : TIMESTAMP_BYTES)
  const key = bytesOrNull(bytes, keyAt, end)
  const valueAt = keyAt + 4 + (key?.length ?? 0)
  const value = bytesOrNull(bytes, valueAt, end)
  if (valueAt + 4 + (value?.length ?? 0) !== end)
    throw new ProtocolError('bytes behind the value of a message')
  return {
    offset: bytes.readBigInt64BE(at),
    magic,
    attributes: bytes.readInt8(at + ATTRIBUTES_OFFSET),
    timestampMs: magic === 0 ? NO_TIMESTAMP : bytes.readBigInt64BE(at + TIMESTAMP_OFFSET),
    key,
    value,
    crc,
    sizeBytes,
  }
}

function bytesOrNull(bytes: Buffer, at: number, end: number): Buffer | null {
  const size = at + 4 <= end ? bytes.readInt32BE(at) : end
  if (size < 0) return null
  if (at + 4 + size > end)
    throw new ProtocolError(`${size} bytes at byte ${at} of a message that ends before`)
  return bytes.subarray(at + 4, at + 4 + size)
}

export const codecOf = ({ attributes }: Message) => attributes & COMPRESSION_MASK

/** The records of a message: itself, or those within it with their offsets and times. Throws ProtocolError. */
export function unwrap(message: Message, compression: Compression): Message[] {
  if (codecOf(message) === 0) return [message]
  if (message.value === null) throw new InvalidMessage('a compressed message without a value')
  const inner = readInner(compression.decompress(codecOf(message), message.value))
  const last = inner.at(-1)
  if (last === undefined) throw new InvalidMessage('a compressed message with nothing in it')
  for (const { magic, attributes } of inner) {
    if (magic !== message.magic)
      throw new InvalidMessage(`a message of magic ${magic} within one of magic ${message.magic}`)
    if (attributes & COMPRESSION_MASK)
      throw new InvalidMessage('a compressed message within a compressed message')
  }
  if (message.magic === 0) return inner
  const base = message.offset - last.offset
  const appendTime = (message.attributes & LOG_APPEND_TIME_FLAG) !== 0
  return inner.map((record) => ({
    ...record,
    offset: base + record.offset,
    timestampMs: appendTime ? message.timestampMs : record.timestampMs,
  }))
}

/** Messages that fill `section`, as they stand in it. */
export function readInner(section: Buffer): ReadMessage[] {
  const messages: ReadMessage[] = []
  for (let at = 0; at < section.length; ) {
    const message = readMessage(section, at)
    messages.push(message)
    at += message.sizeBytes
  }
  return messages
}

export function writeMessage({ offset, magic, attributes, timestampMs, key, value }: Message): Buffer {
  const keyAt = TIMESTAMP_OFFSET + (magic === 0 ? 0 : TIMESTAMP_BYTES)
  const bytes = Buffer.alloc(keyAt + 8 + (key?.length ?? 0) + (value?.length ?? 0))
  bytes.writeBigInt64BE(offset)
  bytes.writeInt32BE(bytes.length - OVERHEAD_BYTES, 8)
  bytes.writeInt8(magic, MAGIC_OFFSET)
  bytes.writeInt8(attributes, ATTRIBUTES_OFFSET)
  if (magic !== 0) bytes.writeBigInt64BE(timestampMs, TIMESTAMP_OFFSET)
  const valueAt = putBytes(bytes, keyAt, key)
  putBytes(bytes, valueAt, value)
  bytes.writeUInt32BE(crc32(bytes, COVERED_OFFSET), CRC_OFFSET)
  return bytes
}

function putBytes(bytes: Buffer, at: number, value: Buffer | null): number {
  bytes.writeInt32BE(value?.length ?? -1, at)
  value?.copy(bytes, at + 4)
  return at + 4 + (value?.length ?? 0)
}
