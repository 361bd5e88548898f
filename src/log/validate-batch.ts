// What a produced batch must be before it is kept, in Kafka's order (ProduceRequest.validateRecords,
// UnifiedLog.analyzeAndValidateRecords, LogValidator). Only the header is looked at: the CRC vouches for the rest.

import type { Topic } from '../metadata/image.js'
import type { Settings } from '../metadata/settings.js'
import { type ErrorCode, ErrorCodes, ProtocolError } from '../protocol/errors.js'
import { batchCrc, batchSizeBytes, readBatchHeader } from '../protocol/records/batch.js'
import {
  type BatchHeader,
  COMPRESSION_MASK,
  CONTROL_FLAG,
  MAGIC_OFFSET,
  TRANSACTIONAL_FLAG,
} from '../protocol/records/header.js'

export type BatchVerdict =
  | { readonly ok: true; readonly header: BatchHeader }
  | { readonly ok: false; readonly errorCode: ErrorCode; readonly message: string }

const ZSTD = 4
const FIRST_VERSION_WITH_ZSTD = 7
const DEFAULT_TIMESTAMP_AFTER_MAX_MS = 3_600_000

export interface Expectations {
  readonly apiVersion: number
  readonly nowMs: number
  readonly settings: Settings
  readonly topic: Topic
}

export function validateBatch(records: Buffer | null, expected: Expectations): BatchVerdict {
  if (records === null || records.length === 0) {
    return refuse(ErrorCodes.INVALID_RECORD, 'Produce requests must have exactly one record batch')
  }
  if (records.length > MAGIC_OFFSET && records[MAGIC_OFFSET] !== 2) {
    return refuse(
      ErrorCodes.INVALID_RECORD,
      'Produce requests are only allowed to contain record batches with magic version 2',
    )
  }
  let header: BatchHeader
  try {
    header = readBatchHeader(records)
  } catch (error) {
    if (error instanceof ProtocolError) return refuse(ErrorCodes.CORRUPT_MESSAGE, error.message)
    throw error
  }
  return checkHeader(records, header, expected) ?? { ok: true, header }
}

function checkHeader(records: Buffer, header: BatchHeader, expected: Expectations): BatchVerdict | null {
  const { apiVersion, settings, topic } = expected
  const sizeBytes = batchSizeBytes(header)
  const codec = header.attributes & COMPRESSION_MASK
  if (codec > ZSTD) return refuse(ErrorCodes.INVALID_RECORD, `compression codec ${codec} is not known`)
  if (codec === ZSTD && apiVersion < FIRST_VERSION_WITH_ZSTD) {
    return refuse(ErrorCodes.UNSUPPORTED_COMPRESSION_TYPE, 'zstd needs Produce v7')
  }
  if (sizeBytes !== records.length) {
    return refuse(ErrorCodes.INVALID_RECORD, 'Produce requests must have exactly one record batch')
  }
  const maxBytes = Number(topic.configs.get('max.message.bytes') ?? settings.messageMaxBytes)
  if (sizeBytes > maxBytes) {
    const message = `The record batch size is ${sizeBytes} bytes which exceeds the maximum configured value of ${maxBytes}`
    return refuse(ErrorCodes.MESSAGE_TOO_LARGE, message)
  }
  if (batchCrc(records, header) !== header.crc) return refuse(ErrorCodes.CORRUPT_MESSAGE, 'Record is corrupt')
  return checkContent(header, expected)
}

function checkContent(header: BatchHeader, { nowMs, topic }: Expectations): BatchVerdict | null {
  const { attributes, baseOffset, lastOffsetDelta, recordCount, producerId, baseSequence, maxTimestampMs } =
    header
  if (baseOffset !== 0n)
    return refuse(ErrorCodes.INVALID_RECORD, `The base offset should be 0, but it is ${baseOffset}`)
  if (attributes & CONTROL_FLAG) {
    return refuse(ErrorCodes.INVALID_RECORD, 'Clients are not allowed to write control records')
  }
  // Transactions are not there yet: nobody could ever commit this batch.
  if (attributes & TRANSACTIONAL_FLAG)
    return refuse(ErrorCodes.INVALID_TXN_STATE, 'there is no transaction coordinator')
  if (recordCount <= 0 || recordCount !== lastOffsetDelta + 1) {
    return refuse(
      ErrorCodes.INVALID_RECORD,
      `${recordCount} records, where offsets tell of ${lastOffsetDelta + 1}`,
    )
  }
  if (producerId >= 0n && baseSequence < 0) {
    return refuse(
      ErrorCodes.INVALID_RECORD,
      `Invalid sequence number ${baseSequence} in a batch with a producer id`,
    )
  }
  const after = BigInt(topic.configs.get('message.timestamp.after.max.ms') ?? DEFAULT_TIMESTAMP_AFTER_MAX_MS)
  if (!usesLogAppendTime(topic) && maxTimestampMs - BigInt(nowMs) > after) {
    return refuse(ErrorCodes.INVALID_TIMESTAMP, `Timestamp ${maxTimestampMs} is too far in the future`)
  }
  return null
}

export function usesLogAppendTime(topic: Topic): boolean {
  return topic.configs.get('message.timestamp.type') === 'LogAppendTime'
}

function refuse(errorCode: ErrorCode, message: string): BatchVerdict {
  return { ok: false, errorCode, message }
}
