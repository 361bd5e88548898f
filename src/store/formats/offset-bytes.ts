// Key and value of a committed offset as Kafka writes them (OffsetCommitKey v0, OffsetCommitValue v4, or v1 where the offset has an
// expiry of its own), written field by field: nearly all that a store ever writes are these. What the compiled codecs make of the same
// record is the same to the byte, which a test holds against it; it takes them three times as long. What the partitions of a commit
// have in common is encoded once.

import type { OffsetPlace, OffsetRecord, TopicCommit } from '../../coordinator/offset-record.js'
import { MAX_STRING_BYTES, tooLong } from '../../protocol/lengths.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import { Bytes } from '../bytes.js'

const KEY_TYPE = 1
const VERSION = 4
/** Without leader epoch and topic id. */
const EXPIRING_VERSION = 1
const NO_EXPIRY = -1n
const UUID_BYTES = 16

/** The beginning of all keys of a place, and the end of all values of a commit, that were written last. */
const beginning: { of: OffsetPlace | null; readonly bytes: Bytes } = { of: null, bytes: new Bytes() }
const end: { of: TopicCommit | null; readonly bytes: Bytes } = { of: null, bytes: new Bytes() }

export function writeOffsetKey(to: Bytes, place: OffsetPlace, partition: number): void {
  if (beginning.of !== place) writeBeginning(place)
  to.append(beginning.bytes)
  to.int32(partition)
}

function writeBeginning(place: OffsetPlace): void {
  const { bytes } = beginning
  beginning.of = null // what is thrown meanwhile leaves half of it
  bytes.truncate(0)
  bytes.int16(KEY_TYPE)
  string(bytes, place.groupId)
  string(bytes, place.topic)
  beginning.of = place
}

export function writeOffsetValue(to: Bytes, record: OffsetRecord): void {
  const { commit } = record
  if (commit.expireTimestampMs !== NO_EXPIRY) return writeExpiring(to, record)
  to.int16(VERSION)
  to.int64(record.offset)
  to.int32(record.leaderEpoch)
  compactString(to, record.metadata)
  if (end.of !== commit) writeEnd(commit)
  to.append(end.bytes)
}

function writeEnd(commit: TopicCommit): void {
  const { bytes } = end
  end.of = null
  bytes.truncate(0)
  bytes.int64(commit.commitTimestampMs)
  writeTopicId(bytes, commit.topicId)
  end.of = commit
}

function writeTopicId(to: Bytes, topicId: string): void {
  if (topicId === ZERO_UUID) return to.uint8(0) // no tagged field
  to.uint8(1)
  to.uint8(0) // its tag
  to.uint8(UUID_BYTES)
  to.bytes(uuidBytes(topicId))
}

function writeExpiring(to: Bytes, record: OffsetRecord): void {
  to.int16(EXPIRING_VERSION)
  to.int64(record.offset)
  string(to, record.metadata)
  to.int64(record.commitTimestampMs)
  to.int64(record.expireTimestampMs)
}

/** Behind its length in two bytes. */
function string(to: Bytes, value: string): void {
  const at = to.skip(2)
  to.uint16At(at, allowed(to.utf8(value)))
}

/** Behind its length and one more, seven bits to a byte. */
function compactString(to: Bytes, value: string): void {
  if (value === '') return to.uint8(1)
  let rest = allowed(Buffer.byteLength(value)) + 1
  for (; rest >= 0x80; rest >>>= 7) to.uint8((rest & 0x7f) | 0x80)
  to.uint8(rest)
  to.utf8(value)
}

/** What is longer could be written in the compact form, but not be read again. */
function allowed(size: number): number {
  if (size > MAX_STRING_BYTES) throw new RangeError(tooLong('string', size, MAX_STRING_BYTES))
  return size
}

/** The last one: many commits are of the same topic. */
let last = { id: ZERO_UUID, bytes: Buffer.alloc(UUID_BYTES) }

function uuidBytes(id: string): Buffer {
  if (last.id === id) return last.bytes
  const bytes = Buffer.from(id, 'base64url')
  if (bytes.length !== UUID_BYTES) throw new RangeError(`'${id}' is not a uuid`)
  last = { id, bytes }
  return bytes
}
