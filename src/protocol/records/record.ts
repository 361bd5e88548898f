// One record as it stands in a batch of magic 2: everything relative to the batch (Kafka: DefaultRecord).

import { ProtocolError } from '../errors.js'
import { VarReader, VarWriter } from './varint.js'

export interface RecordHeader {
  readonly key: Buffer
  readonly value: Buffer | null
}

export interface RecordData {
  readonly offset: bigint
  /** As a consumer sees it: the batch's append time where the topic says so. */
  readonly timestampMs: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface DeltaRecord {
  /** No bit of it is in use. */
  readonly attributes: number
  readonly timestampDelta: bigint
  readonly offsetDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** `count` records that fill `section` exactly; keys and values are views of it. Throws ProtocolError. */
export function readDeltaRecords(section: Buffer, count: number): DeltaRecord[] {
  const reader = new VarReader(section)
  const records: DeltaRecord[] = []
  for (let i = 0; i < count; i++) records.push(readRecord(reader, i))
  if (reader.remaining > 0) throw new ProtocolError(`${reader.remaining} bytes behind the last record`)
  return records
}

function readRecord(reader: VarReader, i: number): DeltaRecord {
  const sizeBytes = reader.varint()
  const start = reader.position
  const record = {
    attributes: reader.int8(),
    timestampDelta: reader.varlong(),
    offsetDelta: reader.varint(),
    key: reader.bytesOrNull(),
    value: reader.bytesOrNull(),
    headers: readHeaders(reader),
  }
  const readBytes = reader.position - start
  if (readBytes === sizeBytes) return record
  throw new ProtocolError(`record ${i} announces ${sizeBytes} bytes and has ${readBytes}`)
}

function readHeaders(reader: VarReader): RecordHeader[] {
  const count = reader.varint()
  if (count < 0 || count > reader.remaining) throw new ProtocolError(`a record with ${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const key = reader.bytesOrNull()
    if (key === null) throw new ProtocolError('a record header without a key')
    headers.push({ key, value: reader.bytesOrNull() })
  }
  return headers
}

export function writeDeltaRecords(records: readonly DeltaRecord[]): Buffer {
  const writer = new VarWriter()
  for (const record of records) {
    const bytes = writeRecord(record)
    writer.varint(bytes.length)
    writer.raw(bytes)
  }
  return writer.bytes()
}

function writeRecord({ attributes, timestampDelta, offsetDelta, key, value, headers }: DeltaRecord): Buffer {
  const writer = new VarWriter()
  writer.int8(attributes)
  writer.varlong(timestampDelta)
  writer.varint(offsetDelta)
  writer.bytesOrNull(key)
  writer.bytesOrNull(value)
  writer.varint(headers.length)
  for (const header of headers) {
    writer.bytesOrNull(header.key)
    writer.bytesOrNull(header.value)
  }
  return writer.bytes()
}
