// What each record of a batch must be (Kafka: LogValidator): consecutive, with a key where the topic is compacted, of a time
// that the topic allows. Records that are refused are told one by one (KIP-467), and then none is kept.

import { ErrorCodes, ProtocolError } from '../protocol/errors.js'
import { recordsSection } from '../protocol/records/batch.js'
import type { Compression } from '../protocol/records/compression.js'
import { type BatchHeader, COMPRESSION_MASK, LOG_APPEND_TIME_FLAG } from '../protocol/records/header.js'
import { RecordScanner } from '../protocol/records/scan.js'
import { type BatchRefusal, type RecordError, refuse, refuseRecords } from './refusal.js'
import type { TopicSettings } from './topic-settings.js'

const NO_TIMESTAMP = -1

export interface Expectations {
  readonly nowMs: number
  readonly settings: TopicSettings
  readonly compression: Compression
  /** topic-partition, as Kafka writes it. */
  readonly where: string
}

export type RecordsVerdict = { readonly ok: true; readonly maxTimestampMs: bigint } | BatchRefusal

export function validateRecords(bytes: Buffer, header: BatchHeader, expected: Expectations): RecordsVerdict {
  let section: Buffer
  try {
    section = recordsSection(bytes, header, expected.compression)
  } catch (error) {
    if (error instanceof ProtocolError) return refuse(ErrorCodes.UNKNOWN_SERVER_ERROR)
    throw error
  }
  try {
    return scan(section, header, expected)
  } catch (error) {
    if (error instanceof ProtocolError) return refuse(ErrorCodes.INVALID_RECORD)
    throw error
  }
}

function scan(section: Buffer, header: BatchHeader, expected: Expectations): RecordsVerdict {
  const { settings, nowMs, where } = expected
  const isCompressed = (header.attributes & COMPRESSION_MASK) !== 0
  const isStamped = settings.appendTime && (header.attributes & LOG_APPEND_TIME_FLAG) !== 0
  const base = Number(header.baseTimestampMs)
  const [first, last] = [
    nowMs - Number(settings.timestampBeforeMaxMs),
    nowMs + Number(settings.timestampAfterMaxMs),
  ]
  const records = new RecordScanner(section)
  const withoutKey: RecordError[] = []
  const ofWrongTime: RecordError[] = []
  let max = NO_TIMESTAMP
  for (let i = 0; i < header.recordCount; i++) {
    records.next()
    // Kafka trips over this one, but only where it has to unpack the records.
    if (isCompressed && records.offsetDelta !== i) return refuse(ErrorCodes.UNKNOWN_SERVER_ERROR)
    if (settings.compacts && records.keyBytes < 0) {
      const message = `Compacted topic cannot accept message without key in topic partition ${where}`
      withoutKey.push({ batchIndex: i, batchIndexErrorMessage: message })
      continue
    }
    const time = base + records.timestampDelta
    if (isStamped) {
      ofWrongTime.push({ batchIndex: i, batchIndexErrorMessage: stamped(records, i, time, isCompressed) })
    } else if (!settings.appendTime && time !== NO_TIMESTAMP && (time < first || time > last)) {
      ofWrongTime.push({ batchIndex: i, batchIndexErrorMessage: outOfRange(time, i, nowMs, settings) })
    }
    if (time > max) max = time
  }
  if (records.remaining > 0) return refuse(ErrorCodes.INVALID_RECORD)
  if (withoutKey.length === 0 && ofWrongTime.length === 0) return { ok: true, maxTimestampMs: BigInt(max) }
  const all = [...withoutKey, ...ofWrongTime].sort((a, b) => a.batchIndex - b.batchIndex)
  return refuseRecords(all, ofWrongTime.length > 0)
}

function outOfRange(time: number, i: number, nowMs: number, settings: TopicSettings): string {
  const now = BigInt(nowMs)
  const first = BigInt.asIntN(64, now - settings.timestampBeforeMaxMs)
  const last = BigInt.asIntN(64, now + settings.timestampAfterMaxMs)
  return `Timestamp ${time} of message with offset ${i} is out of range. The timestamp should be within [${first}, ${last}]`
}

function stamped(record: RecordScanner, i: number, time: number, isCompressed: boolean): string {
  const kind = isCompressed ? 'PartialDefaultRecord' : 'DefaultRecord'
  const [key, value] = [Math.max(record.keyBytes, 0), Math.max(record.valueBytes, 0)]
  return `Invalid timestamp type in message ${kind}(offset=${i}, timestamp=${time}, key=${key} bytes, value=${value} bytes). Producer should not set timestamp type to LogAppendTime.`
}
