// Key and value of a committed offset as Kafka writes them (OffsetCommitKey v0, OffsetCommitValue v4, or v1 where the offset has an expiry of
// its own), written field by field: nearly all that a store ever writes are these. What the compiled codecs make of the same record
// is the same to the byte, which a test holds against it; it takes them three times as long.

import type { OffsetValue } from '../../coordinator/types.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { Bytes } from '../bytes.js'

const KEY_TYPE = 1
const MAX_STRING_BYTES = 0x7fff
const VERSION = 4
/** Without leader epoch and topic id. */
const EXPIRING_VERSION = 1
const NO_EXPIRY = -1n
const UUID_BYTES = 16

export function writeOffsetKey(to: Bytes, groupId: string, topic: string, partition: number): void {
  to.int16(KEY_TYPE)
  string(to, groupId)
  string(to, topic)
  to.int32(partition)
}

export function writeOffsetValue(to: Bytes, value: OffsetValue): void {
  if (value.expireTimestampMs !== NO_EXPIRY) return writeExpiring(to, value)
  to.int16(VERSION)
  to.int64(value.offset)
  to.int32(value.leaderEpoch)
  compactString(to, value.metadata)
  to.int64(value.commitTimestampMs)
  if (value.topicId === ZERO_UUID) return to.uint8(0) // no tagged field
  to.uint8(1)
  to.uint8(0) // its tag
  to.uint8(UUID_BYTES)
  to.bytes(uuidBytes(value.topicId))
}

function writeExpiring(to: Bytes, value: OffsetValue): void {
  to.int16(EXPIRING_VERSION)
  to.int64(value.offset)
  string(to, value.metadata)
  to.int64(value.commitTimestampMs)
  to.int64(value.expireTimestampMs)
}

/** Behind its length in two bytes. */
function string(to: Bytes, value: string): void {
  const at = to.skip(2)
  const size = to.utf8(value)
  if (size > MAX_STRING_BYTES) throw new RangeError(`a string of ${size} bytes; its length has two`)
  to.uint16At(at, size)
}

/** Behind its length and one more, seven bits to a byte. */
function compactString(to: Bytes, value: string): void {
  if (value === '') return to.uint8(1)
  let rest = Buffer.byteLength(value) + 1
  for (; rest >= 0x80; rest >>>= 7) to.uint8((rest & 0x7f) | 0x80)
  to.uint8(rest)
  to.utf8(value)
}

/** The last one: a commit has many of the same topic. */
let last = { id: ZERO_UUID, bytes: Buffer.alloc(UUID_BYTES) }

function uuidBytes(id: string): Buffer {
  if (last.id === id) return last.bytes
  const bytes = Buffer.from(id, 'base64url')
  if (bytes.length !== UUID_BYTES) throw new RangeError(`'${id}' is not a uuid`)
  last = { id, bytes }
  return bytes
}
