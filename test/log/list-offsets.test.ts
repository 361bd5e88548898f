// Positions by time and the special ones, with the answers that Apache Kafka 4.4.0 gave to the same.

import { describe, expect, it } from 'vitest'
import { withTopics } from '../../src/metadata/changes.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { FOO } from '../coordinator/harness.js'
import { codecs } from '../vectors/codecs.js'
import { batchOf, LogHarness } from './harness.js'

function timed(attributes: number, ...timesMs: number[]): Buffer {
  const records = timesMs.map((timeMs) => ({ timestampMs: BigInt(timeMs), value: Buffer.from('v') }))
  return buildBatch({ records, attributes, compression: codecs })
}

describe.each([0, 1, 2, 3, 4])('in batches of codec %i', (codec) => {
  function log(): LogHarness {
    const made = new LogHarness()
    made.produce(timed(codec, 100, 300, 200))
    made.produce(timed(codec, 150, 400, 400))
    return made
  }

  it.each([
    [0n, 0n, 100n],
    [101n, 1n, 300n],
    [300n, 1n, 300n],
    [301n, 4n, 400n],
    [400n, 4n, 400n],
    [-3n, 4n, 400n],
  ])('%s is at %s', (timestamp, offset, found) => {
    expect(log().list(timestamp)).toMatchObject({
      errorCode: E.NONE,
      offset,
      timestamp: found,
      leaderEpoch: 0,
    })
  })

  it('nothing is younger than the youngest, and what is deleted is not found', () => {
    expect(log().list(401n)).toMatchObject({
      errorCode: E.NONE,
      offset: -1n,
      timestamp: -1n,
      leaderEpoch: -1,
    })
    const shorter = log()
    shorter.deleteRecords(2n)
    expect(shorter.list(0n)).toMatchObject({ offset: 2n, timestamp: 200n })
    expect(shorter.list(250n)).toMatchObject({ offset: 4n })
  })
})

describe('special positions', () => {
  const log = new LogHarness()
  log.produce(batchOf('a', 'b', 'c'))
  log.deleteRecords(1n)

  it.each([
    [-1n, 3n],
    [-2n, 1n],
    [-4n, 1n],
    [-5n, -1n],
    [-6n, -1n],
  ])('%s is %s', (timestamp, offset) => {
    expect(log.list(timestamp, { version: 11 })).toMatchObject({ errorCode: E.NONE, offset, timestamp: -1n })
  })

  it.each([
    [-3n, 6],
    [-4n, 7],
    [-5n, 8],
    [-6n, 10],
    [-7n, 11],
  ])('%s is not of v%i', (timestamp, version) => {
    expect(log.list(timestamp, { version })).toMatchObject({ errorCode: E.UNSUPPORTED_VERSION, offset: -1n })
  })

  it('come with the leader epoch that wrote there', () => {
    const made = new LogHarness()
    made.produce(timed(0, 100))
    const partitions = FOO.partitions.map((partition) => ({ ...partition, leaderEpoch: 3 }))
    made.image = withTopics(made.image, [{ ...FOO, partitions }])
    made.produce(timed(0, 200))
    expect([-2n, 0n, 150n, -1n].map((timestamp) => made.list(timestamp).leaderEpoch)).toEqual([0, 0, 3, 3])
  })
})
