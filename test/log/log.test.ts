// Partitions in memory: what is produced is fetched, in order, byte for byte but for offset and epoch.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/log/log.js'
import { withoutTopics, withTopics } from '../../src/metadata/changes.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { readBatchHeader } from '../../src/protocol/records/batch.js'
import { CONTROL_FLAG, LOG_APPEND_TIME_FLAG, TRANSACTIONAL_FLAG } from '../../src/protocol/records/header.js'
import { compression } from '../../src/server/compression.js'
import { FOO } from '../coordinator/harness.js'
import { batch, batchOf, LogHarness, partitionOf, valuesIn } from './harness.js'

describe('Produce', () => {
  it('gives records their offsets and keeps the batch as it was sent', () => {
    const log = new LogHarness()
    expect(log.produce(batchOf('a', 'b'))).toMatchObject({
      errorCode: E.NONE,
      baseOffset: 0n,
      logAppendTimeMs: -1n,
    })
    const sent = batchOf('c')
    expect(log.produce(sent)).toMatchObject({ baseOffset: 2n })
    const kept = partitionOf(log.fetch(2)).records!
    expect(valuesIn(kept)).toEqual(['2:c'])
    expect(kept.subarray(16)).toEqual(sent.subarray(16))
    expect(readBatchHeader(kept)).toMatchObject({ baseOffset: 2n, partitionLeaderEpoch: 0 })
  })

  it('keeps its own copy of the bytes', () => {
    const log = new LogHarness()
    const sent = batchOf('a')
    log.produce(sent)
    sent.fill(0)
    expect(valuesIn(partitionOf(log.fetch(0)).records)).toEqual(['0:a'])
  })

  describe('whose bytes nobody else reads', () => {
    const inFrame = (before: number, records: Buffer) => {
      const frame = Buffer.concat([Buffer.alloc(before), records, Buffer.alloc(5)])
      const memory = Buffer.from(new ArrayBuffer(frame.length))
      frame.copy(memory)
      return memory.subarray(before, before + records.length)
    }
    const large = batchOf('x'.repeat(1000))
    const kept = (log: LogHarness) => log.fetch(0).now.responses[0]?.partitions[0]?.records[0]

    it('keeps a batch where it came, when that is most of the memory it came in', () => {
      const log = new LogHarness()
      const sent = inFrame(100, large)
      log.produce(sent, { ownsBytes: true })
      expect(kept(log)?.buffer).toBe(sent.buffer)
      expect(valuesIn(kept(log) as Buffer)).toEqual([`0:${'x'.repeat(1000)}`])
    })

    it('copies one that would hold much more memory than it has bytes', () => {
      const log = new LogHarness()
      const sent = inFrame(500, large)
      log.produce(sent, { ownsBytes: true })
      expect(kept(log)?.buffer).not.toBe(sent.buffer)
    })
  })

  const corrupt = () => {
    const bytes = batchOf('a')
    bytes.writeUInt8(bytes.at(-2)! ^ 1, bytes.length - 2)
    return bytes
  }

  it.each([
    ['nothing', null, E.INVALID_RECORD],
    ['an empty set', Buffer.alloc(0), E.INVALID_RECORD],
    ['two batches', Buffer.concat([batchOf('a'), batchOf('b')]), E.INVALID_RECORD],
    ['a batch that is cut off', batchOf('a').subarray(0, -1), E.INVALID_RECORD],
    ['a batch of the wrong CRC', corrupt(), E.CORRUPT_MESSAGE],
    ['a batch with an offset', batch({ baseOffset: 5n }, 'a'), E.INVALID_RECORD],
    ['a control batch', batch({ attributes: CONTROL_FLAG }, 'a'), E.INVALID_RECORD],
    [
      'a transactional batch',
      batch({ attributes: TRANSACTIONAL_FLAG }, 'a'),
      E.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ],
    ['a producer without a sequence', batch({ producerId: 1n, producerEpoch: 0 }, 'a'), E.INVALID_RECORD],
    ['a batch that is too large', batchOf('x'.repeat(1_100_000)), E.MESSAGE_TOO_LARGE],
    ['an unknown codec', batch({ attributes: 7 }, 'a'), E.UNKNOWN_SERVER_ERROR],
  ])('refuses %s and keeps nothing of it', (_, bytes, errorCode) => {
    const log = new LogHarness()
    expect(log.produce(bytes)).toMatchObject({ errorCode, baseOffset: -1n })
    expect(log.list(-1n).offset).toBe(0n)
    expect(log.records).toEqual([])
  })

  it('refuses an older message format, zstd before v7, the far future, and unknown acks', () => {
    const log = new LogHarness()
    const magic1 = batchOf('a')
    magic1.writeInt8(1, 16)
    expect(log.produce(magic1).errorCode).toBe(E.INVALID_RECORD)
    expect(log.produce(batch({ attributes: 4 }, 'a'), { version: 6 }).errorCode).toBe(
      E.UNSUPPORTED_COMPRESSION_TYPE,
    )
    const records = [{ timestampMs: BigInt(log.nowMs + 3_600_001), value: null }]
    expect(log.produce(batch({ records })).errorCode).toBe(E.INVALID_TIMESTAMP)
    expect(log.produce(batchOf('a'), { acks: 2 }).errorCode).toBe(E.INVALID_REQUIRED_ACKS)
  })

  it('tells what does not exist, by name and by id', () => {
    const log = new LogHarness()
    expect(log.produce(batchOf('a'), { name: 'none' }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(log.produce(batchOf('a'), { partition: 3 }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(log.produce(batchOf('a'), { version: 13 }).errorCode).toBe(E.UNKNOWN_TOPIC_ID)
    expect(log.produce(batchOf('a'), { version: 13, topicId: FOO.id, partition: 9 }).errorCode).toBe(
      E.UNKNOWN_TOPIC_OR_PARTITION,
    )
    expect(log.produce(batchOf('a'), { version: 13, topicId: FOO.id }).errorCode).toBe(E.NONE)
  })

  it('stamps the append time where the topic says so', () => {
    const log = new LogHarness()
    const configs = new Map([['message.timestamp.type', 'LogAppendTime']])
    log.image = withTopics(log.image, [{ ...FOO, configs }])
    expect(log.produce(batchOf('a')).logAppendTimeMs).toBe(BigInt(log.nowMs))
    const header = readBatchHeader(partitionOf(log.fetch(0)).records!)
    expect(header.maxTimestampMs).toBe(BigInt(log.nowMs))
    expect(header.attributes & LOG_APPEND_TIME_FLAG).toBe(LOG_APPEND_TIME_FLAG)
  })
})

describe('an idempotent producer', () => {
  const from = (baseSequence: number, producerEpoch = 0, ...values: string[]) =>
    batch({ producerId: 9n, producerEpoch, baseSequence }, ...(values.length > 0 ? values : ['v']))

  it('that sends a batch again is answered with its first offset', () => {
    const log = new LogHarness()
    log.produce(from(0))
    log.produce(from(1, 0, 'x', 'y'))
    expect(log.produce(from(1, 0, 'x', 'y'))).toMatchObject({ errorCode: E.NONE, baseOffset: 1n })
    expect(log.produce(from(0))).toMatchObject({ errorCode: E.NONE, baseOffset: 0n })
    expect(log.list(-1n).offset).toBe(3n)
  })

  it('may not leave a gap, nor come with an older epoch', () => {
    const log = new LogHarness()
    log.produce(from(0, 3))
    expect(log.produce(from(2, 3)).errorCode).toBe(E.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(log.produce(from(1, 2)).errorCode).toBe(E.INVALID_PRODUCER_EPOCH)
    expect(log.produce(from(1, 4)).errorCode).toBe(E.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(log.produce(from(0, 4)).errorCode).toBe(E.NONE)
  })

  it('is remembered for five batches, begins anywhere, and wraps its sequence', () => {
    const log = new LogHarness()
    log.produce(from(0x7fffffff))
    expect(log.produce(from(0)).errorCode).toBe(E.NONE)
    for (let i = 1; i < 6; i++) log.produce(from(i))
    expect(log.produce(from(1)).baseOffset).toBe(2n)
    expect(log.produce(from(0)).errorCode).toBe(E.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })
})

describe('Fetch', () => {
  it('gives batches as they are kept, each in a piece of its own: none is copied', () => {
    const log = new LogHarness()
    for (const value of ['a', 'b', 'c']) log.produce(batchOf(value))
    const pieces = () => log.fetch(1).now.responses[0]?.partitions[0]?.records ?? []
    expect(pieces().map((piece) => valuesIn(piece)[0])).toEqual(['1:b', '2:c'])
    expect(pieces()[0]).toBe(pieces()[0])
  })

  it('gives the batch that holds the offset, and all after it', () => {
    const log = new LogHarness()
    log.produce(batchOf('a', 'b'))
    log.produce(batchOf('c'))
    const { highWatermark, lastStableOffset, logStartOffset, records } = partitionOf(log.fetch(1))
    expect(valuesIn(records)).toEqual(['0:a', '1:b', '2:c'])
    expect([highWatermark, lastStableOffset, logStartOffset]).toEqual([3n, 3n, 0n])
  })

  it('waits for records, and no longer than it was told to', () => {
    const log = new LogHarness()
    const waiting = log.fetch(0)
    log.produce(batchOf('other'), { partition: 1 })
    expect(waiting.answer).toBeUndefined()
    log.produce(batchOf('a'))
    expect(valuesIn(partitionOf(waiting).records)).toEqual(['0:a'])
    const vain = log.fetch(1)
    log.advance(499)
    expect(vain.answer).toBeUndefined()
    log.advance(1)
    expect(partitionOf(vain)).toMatchObject({ errorCode: E.NONE, records: Buffer.alloc(0) })
    expect(log.timers.size).toBe(0)
  })

  // npm run simulate, seed 24: it was shown a batch that a failed append then took back
  it('that waits when the log is given up is shown nothing: what is there may not be durable', () => {
    const log = new LogHarness()
    const waiting = log.fetch(0, { minBytes: 1000 })
    log.produce(batchOf('a'))
    log.step({ type: 'unload' })
    const { errorCode, highWatermark, records } = partitionOf(waiting)
    expect([errorCode, highWatermark, records?.length]).toEqual([E.NOT_LEADER_OR_FOLLOWER, -1n, 0])
    expect(log.timers.size).toBe(0)
  })

  it('waits until min.bytes have come', () => {
    const log = new LogHarness()
    const size = batchOf('a').length
    const waiting = log.fetch(0, { minBytes: 2 * size })
    log.produce(batchOf('a'))
    expect(waiting.answer).toBeUndefined()
    log.produce(batchOf('b'))
    expect(valuesIn(partitionOf(waiting).records)).toEqual(['0:a', '1:b'])
  })

  it('keeps to its limits, but always gives a first batch', () => {
    const log = new LogHarness()
    for (const value of ['a', 'b', 'c']) log.produce(batchOf(value))
    const size = batchOf('a').length
    const fetched = (more: object) => valuesIn(partitionOf(log.fetch(0, more)).records)
    expect(fetched({ partition: { partitionMaxBytes: 1 } })).toEqual(['0:a'])
    expect(fetched({ partition: { partitionMaxBytes: 2 * size } })).toEqual(['0:a', '1:b'])
    expect(fetched({ maxBytes: size })).toEqual(['0:a'])
  })

  it('tells what is out of range, unknown, or of another epoch', () => {
    const log = new LogHarness()
    const code = (more: object, offset = 0) => partitionOf(log.fetch(offset, more)).errorCode
    expect(code({}, 1)).toBe(E.OFFSET_OUT_OF_RANGE)
    expect(code({}, -1)).toBe(E.OFFSET_OUT_OF_RANGE)
    expect(code({ partition: { partition: 7 } })).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(code({ version: 13 })).toBe(E.UNKNOWN_TOPIC_ID)
    expect(code({ partition: { currentLeaderEpoch: 1 } })).toBe(E.UNKNOWN_LEADER_EPOCH)
    log.image = withTopics(log.image, [
      { ...FOO, partitions: FOO.partitions.map((partition) => ({ ...partition, leaderEpoch: 2 })) },
    ])
    expect(code({ partition: { currentLeaderEpoch: 1 } })).toBe(E.FENCED_LEADER_EPOCH)
  })

  it('without partitions is answered at once', () => {
    expect(new LogHarness().fetch(0, { topics: [] }).now.responses).toEqual([])
  })

  it('is told when its topic is deleted, and forgotten when its client is gone', () => {
    const log = new LogHarness()
    const [waiting, lost] = [log.fetch(0), log.fetch(0)]
    log.step({ type: 'dropTicket', dropped: lost })
    log.image = withoutTopics(log.image, [FOO])
    log.step({ type: 'topicsDeleted', topics: [FOO] })
    expect(partitionOf(waiting).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(lost.answer).toBeUndefined()
    expect(log.timers.size).toBe(0)
  })
})

describe('ListOffsets', () => {
  const filled = () => {
    const log = new LogHarness()
    const at = (timestampMs: bigint, attributes = 0) =>
      batch({
        attributes,
        compression,
        records: [timestampMs, timestampMs + 5n].map((t) => ({ timestampMs: t, value: null })),
      })
    log.produce(at(100n))
    log.produce(at(200n, 1))
    return log
  }

  it.each([
    [-2n, 0n, -1n],
    [-1n, 4n, -1n],
    [-3n, 3n, 205n],
    [-4n, 0n, -1n],
    [-5n, -1n, -1n],
    [0n, 0n, 100n],
    [101n, 1n, 105n],
    [201n, 3n, 205n],
    [206n, -1n, -1n],
  ])('at %i gives offset %i of time %i', (timestamp, offset, found) => {
    expect(filled().list(timestamp, { version: 11 })).toMatchObject({
      errorCode: E.NONE,
      offset,
      timestamp: found,
    })
  })

  it('gives segment boundaries in v0', () => {
    const log = filled()
    expect(log.list(-1n, { version: 0, maxNumOffsets: 9 }).oldStyleOffsets).toEqual([4n, 0n])
    expect(log.list(-1n, { version: 0 }).oldStyleOffsets).toEqual([4n])
    expect(log.list(-2n, { version: 0 }).oldStyleOffsets).toEqual([0n])
  })

  it('tells what is unknown, asked twice, or of another epoch', () => {
    const log = filled()
    expect(log.list(-1n, { name: 'none' }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(log.list(-1n, { partition: 5 }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(log.list(-1n, { times: 2 }).errorCode).toBe(E.INVALID_REQUEST)
    expect(log.list(-1n, { epoch: 3 }).errorCode).toBe(E.UNKNOWN_LEADER_EPOCH)
  })
})

describe('the log', () => {
  it('is the same after all its records are replayed', () => {
    const log = new LogHarness()
    log.produce(batch({ producerId: 1n, producerEpoch: 0, baseSequence: 0 }, 'a', 'b'))
    log.produce(batchOf('c'))
    const again = new LogHarness()
    again.machine = createLog({ compression })
    for (const record of log.records) again.machine.replay(record)
    expect(valuesIn(partitionOf(again.fetch(0)).records)).toEqual(['0:a', '1:b', '2:c'])
    const retry = batch({ producerId: 1n, producerEpoch: 0, baseSequence: 0 }, 'a', 'b')
    expect(again.produce(retry)).toMatchObject({ errorCode: E.NONE, baseOffset: 0n })
  })

  it('gives every record once and in order from any offset, and answers every fetch in time', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('produce' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('fetch' as const), from: fc.nat(20), minBytes: fc.nat(400) }),
      fc.record({ do: fc.constant('advance' as const), byMs: fc.nat(600) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40, size: 'max' }), (actions) => {
        const log = new LogHarness()
        const written: string[] = []
        const fetches: { from: number; atMs: number; pending: ReturnType<LogHarness['fetch']> }[] = []
        for (const step of actions) {
          if (step.do === 'produce') {
            const values = Array.from({ length: step.count }, (_, i) => `v${written.length + i}`)
            log.produce(batchOf(...values))
            written.push(...values.map((value, i) => `${written.length + i}:${value}`))
          } else if (step.do === 'fetch') {
            const from = Math.min(step.from, written.length)
            fetches.push({ from, atMs: log.nowMs, pending: log.fetch(from, { minBytes: step.minBytes }) })
          } else log.advance(step.byMs)
        }
        for (const { from, atMs, pending } of fetches) {
          if (pending.answer === undefined) {
            expect(log.nowMs - atMs).toBeLessThan(500)
            continue
          }
          const values = valuesIn(partitionOf(pending).records).filter(
            (value) => Number.parseInt(value, 10) >= from,
          )
          expect(written.slice(from, from + values.length)).toEqual(values)
        }
        log.advance(500)
        expect(fetches.every(({ pending }) => pending.answer !== undefined)).toBe(true)
        expect(log.machine.state.parked.size + log.machine.state.waiting.size + log.timers.size).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
