// How the write-ahead log lies in its files: frames, one for each write, of entries, and behind the last one the zeros of a header. All
// numbers are big-endian.
//
//   frame   4 CRC-32C of the rest of the header   4 salt   4 bytes of the body   4 CRC-32C of the body   8 sequence   8 ms since the epoch
//   entry   2 number of the log   4 bytes of the key   4 bytes of the value, or TOMBSTONE   key   value
//
// The salt is that of one use of a file: what an earlier use has left there is none of this one's, and no client can write what
// would be taken for a frame.

import { crc32c } from '../protocol/records/crc32c.js'
import type { Bytes } from './bytes.js'

export const HEADER_BYTES = 32
const SALT_AT = 4
const LENGTH_AT = 8
const BODY_CRC_AT = 12
const SEQUENCE_AT = 16
const MS_AT = 24

const ENTRY_HEADER_BYTES = 10
const TOMBSTONE = 0xffffffff

export interface Entry {
  readonly log: number
  readonly key: Buffer
  /** null: a tombstone. */
  readonly value: Buffer | null
}

/** Makes room for the header of what follows. */
export function beginFrame(frame: Bytes): void {
  frame.truncate(0)
  frame.skip(HEADER_BYTES)
}

/** Returns where it begins, for endKey and endEntry. */
export function beginEntry(frame: Bytes, log: number): number {
  const at = frame.skip(ENTRY_HEADER_BYTES)
  frame.uint16At(at, log)
  return at
}

export function endKey(frame: Bytes, entry: number): void {
  frame.uint32At(entry + 2, frame.length - entry - ENTRY_HEADER_BYTES)
}

/** With the length of the value that was written since endKey ended at `keyEnd`; null: a tombstone. */
export function endEntry(frame: Bytes, entry: number, keyEnd: number | null): void {
  frame.uint32At(entry + 6, keyEnd === null ? TOMBSTONE : frame.length - keyEnd)
}

/** The frame as it goes to the file, with the zeros behind it. Its body stays as it was. */
export function sealed(frame: Bytes, salt: number, sequence: number, ms: number): Buffer {
  const end = frame.length
  frame.uint32At(SALT_AT, salt)
  frame.uint32At(LENGTH_AT, end - HEADER_BYTES)
  frame.uint32At(BODY_CRC_AT, crc32c(frame.written, HEADER_BYTES))
  frame.int64At(SEQUENCE_AT, BigInt(sequence))
  frame.int64At(MS_AT, BigInt(Math.floor(ms)))
  frame.uint32At(0, crc32c(frame.written, SALT_AT, HEADER_BYTES))
  frame.bytes(NO_HEADER)
  const { written } = frame
  frame.truncate(end)
  return written
}

export const NO_HEADER = Buffer.alloc(HEADER_BYTES)

export interface Header {
  readonly bodyBytes: number
  readonly bodyCrc: number
  readonly sequence: number
  readonly ms: number
}

/** null where there is none of this salt. All of its bytes are there. */
export function headerAt(bytes: Buffer, at: number, salt: number): Header | null {
  if (bytes.readUInt32BE(at + SALT_AT) !== salt) return null
  if (bytes.readUInt32BE(at) !== crc32c(bytes, at + SALT_AT, at + HEADER_BYTES)) return null
  return {
    bodyBytes: bytes.readUInt32BE(at + LENGTH_AT),
    bodyCrc: bytes.readUInt32BE(at + BODY_CRC_AT),
    sequence: Number(bytes.readBigInt64BE(at + SEQUENCE_AT)),
    ms: Number(bytes.readBigInt64BE(at + MS_AT)),
  }
}

/** Whether there is one, of whichever salt. */
export function isHeader(bytes: Buffer, at: number): boolean {
  return headerAt(bytes, at, bytes.readUInt32BE(at + SALT_AT)) !== null
}

/** Where a header of this salt stands next, from `from` on; -1: nowhere. */
export function nextHeader(bytes: Buffer, from: number, salt: number): number {
  const sought = Buffer.alloc(4)
  sought.writeUInt32BE(salt)
  for (let found = bytes.indexOf(sought, from + SALT_AT); found >= 0; ) {
    const at = found - SALT_AT
    if (at + HEADER_BYTES <= bytes.length && headerAt(bytes, at, salt) !== null) return at
    found = bytes.indexOf(sought, found + 1)
  }
  return -1
}

/** Views of a body whose checksum is right. */
export function* entriesIn(body: Buffer): Iterable<Entry> {
  for (let at = 0; at < body.length; ) {
    const keyEnd = at + ENTRY_HEADER_BYTES + body.readUInt32BE(at + 2)
    const valueBytes = body.readUInt32BE(at + 6)
    const end = valueBytes === TOMBSTONE ? keyEnd : keyEnd + valueBytes
    yield {
      log: body.readUInt16BE(at),
      key: body.subarray(at + ENTRY_HEADER_BYTES, keyEnd),
      value: valueBytes === TOMBSTONE ? null : body.subarray(keyEnd, end),
    }
    at = end
  }
}
