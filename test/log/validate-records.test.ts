// The records within a batch, one by one, with the answers that Apache Kafka 4.4.0 gave to the same bytes.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { encodeBatch, readBatchHeader } from '../../src/protocol/records/batch.js'
import { BATCH_HEADER_BYTES, type BatchHeader } from '../../src/protocol/records/header.js'
import { type DeltaRecord, writeDeltaRecords } from '../../src/protocol/records/record.js'
import { compression } from '../../src/server/compression.js'
import { batch, batchOf, LogHarness, partitionOf } from './harness.js'

const NOW_MS = 1_000_000n
const [PLAIN, GZIP] = [0, 1]

const record = (offsetDelta: number, more: Partial<DeltaRecord> = {}): DeltaRecord => ({
  ...{ attributes: 0, timestampDelta: 0n, offsetDelta, headers: [] },
  ...{ key: Buffer.from('k'), value: Buffer.from('v'), ...more },
})

function sent(
  records: DeltaRecord[],
  more: Partial<BatchHeader> = {},
  section = writeDeltaRecords(records),
): Buffer {
  const attributes = more.attributes ?? 0
  const packed = compression.compress(attributes & 7, section)
  const header: BatchHeader = {
    ...{
      baseOffset: 0n,
      lengthBytes: BATCH_HEADER_BYTES - 12 + packed.length,
      partitionLeaderEpoch: -1,
      magic: 2,
    },
    ...{
      crc: 0,
      attributes,
      lastOffsetDelta: records.length - 1,
      baseTimestampMs: NOW_MS,
      maxTimestampMs: NOW_MS,
    },
    ...{ producerId: -1n, producerEpoch: -1, baseSequence: -1, recordCount: records.length, ...more },
  }
  return encodeBatch(header, packed)
}

describe.each([
  ['plain', PLAIN],
  ['compressed', GZIP],
])('in a %s batch', (_, attributes) => {
  const error = (bytes: Buffer, log = new LogHarness()) => log.produce(bytes).errorCode
  const [first, second] = [record(0), record(1)]

  it.each<[string, DeltaRecord[], Partial<BatchHeader>]>([
    ['more are counted than there are', [first, second], { recordCount: 3, lastOffsetDelta: 2 }],
    ['fewer are counted than there are', [first, second], { recordCount: 1, lastOffsetDelta: 0 }],
    ['the last offset is not that of the count', [first, second], { lastOffsetDelta: 4 }],
    ['there are none', [], { lastOffsetDelta: -1 }],
    ['their number is negative', [first], { recordCount: -1 }],
  ])('they are refused when %s', (_case, records, more) => {
    const log = new LogHarness()
    expect(error(sent(records, { attributes, ...more }), log)).toBe(E.INVALID_RECORD)
    expect(log.records).toEqual([])
  })

  it.each([
    ['garbage', Buffer.from('ffffffff', 'hex')],
    ['a byte behind the last', Buffer.concat([writeDeltaRecords([first]), Buffer.alloc(1)])],
    ['headers of a negative number', Buffer.from('0e000000026b000001', 'hex')],
  ])('they are refused when they are %s', (_case, section) => {
    expect(error(sent([first], { attributes }, section))).toBe(E.INVALID_RECORD)
  })

  it('each without a key is named where the topic is compacted', () => {
    const log = new LogHarness().configure({ 'cleanup.policy': 'compact' })
    const records = [first, record(1, { key: null }), record(2, { key: null })]
    const message = 'Compacted topic cannot accept message without key in topic partition foo-0'
    expect(log.produce(sent(records, { attributes }))).toMatchObject({
      errorCode: E.INVALID_RECORD,
      logStartOffset: 0n,
      recordErrors: [
        { batchIndex: 1, batchIndexErrorMessage: message },
        { batchIndex: 2, batchIndexErrorMessage: message },
      ],
      errorMessage: `One or more records have been rejected due to 2 record errors in total, and only showing the first three errors at most: [RecordError(batchIndex=1, message='${message}'), RecordError(batchIndex=2, message='${message}')]`,
    })
    expect(error(sent([first], { attributes }), log)).toBe(E.NONE)
  })

  it('each of a time that is not allowed is named', () => {
    const log = new LogHarness().configure({
      'message.timestamp.before.max.ms': '1000',
      'message.timestamp.after.max.ms': '2000',
    })
    const records = [record(0, { timestampDelta: -5000n }), record(1, { timestampDelta: 9000n }), record(2)]
    const message = (time: number, i: number) =>
      `Timestamp ${time} of message with offset ${i} is out of range. The timestamp should be within [999000, 1002000]`
    expect(log.produce(sent(records, { attributes }))).toMatchObject({
      errorCode: E.INVALID_TIMESTAMP,
      recordErrors: [
        { batchIndex: 0, batchIndexErrorMessage: message(995_000, 0) },
        { batchIndex: 1, batchIndexErrorMessage: message(1_009_000, 1) },
      ],
      errorMessage: 'One or more records have been rejected due to invalid timestamp',
    })
    expect(error(sent([record(0, { timestampDelta: -NOW_MS - 1n })], { attributes }), log)).toBe(E.NONE)
  })

  it('an hour ahead is too far unless told otherwise', () => {
    expect(error(sent([record(0, { timestampDelta: 3_600_001n })], { attributes }))).toBe(E.INVALID_TIMESTAMP)
    expect(error(sent([record(0, { timestampDelta: 3_600_000n })], { attributes }))).toBe(E.NONE)
  })

  it('none may say that the log chose its time where it does', () => {
    const log = new LogHarness().configure({ 'message.timestamp.type': 'LogAppendTime' })
    const kind = attributes === PLAIN ? 'DefaultRecord' : 'PartialDefaultRecord'
    const [refusal] = log.produce(sent([first], { attributes: attributes | 8 })).recordErrors
    expect(refusal?.batchIndexErrorMessage).toBe(
      `Invalid timestamp type in message ${kind}(offset=0, timestamp=1000000, key=1 bytes, value=1 bytes). Producer should not set timestamp type to LogAppendTime.`,
    )
    expect(error(sent([record(0, { timestampDelta: 4_000_000n })], { attributes }), log)).toBe(E.NONE)
  })

  it('what the batch says of its newest time is put right, with the CRC', () => {
    const log = new LogHarness()
    log.produce(
      sent([first, record(1, { timestampDelta: 7n })], { attributes: attributes | 8, maxTimestampMs: 5n }),
    )
    const header = readBatchHeader(partitionOf(log.fetch(0)).records as Buffer)
    expect(header).toMatchObject({ attributes, maxTimestampMs: NOW_MS + 7n })
    const again = new LogHarness()
    expect(again.produce(Buffer.concat([partitionOf(log.fetch(0)).records as Buffer])).errorCode).toBe(E.NONE)
  })
})

it('offsets that are no count are taken in a plain batch, where Kafka does not look, and else trip it', () => {
  const records = [record(1), record(5)]
  expect(new LogHarness().produce(sent(records)).errorCode).toBe(E.NONE)
  expect(new LogHarness().produce(sent(records, { attributes: GZIP })).errorCode).toBe(E.UNKNOWN_SERVER_ERROR)
})

it.each([1, 2, 3, 4])('bytes that codec %i cannot unpack fail as they do in Kafka', (attributes) => {
  const good = sent([record(0)])
  const header = { ...readBatchHeader(good), attributes }
  const bytes = encodeBatch(header, good.subarray(BATCH_HEADER_BYTES))
  expect(new LogHarness().produce(bytes)).toMatchObject({
    errorCode: E.UNKNOWN_SERVER_ERROR,
    errorMessage: null,
  })
})

it('garbage behind the batch is left out, and sizes and magics that none has are corrupt', () => {
  const log = new LogHarness()
  expect(log.produce(Buffer.concat([batchOf('a'), Buffer.alloc(5)])).errorCode).toBe(E.NONE)
  expect(log.produce(Buffer.alloc(20))).toMatchObject({
    errorCode: E.CORRUPT_MESSAGE,
    errorMessage: 'Record size 0 is less than the minimum record overhead (14)',
  })
  const magic3 = batchOf('a')
  magic3.writeInt8(3, 16)
  expect(log.produce(magic3)).toMatchObject({
    errorCode: E.CORRUPT_MESSAGE,
    errorMessage: 'Invalid magic found in record: 3',
  })
})

it('zstd is of v7 and later', () => {
  const bytes = batch({ attributes: 4, compression }, 'a')
  expect(new LogHarness().produce(bytes, { version: 6 }).errorCode).toBe(E.UNSUPPORTED_COMPRESSION_TYPE)
  expect(new LogHarness().produce(bytes, { version: 7 }).errorCode).toBe(E.NONE)
})

it('a batch that comes twice is answered with its offset and its time', () => {
  const log = new LogHarness()
  const again = () => sent([record(0)], { producerId: 1n, producerEpoch: 0, baseSequence: 0 })
  expect(log.produce(again())).toMatchObject({ baseOffset: 0n, logAppendTimeMs: -1n })
  expect(log.produce(again())).toMatchObject({ errorCode: E.NONE, baseOffset: 0n, logAppendTimeMs: NOW_MS })
  expect(log.list(-1n).offset).toBe(1n)
})
