// What a produced batch must be before it is kept, in Kafka's order (ProduceRequest.validateRecords,
// UnifiedLog.analyzeAndValidateRecords). Its records are validate-records.ts; what old clients send, old-messages.ts.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { ProduceRequest } from '../protocol/messages/produce.js'
import { batchCrc, batchSizeBytes, readBatchHeader } from '../protocol/records/batch.js'
import {
  ATTRIBUTES_OFFSET,
  BATCH_HEADER_BYTES,
  type BatchHeader,
  COMPRESSION_MASK,
  CONTROL_FLAG,
  MAGIC_OFFSET,
  TRANSACTIONAL_FLAG,
} from '../protocol/records/header.js'
import { CorruptMessage, entryBytes } from '../protocol/records/message-set.js'
import { type BatchRefusal, refuse } from './refusal.js'
import type { TopicSettings } from './topic-settings.js'

export type BatchVerdict =
  | { readonly ok: true; readonly header: BatchHeader; readonly bytes: Buffer }
  | BatchRefusal

const ZSTD = 4
const FIRST_VERSION_WITH_ZSTD = 7
const NEWEST_MAGIC = 2

/**
 * What makes a broker refuse all partitions before it looks at any: it walks through their batches to see whether one is of
 * a transaction (RequestUtils.hasTransactionalRecords).
 */
export function refusalOfAll({ transactionalId, topicData }: ProduceRequest): BatchRefusal | null {
  for (const { partitionData } of topicData) {
    for (const { records } of partitionData) {
      const entries = entriesIn(records)
      if (!Array.isArray(entries)) return entries
      if (transactionalId === null && entries.some(isTransactional))
        return badRequest(ErrorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    }
  }
  return null
}

const isTransactional = (bytes: Buffer) =>
  bytes[MAGIC_OFFSET] === NEWEST_MAGIC &&
  bytes.length >= BATCH_HEADER_BYTES &&
  (bytes.readInt16BE(ATTRIBUTES_OFFSET) & TRANSACTIONAL_FLAG) !== 0

/** The one batch of `records`; what is cut off behind it is left out. */
export function validateBatch(
  records: Buffer | null,
  apiVersion: number,
  settings: TopicSettings,
): BatchVerdict {
  const entries = entriesIn(records)
  if (!Array.isArray(entries)) return entries
  const [bytes] = entries
  if (bytes === undefined || entries.length > 1) return badRequest(ErrorCodes.INVALID_RECORD)
  if (bytes[MAGIC_OFFSET] !== NEWEST_MAGIC) return badRequest(ErrorCodes.INVALID_RECORD)
  if (bytes.length < BATCH_HEADER_BYTES) return corrupt(`Batch size ${bytes.length} is too small`)
  const header = readBatchHeader(bytes)
  if ((header.attributes & COMPRESSION_MASK) === ZSTD && apiVersion < FIRST_VERSION_WITH_ZSTD) {
    return badRequest(ErrorCodes.UNSUPPORTED_COMPRESSION_TYPE)
  }
  if (header.attributes & TRANSACTIONAL_FLAG) {
    // Transactions are not there yet: nobody could ever commit this batch.
    return badRequest(ErrorCodes.INVALID_TXN_STATE)
  }
  return checkHeader(bytes, header, settings) ?? { ok: true, header, bytes }
}

/** Batches and messages that are there as a whole. */
export function entriesIn(records: Buffer | null): Buffer[] | BatchRefusal {
  const entries: Buffer[] = []
  try {
    for (let at = 0; records !== null && at < records.length; ) {
      const size = entryBytes(records, at)
      const magic = records[at + MAGIC_OFFSET]
      if (magic === undefined) break
      if (magic > NEWEST_MAGIC) return corrupt(`Invalid magic found in record: ${(magic << 24) >> 24}`)
      if (size === undefined) break
      entries.push(records.subarray(at, at + size))
      at += size
    }
  } catch (error) {
    if (error instanceof CorruptMessage) return corrupt(error.message)
    throw error
  }
  return entries
}

function checkHeader(bytes: Buffer, header: BatchHeader, settings: TopicSettings): BatchRefusal | null {
  const { attributes, baseOffset, lastOffsetDelta, recordCount, producerId, baseSequence } = header
  if (baseOffset !== 0n) return refuse(ErrorCodes.INVALID_RECORD)
  if (batchSizeBytes(header) > settings.maxMessageBytes) return badRequest(ErrorCodes.MESSAGE_TOO_LARGE)
  if (batchCrc(bytes, header) !== header.crc) return badRequest(ErrorCodes.CORRUPT_MESSAGE)
  if (recordCount <= 0 || recordCount !== lastOffsetDelta + 1) return refuse(ErrorCodes.INVALID_RECORD)
  if (attributes & CONTROL_FLAG) return refuse(ErrorCodes.INVALID_RECORD)
  if (producerId >= 0n && baseSequence < 0) return refuse(ErrorCodes.INVALID_RECORD)
  return null
}

const badRequest = (errorCode: ErrorCode) => refuse(errorCode, null, false)
const corrupt = (message: string) => refuse(ErrorCodes.CORRUPT_MESSAGE, message, false)
