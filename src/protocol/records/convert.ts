// From one record format to another: what old clients send becomes a batch of magic 2, and what old clients read is made of one
// (Kafka: LogValidator, RecordsUtil.downConvert). Headers have no place in old messages and are dropped.

import { ProtocolError } from '../errors.js'
import { batchSizeBytes, buildBatch, readBatchHeader, readRecords } from './batch.js'
import { CODEC_NAMES, type Compression } from './compression.js'
import { COMPRESSION_MASK, CONTROL_FLAG, LOG_APPEND_TIME_FLAG } from './header.js'
import { codecOf, InvalidMessage, type Message, NO_TIMESTAMP, unwrap, writeMessage } from './message-set.js'

/** One batch of all records in `messages`, of which there is at least one. Throws ProtocolError. */
export function upConvert(messages: readonly Message[], compression: Compression): Buffer {
  const codec = messages.map(codecOf).find((each) => each !== 0) ?? 0
  if (codec !== 0 && messages.length > 1) {
    throw new InvalidMessage('Compressed outer record has more than one batch')
  }
  const records = messages.flatMap((message) => unwrap(message, compression))
  return buildBatch({
    records: records.map(({ timestampMs, key, value }) => ({ timestampMs, key, value })),
    attributes: codec,
    compression,
  })
}

/**
 * The batches of `bytes` as messages of `magic` 0 or 1. Records before `firstOffset` are left out where each stands for
 * itself. Throws ProtocolError for a batch that old clients cannot unpack.
 */
export function downConvert(
  bytes: Buffer,
  magic: 0 | 1,
  firstOffset: bigint,
  compression: Compression,
): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at)
    if ((header.attributes & CONTROL_FLAG) === 0) {
      parts.push(...downConvertBatch(bytes, at, magic, firstOffset, compression))
    }
    at += batchSizeBytes(header)
  }
  return Buffer.concat(parts)
}

function downConvertBatch(
  bytes: Buffer,
  at: number,
  magic: 0 | 1,
  firstOffset: bigint,
  compression: Compression,
): Buffer[] {
  const header = readBatchHeader(bytes, at)
  const codec = header.attributes & COMPRESSION_MASK
  if (CODEC_NAMES[codec] === 'zstd') throw new ProtocolError('old messages are never compressed with zstd')
  const timeFlag = magic === 0 ? 0 : header.attributes & LOG_APPEND_TIME_FLAG
  const records = readRecords(bytes, header, compression, at)
  const asMessage = ({ offset, timestampMs, key, value }: (typeof records)[number]): Message => ({
    ...{ offset, magic, attributes: timeFlag, key, value },
    timestampMs: magic === 0 ? NO_TIMESTAMP : timestampMs,
  })
  if (codec === 0) {
    return records.filter(({ offset }) => offset >= firstOffset).map((r) => writeMessage(asMessage(r)))
  }
  const [first, last] = [records[0], records.at(-1)]
  if (first === undefined || last === undefined) return []
  const base = magic === 0 ? 0n : first.offset
  const inner = records.map((r) => writeMessage({ ...asMessage(r), offset: r.offset - base }))
  const value = compression.compress(codec, Buffer.concat(inner))
  const wrapper: Message = {
    ...{ offset: last.offset, magic, attributes: codec | timeFlag, key: null, value },
    timestampMs: magic === 0 ? NO_TIMESTAMP : header.maxTimestampMs,
  }
  return [writeMessage(wrapper)]
}
