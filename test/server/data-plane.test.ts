// The data plane over the wire: what needs a whole broker to be seen.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { readMessage, writeMessage } from '../../src/protocol/records/message-set.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { RawClient } from '../helpers/raw-client.js'

const DAY_MS = 86_400_000

let cohort: Cohort
let client: RawClient

beforeEach(async () => {
  cohort = await startCohort({ topics: { t: 2 }, clock: 'virtual' })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

async function produce(records: Buffer, version = 9) {
  const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
  const { responses } = await client.send(Apis.Produce, version, { acks: 1, timeoutMs: 1000, topicData })
  return responses[0]?.partitionResponses[0]
}

async function fetch(version: number, fetchOffset = 0n) {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }]
  const request = { maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, topics: [{ topic: 't', partitions }] }
  const { responses } = await client.send(Apis.Fetch, version, request)
  return responses[0]?.partitions[0]
}

async function offset(timestamp: bigint) {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }]
  const { topics: listed } = await client.send(Apis.ListOffsets, 7, { replicaId: -1, topics })
  return listed[0]?.partitions[0]?.offset
}

const batch = (timestampMs = BigInt(Date.now())) =>
  buildBatch({ records: [{ timestampMs, value: Buffer.from('new') }] })

describe('clients of all ages', () => {
  it('read each other', async () => {
    const old = { offset: 0n, magic: 1, attributes: 0, timestampMs: 5n, key: null, value: Buffer.from('old') }
    expect(await produce(writeMessage(old), 2)).toMatchObject({ errorCode: E.NONE, baseOffset: 0n })
    expect(await produce(batch(7n))).toMatchObject({ errorCode: E.NONE, baseOffset: 1n })
    for (const version of [0, 1, 2, 3]) {
      const bytes = (await fetch(version))?.records as Buffer
      const first = readMessage(bytes)
      const second = readMessage(bytes, first.sizeBytes)
      expect([first, second].map(({ offset, value }) => `${offset}:${value}`)).toEqual(['0:old', '1:new'])
      expect(second).toMatchObject({ magic: version < 2 ? 0 : 1, timestampMs: version < 2 ? -1n : 7n })
    }
    expect((await fetch(12))?.records?.readInt8(16)).toBe(2)
  })
})

describe('retention', () => {
  it('goes by the clock that the test moves', async () => {
    await produce(batch())
    cohort.clock?.advance(6 * DAY_MS)
    expect(await offset(-2n)).toBe(0n)
    cohort.clock?.advance(2 * DAY_MS)
    expect(await offset(-2n)).toBe(1n)
    expect(await fetch(11)).toMatchObject({ errorCode: E.OFFSET_OUT_OF_RANGE })
  })

  it('is that of the topic as it was altered', async () => {
    await produce(batch())
    const configs = [{ name: 'retention.ms', configOperation: 0, value: '-1' }]
    const resources = [{ resourceType: 2, resourceName: 't', configs }]
    await client.send(Apis.IncrementalAlterConfigs, 1, { resources })
    cohort.clock?.advance(30 * DAY_MS)
    expect(await offset(-2n)).toBe(0n)
  })
})

it('DeleteRecords, OffsetForLeaderEpoch and DescribeLogDirs reach the log', async () => {
  await produce(batch())
  const partitions = [{ partitionIndex: 0, offset: -1n }]
  const deleted = await client.send(Apis.DeleteRecords, 2, {
    topics: [{ name: 't', partitions }],
    timeoutMs: 100,
  })
  expect(deleted.topics[0]?.partitions[0]).toMatchObject({ errorCode: E.NONE, lowWatermark: 1n })
  const epochs = await client.send(Apis.OffsetForLeaderEpoch, 4, {
    topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  })
  expect(epochs.topics[0]?.partitions[0]).toMatchObject({ errorCode: E.NONE, leaderEpoch: 0, endOffset: 1n })
  const dirs = await client.send(Apis.DescribeLogDirs, 5, { topics: null })
  expect(dirs.results[0]).toMatchObject({ errorCode: E.NONE, logDir: '/tmp/kafka-logs' })
  expect(dirs.results[0]?.topics[0]?.partitions).toHaveLength(2)
})

it('a topic that is to be deleted by name and by id is not deleted', async () => {
  const { topics: known } = await client.send(Apis.Metadata, 12, { topics: null })
  const topicId = known[0]?.topicId ?? ''
  const topics = [
    { name: null, topicId },
    { name: 't', topicId: ZERO_UUID },
  ]
  const { responses } = await client.send(Apis.DeleteTopics, 6, { topics, timeoutMs: 100 })
  expect(responses).toMatchObject([
    {
      name: 't',
      errorCode: E.INVALID_REQUEST,
      errorMessage: 'The provided topic name maps to an ID that was already supplied.',
    },
  ])
  expect(await offset(-1n)).toBe(0n)
})

it('Metadata tells each topic once, and makes none that collides with another', async () => {
  const asked = (...names: string[]) => ({
    topics: names.map((name) => ({ name, topicId: ZERO_UUID })),
    allowAutoTopicCreation: true,
  })
  const twice = await client.send(Apis.Metadata, 12, asked('new', 'new', 't', 't'))
  expect(twice.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['new', E.UNKNOWN_TOPIC_OR_PARTITION],
    ['t', E.NONE],
  ])
  await client.send(Apis.Metadata, 12, asked('a.b'))
  for (let i = 0; i < 2; i++) {
    const { topics } = await client.send(Apis.Metadata, 12, asked('a_b'))
    expect(topics[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
  }
})
