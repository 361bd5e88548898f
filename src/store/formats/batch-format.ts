// The log of all partitions: a record batch as its bytes, under topic id, partition and base offset, so that a partition loads in order;
// before them where the partition begins, once that is not 0.

import type { LogRecord } from '../../log/types.js'
import { readBatchHeader } from '../../protocol/records/batch.js'
import type { Bytes } from '../bytes.js'
import { FamilyRecord, type StoredRecord } from '../store.js'
import type { LogFormat } from './log-format.js'

const SEPARATOR = '\u0000'
const START = 'start'

const TOPIC_ID_BYTES = 16
const PARTITION_BYTES = 4
const KIND_AT = TOPIC_ID_BYTES + PARTITION_BYTES
const OFFSET_AT = KIND_AT + 1
const OFFSET_BYTES = 8
const START_KIND = 0
const BATCH_KIND = 1

export function batchRecord(record: LogRecord): StoredRecord {
  const partition = record.topicId + SEPARATOR + record.partition
  if (record.kind === 'StartOffset') {
    return { key: partition + SEPARATOR + START, value: record.startOffset === null ? null : record }
  }
  return new FamilyRecord(partition, record.baseOffset, record.kind === 'BatchRemoved' ? null : record)
}

export const batchFormat: LogFormat = { writeKey, writeValue, record, describeKey, describeValue }

function writeKey(to: Bytes, record: StoredRecord): void {
  const [topicId = '', partition] = record.key.split(SEPARATOR)
  const { index: baseOffset } = record
  const bytes = Buffer.alloc(baseOffset === undefined ? OFFSET_AT : OFFSET_AT + OFFSET_BYTES)
  bytes.write(topicId, 0, 'base64url')
  bytes.writeUInt32BE(Number(partition), TOPIC_ID_BYTES)
  bytes[KIND_AT] = baseOffset === undefined ? START_KIND : BATCH_KIND
  if (baseOffset !== undefined) bytes.writeBigUInt64BE(BigInt(baseOffset), OFFSET_AT)
  to.bytes(bytes)
}

function writeValue(to: Bytes, { value }: StoredRecord): void {
  const record = value as LogRecord
  if (record.kind === 'Batch') return to.bytes(record.bytes)
  if (record.kind === 'BatchRemoved' || record.startOffset === null) {
    throw new TypeError(`a tombstone of ${record.topicId}-${record.partition} has no value`)
  }
  to.int64(BigInt(record.startOffset))
}

function record(key: Buffer, value: Buffer): StoredRecord | null {
  const found = logRecord(key, value)
  return found === null ? null : batchRecord(found)
}

function logRecord(key: Buffer, value: Buffer): LogRecord | null {
  const topicId = key.toString('base64url', 0, TOPIC_ID_BYTES)
  const partition = key.readUInt32BE(TOPIC_ID_BYTES)
  switch (key[KIND_AT]) {
    case START_KIND:
      return { kind: 'StartOffset', topicId, partition, startOffset: Number(value.readBigUInt64BE()) }
    case BATCH_KIND: {
      const baseOffset = Number(key.readBigUInt64BE(OFFSET_AT))
      return { kind: 'Batch', topicId, partition, baseOffset, bytes: value }
    }
    default:
      return null
  }
}

function describeKey(key: Buffer): unknown {
  const topicId = key.toString('base64url', 0, TOPIC_ID_BYTES)
  const partition = key.readUInt32BE(TOPIC_ID_BYTES)
  if (key[KIND_AT] !== BATCH_KIND) return { topicId, partition }
  return { topicId, partition, baseOffset: Number(key.readBigUInt64BE(OFFSET_AT)) }
}

function describeValue(key: Buffer, value: Buffer): unknown {
  if (key[KIND_AT] === START_KIND) return { startOffset: Number(value.readBigUInt64BE()) }
  return key[KIND_AT] === BATCH_KIND ? readBatchHeader(value) : value.toString('hex')
}
