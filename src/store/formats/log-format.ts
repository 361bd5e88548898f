// How the records of one log are bytes: in a store that writes them down, and in what `cohort dump` prints.

import { type Bytes, bytesOf } from '../bytes.js'
import type { StoredRecord } from '../store.js'

export interface LogFormat {
  /** The order of the bytes is the order in which a log is loaded. */
  writeKey(to: Bytes, record: StoredRecord): void
  /** Not of a tombstone. Throws TypeError or RangeError for what the log cannot have. */
  writeValue(to: Bytes, record: StoredRecord): void
  /** null: of a kind that this version does not know, which is passed over, as Kafka does. Throws what is no such record. */
  record(key: Buffer, value: Buffer): StoredRecord | null
  /** For people and tools: plain values, with bigint and Buffer among them. */
  describeKey(key: Buffer): unknown
  describeValue(key: Buffer, value: Buffer): unknown
}

export function keyBytes(format: LogFormat, record: StoredRecord): Buffer {
  return bytesOf((to) => format.writeKey(to, record))
}

/** null: of a tombstone. */
export function valueBytes(format: LogFormat, record: StoredRecord): Buffer | null {
  return record.value === null ? null : bytesOf((to) => format.writeValue(to, record))
}
