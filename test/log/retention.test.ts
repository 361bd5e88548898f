// What goes without being asked for: by time, by size, by the limits of memory, and by newer records of the same key.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/log/log.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { TRANSACTIONAL_FLAG } from '../../src/protocol/records/header.js'
import { compression } from '../../src/server/compression.js'
import { batchOf, LogHarness, partitionOf, valuesIn } from './harness.js'

const DAY_MS = 86_400_000
const SIZE = batchOf('a').length

function aged(log: LogHarness, timestampMs: number, value: string, key: string | null = null): void {
  const record = { timestampMs: BigInt(timestampMs), key: key === null ? null : Buffer.from(key) }
  log.produce(buildBatch({ records: [{ ...record, value: Buffer.from(value) }] }))
}

const all = (log: LogHarness, partition = 0) => {
  const asked = { partition, partitionMaxBytes: 100_000_000 }
  const start = Number(log.list(-2n, { partition }).offset)
  return valuesIn(partitionOf(log.fetch(start, { partition: asked, maxWaitMs: 0 })).records)
}

describe('retention by time', () => {
  it('takes what is older, from the oldest on, and the offsets go on', () => {
    const log = new LogHarness().configure({ 'retention.ms': '1000' })
    for (const ms of [1_000_000, 1_000_400, 1_000_900]) aged(log, ms, `${ms}`)
    log.clean(1000)
    expect(all(log)).toHaveLength(3)
    log.clean(1500)
    expect(all(log)).toEqual(['2:1000900'])
    log.clean(DAY_MS)
    expect(all(log)).toEqual([])
    expect(log.list(-2n).offset).toBe(3n)
    expect(log.produce(batchOf('d'))).toMatchObject({ baseOffset: 3n })
  })

  it('is a week unless told otherwise, for ever with -1, and never where there are no times', () => {
    const [usual, forEver, timeless] = [new LogHarness(), new LogHarness(), new LogHarness()]
    forEver.configure({ 'retention.ms': '-1' })
    aged(usual, usual.nowMs, 'a')
    aged(forEver, forEver.nowMs, 'a')
    aged(timeless, -1, 'a')
    for (const log of [usual, forEver, timeless]) log.clean(7 * DAY_MS)
    expect([usual, forEver, timeless].map((log) => all(log).length)).toEqual([1, 1, 1])
    for (const log of [usual, forEver, timeless]) log.clean(7 * DAY_MS + 1)
    expect([usual, forEver, timeless].map((log) => all(log).length)).toEqual([0, 1, 1])
  })

  it('stops at the first that is young: what is behind it stays, whatever its time', () => {
    const log = new LogHarness().configure({ 'retention.ms': '1000' })
    for (const ms of [1_000_000, 1_005_000, 1_000_000]) aged(log, ms, 'v')
    log.clean(2000)
    expect(all(log)).toEqual(['1:v', '2:v'])
  })

  it('is not of a topic that is only compacted', () => {
    const log = new LogHarness().configure({ 'retention.ms': '1', 'cleanup.policy': 'compact' })
    aged(log, log.nowMs, 'a', 'k')
    log.clean(DAY_MS)
    expect(all(log)).toEqual(['0:a'])
  })
})

it('retention by size keeps at least so many bytes', () => {
  const log = new LogHarness().configure({ 'retention.bytes': String(SIZE * 2), 'retention.ms': '-1' })
  for (const value of ['a', 'b', 'c', 'd']) log.produce(batchOf(value))
  log.clean()
  expect(all(log)).toEqual(['2:c', '3:d'])
})

describe('memory', () => {
  function limited(logMaxBytes: number, topicMaxBytes: number): LogHarness {
    const log = new LogHarness()
    log.image = { ...log.image, settings: { ...log.image.settings, logMaxBytes, topicMaxBytes } }
    return log
  }

  it.each([
    ['in all', SIZE * 16, SIZE * 1000],
    ['of a topic', SIZE * 1000, SIZE * 16],
  ])('is bounded %s, whatever retention says', (_, logMaxBytes, topicMaxBytes) => {
    const log = limited(logMaxBytes, topicMaxBytes)
    for (let i = 0; i < 100; i++) {
      log.produce(batchOf('a'), { partition: i % 3 === 0 ? 1 : 0 })
      expect(log.machine.state.sizeBytes).toBeLessThanOrEqual(SIZE * 16)
    }
    expect(log.machine.state.sizeBytes).toBeGreaterThan(SIZE * 12)
    expect(all(log).at(-1)).toBe('65:a')
    expect(all(log, 1).at(-1)).toBe('33:a')
  })

  it('always has room for the newest batch', () => {
    const log = limited(10, 10)
    for (const value of ['a', 'b']) log.produce(batchOf(value))
    expect(all(log)).toEqual(['1:b'])
  })

  it('is counted right through all that changes it', () => {
    const log = limited(SIZE * 20, SIZE * 20)
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 60 }), (steps) => {
        for (const step of steps) {
          if (step < 4) log.produce(batchOf('x'.repeat(step * 7)), { partition: step % 3 })
          else if (step === 4) log.deleteRecords(log.list(-1n).offset / 2n)
          else log.clean(DAY_MS)
        }
        const partitions = [...log.machine.state.topics.values()].flatMap((topic) => [...topic.values()])
        const bytes = partitions.flatMap(({ batches }) => batches).reduce((sum, b) => sum + b.bytes.length, 0)
        expect(log.machine.state.sizeBytes).toBe(bytes)
        expect([...log.machine.state.sizeByTopic.values()].reduce((a, b) => a + b, 0)).toBe(bytes)
      }),
      { numRuns: 50, seed: 3 },
    )
  })
})

describe('compaction', () => {
  const compacted = (more = {}) => new LogHarness().configure({ 'cleanup.policy': 'compact', ...more })
  const keyed = (log: LogHarness, pairs: [string, string | null][], attributes = 0) =>
    log.produce(
      buildBatch({
        records: pairs.map(([key, value]) => ({
          timestampMs: BigInt(log.nowMs),
          key: Buffer.from(key),
          value: value === null ? null : Buffer.from(value),
        })),
        attributes,
        compression,
      }),
    )

  it.each([0, 1, 2, 3, 4])('keeps the newest record of a key at its offset, with codec %i', (codec) => {
    const log = compacted()
    keyed(
      log,
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
      codec,
    )
    keyed(log, [['c', '4']], codec)
    keyed(log, [['b', '5']], codec)
    const before = log.machine.state.sizeBytes
    log.clean()
    expect(all(log)).toEqual(['2:3', '3:4', '4:5'])
    expect(log.machine.state.sizeBytes).toBeLessThan(before)
    expect(log.list(-2n).offset).toBe(0n)
    expect(log.list(-1n).offset).toBe(5n)
    expect(valuesIn(partitionOf(log.fetch(1)).records)[0]).toBe('2:3')
  })

  it('drops a batch of which nothing is left, but never the newest', () => {
    const log = compacted()
    for (const value of ['1', '2', '3']) keyed(log, [['a', value]])
    log.clean()
    expect(all(log)).toEqual(['2:3'])
    expect(log.stored()).toHaveLength(1)
  })

  it('keeps a tombstone until delete.retention.ms has passed', () => {
    const log = compacted({ 'delete.retention.ms': '1000' })
    keyed(log, [['a', '1']])
    keyed(log, [['a', null]])
    keyed(log, [['b', '2']])
    log.clean()
    expect(all(log)).toEqual(['1:null', '2:2'])
    keyed(log, [['c', '3']])
    log.clean(1001)
    expect(all(log)).toEqual(['2:2', '3:3'])
  })

  it('leaves alone what is younger than min.compaction.lag.ms, and transactions', () => {
    const log = compacted({ 'min.compaction.lag.ms': '1000' })
    for (const value of ['1', '2']) keyed(log, [['a', value]])
    log.clean(500)
    expect(all(log)).toEqual(['0:1', '1:2'])
    log.clean(1000)
    expect(all(log)).toEqual(['1:2'])
    expect(keyed(log, [['a', '3']], TRANSACTIONAL_FLAG).baseOffset).toBe(-1n)
  })

  it('gives the same when it is loaded again', () => {
    const log = compacted()
    for (const [key, value] of ['a1', 'b2', 'c3', 'a4', 'b5'].map((pair) => [...pair])) {
      keyed(log, [
        [key as string, value as string],
        ['x', value as string],
      ])
    }
    log.clean()
    const again = new LogHarness()
    again.machine = createLog({ compression })
    for (const record of log.stored()) again.machine.replay(record)
    expect(all(log)).toEqual(['4:3', '6:4', '8:5', '9:5'])
    expect(all(again)).toEqual(all(log))
    expect(again.machine.state.sizeBytes).toBe(log.machine.state.sizeBytes)
  })
})
