// Clients before 0.11: what they send becomes a batch, what they read is made of one, as Apache Kafka 3.9.1 answers the same bytes.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch, readBatchHeader, readRecords } from '../../src/protocol/records/batch.js'
import { LOG_APPEND_TIME_FLAG } from '../../src/protocol/records/header.js'
import { entryBytes, readMessage, unwrap, writeMessage } from '../../src/protocol/records/message-set.js'
import { compression } from '../../src/server/compression.js'
import { batchOf, LogHarness, partitionOf } from './harness.js'

const CODECS = [1, 2, 3]
const ZSTD = 4

function message(
  offset: number,
  magic: number,
  value: string | null,
  timestampMs = 1000n,
  key: string | null = 'k',
) {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
  return writeMessage({
    ...{ offset: BigInt(offset), magic, attributes: 0, timestampMs },
    ...{ key: bytes(key), value: bytes(value) },
  })
}

function wrapper(magic: number, codec: number, offset: number, ...inner: Buffer[]): Buffer {
  const value = compression.compress(codec, Buffer.concat(inner))
  return writeMessage({
    offset: BigInt(offset),
    magic,
    attributes: codec,
    timestampMs: 1000n,
    key: null,
    value,
  })
}

const pair = (magic: number) => [message(0, magic, 'x'), message(1, magic, 'y', 1005n)]

/** offset:time:value of what stands in the log. */
function kept(log: LogHarness): string[] {
  const bytes = partitionOf(log.fetch(0, { maxWaitMs: 0 })).records as Buffer
  if (bytes.length === 0) return []
  const records = readRecords(bytes, readBatchHeader(bytes), compression)
  return records.map(({ offset, timestampMs, value }) => `${offset}:${timestampMs}:${value}`)
}

/** As an old client sees it: the messages, in brackets where one wraps others. */
function fetched(log: LogHarness, version: number, offset = 0, more = {}): string[] {
  const bytes = partitionOf(log.fetch(offset, { version, maxWaitMs: 0, ...more })).records as Buffer
  const seen: string[] = []
  for (let at = 0; at < bytes.length; at += entryBytes(bytes, at) as number) {
    const found = readMessage(bytes, at)
    const records = unwrap(found, compression).map((r) => `${r.offset}:${r.timestampMs}:${r.value}`)
    seen.push(found.attributes === 0 ? records.join() : `m${found.magic}@${found.offset}[${records}]`)
  }
  return seen
}

describe('Produce of messages', () => {
  it.each([0, 1])('of magic 0 in v%i gives them no time', (version) => {
    const log = new LogHarness()
    expect(log.produce(Buffer.concat(pair(0)), { version })).toMatchObject({
      errorCode: E.NONE,
      baseOffset: 0n,
    })
    expect(kept(log)).toEqual(['0:-1:x', '1:-1:y'])
  })

  it('of magic 1 keeps their times, whatever offsets they have', () => {
    const log = new LogHarness()
    log.produce(Buffer.concat([message(7, 1, 'x'), message(7, 1, 'y', 1005n)]), { version: 2 })
    expect(kept(log)).toEqual(['0:1000:x', '1:1005:y'])
  })

  it.each(CODECS)('that are wrapped with codec %i keeps the codec', (codec) => {
    for (const magic of [0, 1]) {
      const log = new LogHarness()
      const sent = wrapper(magic, codec, 1, ...pair(magic))
      expect(log.produce(sent, { version: 2 })).toMatchObject({ errorCode: E.NONE })
      expect(readBatchHeader(partitionOf(log.fetch(0)).records as Buffer).attributes).toBe(codec)
      expect(kept(log)).toEqual(magic === 0 ? ['0:-1:x', '1:-1:y'] : ['0:1000:x', '1:1005:y'])
    }
  })

  it('stamps them where the topic says so', () => {
    const log = new LogHarness().configure({ 'message.timestamp.type': 'LogAppendTime' })
    const answer = log.produce(message(0, 1, 'x'), { version: 2 })
    expect(answer.logAppendTimeMs).toBe(BigInt(log.nowMs))
    expect(kept(log)).toEqual([`0:${log.nowMs}:x`])
  })

  it('takes a batch of magic 2 as it is', () => {
    const log = new LogHarness()
    expect(log.produce(batchOf('z'), { version: 2 })).toMatchObject({ errorCode: E.NONE, baseOffset: 0n })
    const two = Buffer.concat([batchOf('z'), batchOf('z')])
    expect(log.produce(two, { version: 2 }).errorCode).toBe(E.INVALID_RECORD)
  })

  it('leaves out what is cut off, and keeps nothing where that is all', () => {
    const log = new LogHarness()
    const cut = message(1, 1, 'y').subarray(0, 20)
    expect(log.produce(Buffer.concat([message(0, 1, 'x'), cut]), { version: 2 })).toMatchObject({
      baseOffset: 0n,
    })
    for (const nothing of [cut, Buffer.alloc(0)]) {
      expect(log.produce(nothing, { version: 2 })).toMatchObject({ errorCode: E.NONE, baseOffset: -1n })
    }
    expect(kept(log)).toEqual(['0:1000:x'])
  })

  const broken = message(0, 1, 'x')
  broken.writeUInt8(broken.at(-1)! ^ 1, broken.length - 1)
  const raw = (attributes: number, value: Buffer | null) =>
    writeMessage({ offset: 0n, magic: 1, attributes, timestampMs: 5n, key: null, value })
  it.each([
    ['a wrong CRC', broken, E.CORRUPT_MESSAGE],
    ['a wrong CRC in the second', Buffer.concat([message(0, 1, 'x'), broken]), E.CORRUPT_MESSAGE],
    ['a wrong CRC within', wrapper(1, 1, 0, broken), E.CORRUPT_MESSAGE],
    ['mixed magics', Buffer.concat([message(0, 0, 'x'), message(1, 1, 'y')]), E.INVALID_RECORD],
    ['another magic within', wrapper(1, 1, 0, message(0, 0, 'x')), E.INVALID_RECORD],
    ['a wrapper within', wrapper(1, 1, 0, wrapper(1, 1, 0, message(0, 1, 'x'))), E.INVALID_RECORD],
    [
      'two wrappers',
      Buffer.concat([wrapper(1, 1, 0, message(0, 1, 'x')), wrapper(1, 1, 1, message(0, 1, 'y'))]),
      E.INVALID_RECORD,
    ],
    [
      'offsets within that are no count',
      wrapper(1, 1, 1, message(5, 1, 'x'), message(9, 1, 'y')),
      E.INVALID_RECORD,
    ],
    ['a wrapper with nothing in it', wrapper(1, 1, 0), E.INVALID_RECORD],
    ['a wrapper without a value', raw(1, null), E.INVALID_RECORD],
    ['zstd', raw(ZSTD, Buffer.from('abc')), E.INVALID_RECORD],
    ['an unknown codec', raw(5, Buffer.from('abc')), E.UNKNOWN_SERVER_ERROR],
    ['bytes that are no gzip', raw(1, Buffer.from('abc')), E.UNKNOWN_SERVER_ERROR],
    ['a time below -1', message(0, 1, 'x', -2n), E.UNKNOWN_SERVER_ERROR],
  ])('refuses %s', (_, bytes, errorCode) => {
    const log = new LogHarness()
    expect(log.produce(bytes, { version: 2 })).toMatchObject({ errorCode, baseOffset: -1n })
    expect(kept(log)).toEqual([])
  })

  it('refuses one without a key where the topic is compacted, and what is larger than may be', () => {
    const compacted = new LogHarness().configure({ 'cleanup.policy': 'compact' })
    expect(compacted.produce(message(0, 1, 'x', 1000n, null), { version: 2 }).errorCode).toBe(
      E.INVALID_RECORD,
    )
    const small = new LogHarness().configure({ 'max.message.bytes': '110' })
    const [a, b] = [message(0, 1, 'x'.repeat(50)), message(1, 1, 'x'.repeat(50))]
    expect(small.produce(Buffer.concat([a, b]), { version: 2 }).errorCode).toBe(E.MESSAGE_TOO_LARGE)
    expect(small.produce(message(0, 1, 'x'.repeat(200)), { version: 2 }).errorCode).toBe(E.MESSAGE_TOO_LARGE)
  })

  it('takes none from v3 on', () => {
    expect(new LogHarness().produce(message(0, 1, 'x'), { version: 3 }).errorCode).toBe(E.INVALID_RECORD)
  })
})

describe('Fetch of messages', () => {
  const records = (tag: string) =>
    ['a', 'b', 'c'].map((letter, i) => ({
      timestampMs: 1000n + BigInt(i),
      value: Buffer.from(letter + tag),
      headers: [{ key: Buffer.from('h'), value: null }],
    }))
  function full(...attributes: number[]): LogHarness {
    const log = new LogHarness()
    for (const codec of attributes)
      log.produce(buildBatch({ records: records(`${codec}`), attributes: codec, compression }))
    return log
  }

  it.each([0, 1])('in v%i has magic 0, without times', (version) => {
    expect(fetched(full(0, 1), version, 1)).toEqual(['1:-1:b0', '2:-1:c0', 'm0@5[3:-1:a1,4:-1:b1,5:-1:c1]'])
  })

  it.each([2, 3])('in v%i has magic 1', (version) => {
    expect(fetched(full(0, 1, 2, 3), version, 2)).toEqual([
      '2:1002:c0',
      'm1@5[3:1000:a1,4:1001:b1,5:1002:c1]',
      'm1@8[6:1000:a2,7:1001:b2,8:1002:c2]',
      'm1@11[9:1000:a3,10:1001:b3,11:1002:c3]',
    ])
  })

  it('has a batch as a whole where the offset is within a compressed one', () => {
    expect(fetched(full(1), 3, 2)).toEqual(['m1@2[0:1000:a1,1:1001:b1,2:1002:c1]'])
  })

  it('tells that the log chose the time', () => {
    const log = new LogHarness().configure({ 'message.timestamp.type': 'LogAppendTime' })
    log.produce(batchOf('a'))
    const bytes = partitionOf(log.fetch(0, { version: 2 })).records as Buffer
    expect(readMessage(bytes)).toMatchObject({
      attributes: LOG_APPEND_TIME_FLAG,
      timestampMs: BigInt(log.nowMs),
    })
  })

  it('ends before zstd, which has no old form, and fails where it would begin with it', () => {
    const log = full(0, ZSTD)
    expect(fetched(log, 3)).toEqual(['0:1000:a0', '1:1001:b0', '2:1002:c0'])
    expect(partitionOf(log.fetch(3, { version: 3 })).errorCode).toBe(E.UNSUPPORTED_COMPRESSION_TYPE)
    expect(partitionOf(log.fetch(3, { version: 4 })).errorCode).toBe(E.NONE)
  })

  it('until v2 keeps to its limit, even if that means nothing', () => {
    const partition = { partitionMaxBytes: 10 }
    expect(fetched(full(0), 2, 0, { partition })).toEqual([])
    expect(fetched(full(0), 3, 0, { partition })).toHaveLength(3)
  })
})
