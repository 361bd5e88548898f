// Messages of magic 0 and 1: decoded, compared with what the line says, and built again.

import { LOG_APPEND_TIME_FLAG } from '../../src/protocol/records/header.js'
import { codecOf, type Message, readInner, readMessage, unwrap, writeMessage } from '../../src/protocol/records/message-set.js'
import { codecs } from './codecs.js'
import type { Json } from './json.js'
import { type Stated, same } from './records.js'

export function messageMismatch(bytes: Buffer, at: number, stated: Stated): string | null {
  const message = readMessage(bytes, at)
  const { offset, magic, crc, attributes, sizeBytes } = message
  const header = [offset, magic, crc, attributes, sizeBytes - 12].join(' ')
  const expected = ['offset', 'magic', 'crc', 'attributes', 'messageSize'].map((name) => stated[name]).join(' ')
  if (header !== expected) return `${header}, not ${expected}`
  if (stated.timestamp !== undefined && BigInt(stated.timestamp as number) !== message.timestampMs)
    return 'timestamp'
  const records = unwrap(message, codecs)
  const theirs = stated.records as Stated[]
  if (records.length !== theirs.length) return `${records.length} records, not ${theirs.length}`
  const differs = records.map((record, i) => recordMismatch(record, message, theirs[i] as Stated))
  const what = differs.find((found) => found !== null)
  if (what !== undefined) return what
  if (codecOf(message) !== 0) return innerMismatch(message, stated.uncompressedRecordsHex)
  const original = bytes.subarray(at, at + sizeBytes)
  return writeMessage(message).equals(original) ? null : 'encoded again: other bytes'
}

function recordMismatch(record: Message, wrapper: Message, stated: Stated): string | null {
  if (record.offset !== BigInt(stated.offset as number)) return 'offset of a record'
  const isStamped = (wrapper.attributes & LOG_APPEND_TIME_FLAG) !== 0
  const timestampMs = isStamped ? wrapper.timestampMs : record.timestampMs
  if (timestampMs !== BigInt(stated.timestamp as number)) return 'timestamp of a record'
  return same(record.key, stated.key) && same(record.value, stated.value) ? null : 'key or value of a record'
}

function innerMismatch(message: Message, hex: Json | undefined): string | null {
  const section = codecs.decompress(codecOf(message), message.value as Buffer)
  if (section.toString('hex') !== hex) return 'decompressed: other bytes'
  const again = Buffer.concat(readInner(section).map(writeMessage))
  return again.equals(section) ? null : 'messages within encoded again: other bytes'
}
