// The load of bench:throughput against our own broker: it ends only when every batch has come back as often as it was produced.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { consumeLoad } from '../../bench/throughput/consume.js'
import { produceLoad } from '../../bench/throughput/produce.js'
import { tableOf } from '../../bench/throughput/report.js'
import { batchesIn, expectedCrcs, type Job, makeBatches } from '../../bench/throughput/traffic.js'
import { type Cohort, startCohort } from '../../src/index.js'

let cohort: Cohort

beforeAll(async () => {
  cohort = await startCohort({ topics: { one: 1, three: 3 } })
})
afterAll(() => cohort.stop())

const job = (topic: string, partitions: number): Omit<Job, 'kind'> => ({
  ...{ host: '127.0.0.1', port: cohort.port, topic, partitions },
  ...{ batches: 100, timestampMs: Date.now(), connections: 2, inFlight: 5, acks: -1 },
})

it.each([
  ['one', 1],
  ['three', 3],
])('fills topic %s and reads all of it back', async (topic, partitions) => {
  const traffic = job(topic, partitions)
  const produce = await produceLoad({ kind: 'produce', ...traffic })
  await produce()
  const consume = await consumeLoad({ kind: 'consume', ...traffic })
  await consume()
  const records = await cohort.records(topic)
  expect(records).toHaveLength(10_000)
})

it('knows how many batches there are, of each kind and in each partition', () => {
  const batches = makeBatches(1)
  expect(Buffer.concat(makeBatches(1)).equals(Buffer.concat(batches))).toBe(true)
  const counts = [...expectedCrcs(batches, 100).values()]
  expect(counts).toHaveLength(batches.length) // no two have the same CRC
  expect(counts.slice(0, 37)).toEqual([...Array(36).fill(2), 1])
  expect(counts.reduce((sum, count) => sum + count)).toBe(100)
  const traffic: Job = { kind: 'consume', ...job('three', 3) }
  expect([0, 1, 2].map((partition) => batchesIn(partition, traffic))).toEqual([34, 33, 33])
})

it('says what others do as a part of what we do', () => {
  const sample = (megabytesPerSecond: number, cpuMsPerMegabyte: number | null) => ({
    megabytesPerSecond,
    cpuMsPerMegabyte,
  })
  const samples = {
    'consume, 1 partition': {
      Cohort: [sample(100, 2), sample(300, 1), sample(200, 4)],
      elsewhere: [sample(50, null)],
    },
  }
  const rows = tableOf({ samples } as unknown as Parameters<typeof tableOf>[0])
  expect(rows.slice(1)).toEqual([
    ['consume, 1 partition', 'Cohort', '200 (100 to 300)', '', '195313', '2.00 (1.00 to 4.00)', ''],
    ['consume, 1 partition', 'elsewhere', '50 (50 to 50)', '0.25', '48828', 'not measured here', ''],
  ])
})
