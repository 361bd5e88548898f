// The beginning of a partition and the epochs within it, with the answers that Apache Kafka 4.4.0 gave to the same.

import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/log/log.js'
import { withoutTopics, withTopics } from '../../src/metadata/changes.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { compression } from '../../src/server/compression.js'
import { FOO } from '../coordinator/harness.js'
import { batchOf, LogHarness, partitionOf, valuesIn } from './harness.js'

function nine(): LogHarness {
  const log = new LogHarness()
  for (const letter of ['a', 'b', 'c']) log.produce(batchOf(letter, letter, letter))
  return log
}

describe('DeleteRecords', () => {
  it('moves the beginning, also into a batch, and never back', () => {
    const log = nine()
    expect(log.deleteRecords(4n)).toEqual({ partitionIndex: 0, lowWatermark: 4n, errorCode: E.NONE })
    expect(log.deleteRecords(2n)).toMatchObject({ lowWatermark: 4n, errorCode: E.NONE })
    expect(log.list(-2n).offset).toBe(4n)
    expect(partitionOf(log.fetch(3))).toMatchObject({ errorCode: E.OFFSET_OUT_OF_RANGE })
    // whole batches, as Kafka sends them: the reader drops what it did not ask for
    expect(valuesIn(partitionOf(log.fetch(4)).records)[0]).toBe('3:b')
    expect(log.machine.state.sizeBytes).toBe(batchOf('b', 'b', 'b').length * 2)
  })

  it('takes -1 for the end, and the offsets go on', () => {
    const log = nine()
    expect(log.deleteRecords(-1n)).toMatchObject({ lowWatermark: 9n })
    expect(log.machine.state.sizeBytes).toBe(0)
    expect(log.produce(batchOf('d'))).toMatchObject({ baseOffset: 9n, logStartOffset: 9n })
  })

  it.each([
    [10n, {}, E.OFFSET_OUT_OF_RANGE],
    [-2n, {}, E.OFFSET_OUT_OF_RANGE],
    [0n, { partition: 9 }, E.UNKNOWN_TOPIC_OR_PARTITION],
    [0n, { name: 'nosuch' }, E.UNKNOWN_TOPIC_OR_PARTITION],
  ])('refuses %s of %j', (offset, where, errorCode) => {
    expect(nine().deleteRecords(offset, where)).toMatchObject({ lowWatermark: -1n, errorCode })
  })

  it('is against the policy of a topic that is only compacted', () => {
    const log = nine()
    const compacted = { ...FOO, configs: new Map([['cleanup.policy', 'compact']]) }
    log.image = withTopics(log.image, [compacted])
    expect(log.deleteRecords(1n)).toMatchObject({ lowWatermark: -1n, errorCode: E.POLICY_VIOLATION })
  })

  it('is remembered in the records, also of a partition that is empty', () => {
    const log = nine()
    log.deleteRecords(-1n)
    const again = new LogHarness()
    again.machine = createLog({ compression })
    for (const record of log.stored()) again.machine.replay(record)
    expect(again.list(-1n).offset).toBe(9n)
    expect(again.list(-2n).offset).toBe(9n)
    log.image = withoutTopics(log.image, [FOO])
    log.step({ type: 'topicsDeleted', topics: [FOO] })
    expect(log.stored()).toEqual([])
  })
})

describe('OffsetForLeaderEpoch', () => {
  /** Epoch 0 wrote 0-2, epoch 2 wrote 3-5, epoch 4 leads. */
  function led(): LogHarness {
    const log = new LogHarness()
    log.produce(batchOf('a', 'a', 'a'))
    lead(log, 2)
    log.produce(batchOf('b', 'b', 'b'))
    lead(log, 4)
    return log
  }

  function lead(log: LogHarness, leaderEpoch: number): void {
    const partitions = FOO.partitions.map((partition) => ({ ...partition, leaderEpoch }))
    log.image = withTopics(log.image, [{ ...FOO, partitions }])
  }

  it.each([
    [-1, -1, -1n],
    [0, 0, 3n],
    [1, 0, 3n],
    [2, 2, 6n],
    [3, 2, 6n],
    [4, 4, 6n],
    [5, -1, -1n],
  ])('of %i is %i to %s', (asked, leaderEpoch, endOffset) => {
    expect(led().epoch(asked)).toEqual({ partition: 0, errorCode: E.NONE, leaderEpoch, endOffset })
  })

  it('fences who knows an older leader, and lets wait who knows a newer one', () => {
    expect(led().epoch(0, { current: 2 })).toMatchObject({ errorCode: E.FENCED_LEADER_EPOCH, endOffset: -1n })
    expect(led().epoch(0, { current: 5 })).toMatchObject({ errorCode: E.UNKNOWN_LEADER_EPOCH })
    expect(led().epoch(0, { name: 'nosuch' })).toMatchObject({ errorCode: E.UNKNOWN_TOPIC_OR_PARTITION })
  })

  it('knows nothing of epochs before the beginning', () => {
    const log = led()
    log.deleteRecords(4n)
    expect(log.epoch(0)).toMatchObject({ leaderEpoch: 0, endOffset: 4n })
    expect(log.epoch(2)).toMatchObject({ leaderEpoch: 2, endOffset: 6n })
  })
})

it('DescribeLogDirs tells the size of what is there', () => {
  const log = nine()
  const asked = [
    { topic: 'foo', partitions: [0, 9] },
    { topic: 'nosuch', partitions: [0] },
  ]
  const partitionSize = BigInt(batchOf('a', 'a', 'a').length * 3)
  expect(log.logDirs(asked)).toMatchObject([
    { logDir: '/d', topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, partitionSize }] }] },
  ])
  expect(log.logDirs(null)[0]?.topics[0]?.partitions).toHaveLength(3)
})
