// The log of all partitions: a record batch as its bytes, under topic id, partition and base offset, so that a partition loads in order;
// before them where the partition begins, once that is not 0.

import type { LogRecord } from '../../log/types.js'
import { readBatchHeader } from '../../protocol/records/batch.js'
import type { StoredRecord } from '../store.js'
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

export function batchKey(record: LogRecord): string {
  const { topicId, partition } = record
  const last = record.kind === 'StartOffset' ? START : record.baseOffset
  return topicId + SEPARATOR + partition + SEPARATOR + last
}

export const batchFormat: LogFormat = {
  keyBytes,
  valueBytes: (value) => valueBytes(value as LogRecord),
  record,
  describeKey,
  describeValue,
}

function keyBytes(key: string): Buffer {
  const [topicId = '', partition, last] = key.split(SEPARATOR)
  const isStart = last === START
  const bytes = Buffer.alloc(isStart ? OFFSET_AT : OFFSET_AT + OFFSET_BYTES)
  bytes.write(topicId, 0, 'base64url')
  bytes.writeUInt32BE(Number(partition), TOPIC_ID_BYTES)
  bytes[KIND_AT] = isStart ? START_KIND : BATCH_KIND
  if (!isStart) bytes.writeBigUInt64BE(BigInt(last as string), OFFSET_AT)
  return bytes
}

function valueBytes(record: LogRecord): Buffer {
  if (record.kind === 'Batch') return record.bytes
  const bytes = Buffer.alloc(OFFSET_BYTES)
  if (record.kind === 'BatchRemoved' || record.startOffset === null) {
    throw new TypeError(`a tombstone of ${record.topicId}-${record.partition} has no value`)
  }
  bytes.writeBigUInt64BE(BigInt(record.startOffset))
  return bytes
}

function record(key: Buffer, value: Buffer): StoredRecord | null {
  const found = logRecord(key, value)
  return found === null ? null : { key: batchKey(found), value: found }
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
