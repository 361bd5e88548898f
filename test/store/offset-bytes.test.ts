// Offsets are written field by field: what comes out is what the codecs of Kafka's messages make of them, and it comes back.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  OffsetPlace,
  OffsetRecord,
  OffsetTombstone,
  type OffsetValue,
  offsetRecord,
  TopicCommit,
} from '../../src/coordinator/offset-record.js'
import { OFFSET_COMMIT, writeKey, writeValue } from '../../src/protocol/embedded/coordinator-records.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { groupFormat } from '../../src/store/formats/group-format.js'
import { keyBytes, valueBytes } from '../../src/store/formats/log-format.js'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
)
const uuid = fc.oneof(
  fc.constant(ZERO_UUID),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
)
const value: fc.Arbitrary<OffsetValue> = fc.record({
  offset: int64,
  leaderEpoch: int32,
  metadata: text,
  commitTimestampMs: int64,
  expireTimestampMs: fc.oneof(fc.constant(-1n), int64),
  topicId: uuid,
})

it('an offset is written as the codecs write it', () => {
  // A topic's name has no character that ends it in a key.
  const topic = text.map((each) => each.replaceAll('\u0000', '.'))
  fc.assert(
    fc.property(text, topic, int32, value, (groupId, topic, partition, value) => {
      const record = offsetRecord(groupId, topic, partition, value)
      const key = writeKey(OFFSET_COMMIT, { group: groupId, topic, partition })
      const { commitTimestampMs: commitTimestamp, expireTimestampMs: expireTimestamp, ...rest } = value
      const { leaderEpoch: _, topicId: __, ...expiring } = rest
      const expected =
        expireTimestamp === -1n
          ? writeValue(OFFSET_COMMIT, 4, { ...rest, commitTimestamp })
          : writeValue(OFFSET_COMMIT, 1, { ...expiring, commitTimestamp, expireTimestamp })
      expect(keyBytes(groupFormat, record)).toEqual(key)
      expect(valueBytes(groupFormat, record)).toEqual(expected)
      const tombstone = new OffsetTombstone(record.place, partition)
      expect(keyBytes(groupFormat, tombstone)).toEqual(key)
      expect(groupFormat.record(key, expected)?.key).toBe(record.key)
    }),
  )
})

const MADE_AT = 1_700_000_000_000n
const [FIRST, SECOND] = ['AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAAAAAAAAAAAAg']

it('what the offsets of a commit have in common is not that of another, nor of one that is refused', () => {
  const places = [new OffsetPlace('g', 't'), new OffsetPlace('g', 'topic'), new OffsetPlace('group', 't')]
  const commits = places.flatMap((place) => [
    new TopicCommit(place, MADE_AT, -1n, FIRST),
    new TopicCommit(place, MADE_AT + 1n, -1n, FIRST),
    new TopicCommit(place, MADE_AT, -1n, SECOND),
    new TopicCommit(place, MADE_AT, -1n, ZERO_UUID),
    new TopicCommit(place, MADE_AT, MADE_AT, FIRST),
  ])
  const longKey = new TopicCommit(new OffsetPlace('g'.repeat(32_768), 't'), MADE_AT, -1n, FIRST)
  const noUuid = new TopicCommit(places[0] as OffsetPlace, MADE_AT, -1n, 'none')
  fc.assert(
    fc.property(fc.array(fc.constantFrom(longKey, noUuid, ...commits)), (turns) => {
      for (const [partition, commit] of turns.entries()) {
        const record = new OffsetRecord(commit, partition, BigInt(partition), -1, '')
        if (commit === longKey) expect(() => keyBytes(groupFormat, record)).toThrow(RangeError)
        else if (commit === noUuid) expect(() => valueBytes(groupFormat, record)).toThrow(RangeError)
        else expectAsCodecsWrite(record)
      }
    }),
  )
})

function expectAsCodecsWrite(record: OffsetRecord): void {
  const { groupId: group, topic, partition, offset, metadata, leaderEpoch, topicId } = record
  const { commitTimestampMs: commitTimestamp, expireTimestampMs: expireTimestamp } = record
  const common = { offset, metadata, commitTimestamp }
  const value =
    expireTimestamp === -1n
      ? writeValue(OFFSET_COMMIT, 4, { ...common, leaderEpoch, topicId })
      : writeValue(OFFSET_COMMIT, 1, { ...common, expireTimestamp })
  expect(keyBytes(groupFormat, record)).toEqual(writeKey(OFFSET_COMMIT, { group, topic, partition }))
  expect(valueBytes(groupFormat, record)).toEqual(value)
}

it('what Kafka cannot have is refused: it could not be read again', () => {
  const tombstone = new OffsetTombstone(new OffsetPlace('g'.repeat(32_768), 't'), 0)
  expect(() => keyBytes(groupFormat, tombstone)).toThrow(RangeError)
  for (const expireMs of [-1n, MADE_AT]) {
    const commit = new TopicCommit(new OffsetPlace('g', 't'), MADE_AT, expireMs, ZERO_UUID)
    const longest = '\ufffd'.repeat(10_922) // three bytes each
    expectAsCodecsWrite(new OffsetRecord(commit, 0, 1n, -1, longest))
    const longer = new OffsetRecord(commit, 0, 1n, -1, `${longest}\ufffd`)
    expect(() => valueBytes(groupFormat, longer)).toThrow('string of 32769 bytes; 32767 are allowed')
  }
})
