// Produce v0 to v2: a set of messages of magic 0 or 1, which become one batch (Kafka 3.9: LogValidator). A batch of magic 2 goes as
// it is, even there; a set with nothing whole in it is no error, and nothing is kept.

import { ErrorCodes, ProtocolError } from '../protocol/errors.js'
import { readBatchHeader } from '../protocol/records/batch.js'
import type { Compression } from '../protocol/records/compression.js'
import { upConvert } from '../protocol/records/convert.js'
import { MAGIC_OFFSET } from '../protocol/records/header.js'
import {
  CorruptMessage,
  codecOf,
  InvalidMessage,
  NO_TIMESTAMP,
  readMessage,
  unwrap,
} from '../protocol/records/message-set.js'
import { type BatchRefusal, refuse } from './refusal.js'
import type { TopicSettings } from './topic-settings.js'
import { type BatchVerdict, entriesIn, validateBatch } from './validate-batch.js'

export const LAST_VERSION_OF_MESSAGES = 2

const ZSTD = 4

/** null: there is nothing to keep. */
export function validateMessages(
  records: Buffer | null,
  apiVersion: number,
  settings: TopicSettings,
  compression: Compression,
): BatchVerdict | null {
  const entries = entriesIn(records)
  if (!Array.isArray(entries)) return entries
  const [first] = entries
  if (first === undefined) return null
  const magics = new Set(entries.map((entry) => entry[MAGIC_OFFSET]))
  if (magics.size > 1) return refuse(ErrorCodes.INVALID_RECORD)
  if (magics.has(2)) return validateBatch(records, apiVersion, settings)
  if (entries.some(({ length }) => length > settings.maxMessageBytes)) return tooLarge()
  try {
    return convert(entries, settings, compression)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    if (error instanceof CorruptMessage) return refuse(ErrorCodes.CORRUPT_MESSAGE, error.message, false)
    if (error instanceof InvalidMessage) return refuse(ErrorCodes.INVALID_RECORD)
    return refuse(ErrorCodes.UNKNOWN_SERVER_ERROR)
  }
}

function convert(
  entries: readonly Buffer[],
  settings: TopicSettings,
  compression: Compression,
): BatchVerdict {
  const messages = entries.map((entry) => readMessage(entry))
  for (const message of messages) {
    if (codecOf(message) === ZSTD) return refuse(ErrorCodes.INVALID_RECORD)
    if (message.magic === 0 || codecOf(message) === 0) continue
    const records = unwrap(message, compression)
    const start = message.offset - BigInt(records.length - 1)
    // Of magic 1 the messages within count from 0.
    if (records.some(({ offset }, i) => offset !== start + BigInt(i)))
      return refuse(ErrorCodes.INVALID_RECORD)
    if (records.some(({ timestampMs }) => timestampMs < NO_TIMESTAMP)) return badTime()
  }
  if (messages.some(({ timestampMs }) => timestampMs < NO_TIMESTAMP)) return badTime()
  const bytes = upConvert(messages, compression)
  if (bytes.length > settings.maxMessageBytes) return tooLarge()
  return { ok: true, header: readBatchHeader(bytes), bytes }
}

/** Kafka's builder takes no negative time and fails over it. */
const badTime = (): BatchRefusal => refuse(ErrorCodes.UNKNOWN_SERVER_ERROR)
const tooLarge = (): BatchRefusal => refuse(ErrorCodes.MESSAGE_TOO_LARGE, null, false)
