// How the records of one log are bytes: in a store that writes them down, and in what `cohort dump` prints.

import type { StoredRecord } from '../store.js'

export interface LogFormat {
  /** The order of the bytes is the order in which a log is loaded. */
  keyBytes(key: string): Buffer
  valueBytes(value: unknown): Buffer
  /** null: of a kind that this version does not know, which is passed over, as Kafka does. Throws what is no such record. */
  record(key: Buffer, value: Buffer): StoredRecord | null
  /** For people and tools: plain values, with bigint and Buffer among them. */
  describeKey(key: Buffer): unknown
  describeValue(key: Buffer, value: Buffer): unknown
}
