// `records` lines: every batch or message of older magic (messages.ts) is decoded, compared with what the line says of it, and built again. Compressed
// bytes depend on the compressor: of those only what they decompress to is compared.

import { ProtocolError } from '../../src/protocol/errors.js'
import {
  batchCrc,
  batchSizeBytes,
  encodeBatch,
  readBatchHeader,
  recordsSection,
} from '../../src/protocol/records/batch.js'
import { type BatchHeader, COMPRESSION_MASK } from '../../src/protocol/records/header.js'
import { type DeltaRecord, readDeltaRecords, writeDeltaRecords } from '../../src/protocol/records/record.js'
import { entryBytes } from '../../src/protocol/records/message-set.js'
import type { Verdict } from './check.js'
import { codecs } from './codecs.js'
import type { Json } from './json.js'
import { messageMismatch } from './messages.js'

export type Stated = { [key: string]: Json }

interface RecordsLine {
  readonly case: string
  readonly version: number
  readonly hex: string
  readonly message: { validBytes: number; batches: Stated[] }
}

/** Vector name -> ours, of the batch header. */
const HEADER_FIELDS: readonly [string, keyof BatchHeader][] = [
  ['baseOffset', 'baseOffset'],
  ['batchLength', 'lengthBytes'],
  ['partitionLeaderEpoch', 'partitionLeaderEpoch'],
  ['magic', 'magic'],
  ['crc', 'crc'],
  ['attributes', 'attributes'],
  ['lastOffsetDelta', 'lastOffsetDelta'],
  ['maxTimestamp', 'maxTimestampMs'],
  ['producerId', 'producerId'],
  ['producerEpoch', 'producerEpoch'],
  ['baseSequence', 'baseSequence'],
  ['recordsCount', 'recordCount'],
]

export function checkRecords(line: RecordsLine): Verdict {
  const subject = `records (magic ${line.version})`
  const what = mismatch(line)
  return what === null
    ? { verdict: 'checked', subject }
    : { verdict: 'mismatch', subject: `${subject} ${line.case}`, what }
}

function mismatch({ hex, message }: RecordsLine): string | null {
  const bytes = Buffer.from(hex, 'hex')
  let at = 0
  for (const [i, stated] of message.batches.entries()) {
    if (stated.magic !== 2) {
      const what = messageMismatch(bytes, at, stated)
      if (what !== null) return `message ${i}: ${what}`
      at += entryBytes(bytes, at) as number
      continue
    }
    const header = readBatchHeader(bytes, at)
    const what = headerMismatch(header, stated) ?? contentMismatch(bytes, at, header, stated)
    if (what !== null) return `batch ${i}: ${what}`
    at += batchSizeBytes(header)
  }
  if (at !== message.validBytes) return `${at} valid bytes, not ${message.validBytes}`
  return at === bytes.length || endsCutOff(bytes, at) ? null : `${bytes.length - at} bytes left over`
}

function endsCutOff(bytes: Buffer, at: number): boolean {
  try {
    return entryBytes(bytes, at) === undefined
  } catch (error) {
    return error instanceof ProtocolError
  }
}

function headerMismatch(header: BatchHeader, stated: Stated): string | null {
  for (const [theirs, ours] of HEADER_FIELDS) {
    if (BigInt(header[ours]) !== BigInt(stated[theirs] as number)) {
      return `${ours} is ${header[ours]}, not ${stated[theirs]}`
    }
  }
  return null
}

function contentMismatch(bytes: Buffer, at: number, header: BatchHeader, stated: Stated): string | null {
  const original = bytes.subarray(at, at + batchSizeBytes(header))
  if (batchCrc(bytes, header, at) !== header.crc) return 'the CRC is not that of the bytes'
  const compressed = (header.attributes & COMPRESSION_MASK) !== 0
  const section = recordsSection(bytes, header, codecs, at)
  if (compressed && section.toString('hex') !== stated.uncompressedRecordsHex)
    return 'decompressed: other bytes'
  const records = readDeltaRecords(section, header.recordCount)
  for (const [i, record] of records.entries()) {
    const what = recordMismatch(record, header, (stated.records as Stated[])[i] as Stated)
    if (what !== null) return `record ${i}: ${what}`
  }
  const again = writeDeltaRecords(records)
  if (!again.equals(section)) return 'records encoded again: other bytes'
  return compressed || encodeBatch(header, again).equals(original) ? null : 'batch encoded again: other bytes'
}

function recordMismatch(record: DeltaRecord, header: BatchHeader, stated: Stated): string | null {
  if (record.attributes !== stated.attributes) return 'attributes'
  if (header.baseOffset + BigInt(record.offsetDelta) !== BigInt(stated.offset as number)) return 'offset'
  if (record.timestampDelta !== BigInt(stated.timestampDelta as number)) return 'timestamp delta'
  if (!same(record.key, stated.key)) return 'key'
  if (!same(record.value, stated.value)) return 'value'
  const headers = stated.headers as Stated[]
  if (record.headers.length !== headers.length) return 'number of headers'
  const differs = record.headers.some(({ key, value }, i) => {
    return key.toString() !== headers[i]?.key || !same(value, headers[i]?.value)
  })
  return differs ? 'headers' : null
}

export function same(bytes: Buffer | null, base64: Json | undefined): boolean {
  return (bytes === null ? null : bytes.toString('base64')) === base64
}
