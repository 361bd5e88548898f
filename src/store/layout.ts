// How keys and values of all logs lie in one LMDB database. A key: two bytes that number the log, one that says whether the key of
// the record follows or only its beginning and hash (LMDB's keys are short, Kafka's need not be), the key. A value: a checksum of
// both, because LMDB has none; a hashed key in full; the value.

import { createHash } from 'node:crypto'
import { crc32c } from '../protocol/records/crc32c.js'

/** The log of the store's own entries. */
export const OWN = 0
export const MAX_LOGS = 0xffff

const PREFIX_BYTES = 3
const WHOLE = 0
const HASHED = 1
const CRC_BYTES = 4
const LENGTH_BYTES = 4
/** LMDB takes up to 511 bytes whatever its build. */
const MAX_KEY_BYTES = 511
const HASH_BYTES = 32
const KEPT_BYTES = MAX_KEY_BYTES - PREFIX_BYTES - HASH_BYTES

export interface Entry {
  readonly key: Buffer
  readonly value: Buffer
}

/** Under which key LMDB has it. */
export function storedKey(log: number, key: Buffer): Buffer {
  const isWhole = PREFIX_BYTES + key.length <= MAX_KEY_BYTES
  const rest = isWhole ? key : Buffer.concat([key.subarray(0, KEPT_BYTES), hashOf(key)])
  const stored = Buffer.allocUnsafe(PREFIX_BYTES + rest.length)
  stored.writeUInt16BE(log, 0)
  stored[2] = isWhole ? WHOLE : HASHED
  rest.copy(stored, PREFIX_BYTES)
  return stored
}

const hashOf = (key: Buffer) => createHash('sha256').update(key).digest()

const isHashed = (stored: Buffer) => stored[2] === HASHED

/** What LMDB has under it. */
export function storedValue(stored: Buffer, key: Buffer, value: Buffer): Buffer {
  const keyBytes = isHashed(stored) ? LENGTH_BYTES + key.length : 0
  const bytes = Buffer.allocUnsafe(CRC_BYTES + keyBytes + value.length)
  if (keyBytes > 0) {
    bytes.writeUInt32BE(key.length, CRC_BYTES)
    key.copy(bytes, CRC_BYTES + LENGTH_BYTES)
  }
  value.copy(bytes, CRC_BYTES + keyBytes)
  bytes.writeUInt32BE(checksum(stored, bytes), 0)
  return bytes
}

function checksum(stored: Buffer, bytes: Buffer): number {
  return (crc32c(stored) ^ crc32c(bytes, CRC_BYTES)) >>> 0
}

/** Of an entry whose value cannot be read; of a hashed key its beginning. */
export const keyOf = (stored: Buffer): Buffer => stored.subarray(PREFIX_BYTES)

/** null when the checksum is another. Views of what is given. */
export function entryOf(stored: Buffer, bytes: Buffer): Entry | null {
  if (bytes.length < CRC_BYTES || bytes.readUInt32BE(0) !== checksum(stored, bytes)) return null
  if (!isHashed(stored)) return { key: stored.subarray(PREFIX_BYTES), value: bytes.subarray(CRC_BYTES) }
  const keyEnd = CRC_BYTES + LENGTH_BYTES + bytes.readUInt32BE(CRC_BYTES)
  return { key: bytes.subarray(CRC_BYTES + LENGTH_BYTES, keyEnd), value: bytes.subarray(keyEnd) }
}

/** From the first key of a log up to, and without, the second. */
export function rangeOf(log: number): { start: Buffer; end: Buffer } {
  const start = Buffer.alloc(2)
  const end = Buffer.alloc(3, 0xff)
  start.writeUInt16BE(log)
  end.writeUInt16BE(log)
  return { start, end }
}
