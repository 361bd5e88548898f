// npm run bench:throughput [-- --kafka] [--peer NAME=host:port]: what one broker takes in and gives out, beside others in the same
// run, in rounds that alternate. Prints a table; --write puts it into docs/performance.md and the figures beside it. Fails only when
// an answer is wrong.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { MissingTool } from '../../conformance/targets/processes.js'
import { intoPage, machine } from '../page.js'
import { runLoad, usage } from '../processes.js'
import { printTable } from '../table.js'
import { markdownOf, type Sample, type Samples, sentences, tableOf } from './report.js'
import { apacheKafka, cohort, createTopic, deleteTopic, peer, type Server } from './servers.js'
import { BATCH_BYTES_OF_RECORDS, type Job, type Outcome } from './traffic.js'

const { values: given } = parseArgs({
  options: {
    kafka: { type: 'boolean', default: false },
    peer: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '200' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(given.rounds)
const MEGABYTES = Number(given.megabytes)
const KAFKA_VERSION = '4.4.0'
const CONNECTIONS = 4
const IN_FLIGHT = 5
/** Produced into one topic in the end: more than is kept of a topic. */
const FLOOD_MEGABYTES = 1500

const FIGURES = 'bench/results/throughput.json'
const samples: Samples = {}
let topics = 0

const batchesOf = (megabytes: number) => Math.ceil((megabytes * 1e6) / BATCH_BYTES_OF_RECORDS)

/** Produces into a new topic, reads it back, and deletes it. */
async function measure(
  server: Server,
  partitions: number,
  acks: number,
  reads: boolean,
  take: (label: string, sample: Sample) => void,
): Promise<void> {
  const topic = `bench-${process.pid}-${topics++}`
  const { host, port } = server
  const where = { host, port, topic, partitions, batches: batchesOf(MEGABYTES), timestampMs: Date.now() }
  const traffic: Omit<Job, 'kind'> = { ...where, connections: CONNECTIONS, inFlight: IN_FLIGHT, acks }
  await createTopic(server, topic, partitions)
  take(`produce, acks=${acks}`, await sample(server, { kind: 'produce', ...traffic }))
  if (reads) take('consume', await sample(server, { kind: 'consume', ...traffic }))
  await deleteTopic(server, topic)
}

async function sample(server: Server, job: Job): Promise<Sample> {
  const { outcome, cpuSeconds } = await runLoad<Outcome>(
    'bench/throughput/load.ts',
    [JSON.stringify(job)],
    server.pid,
  )
  const megabytes = (outcome.batches * BATCH_BYTES_OF_RECORDS) / 1e6
  return {
    megabytesPerSecond: (megabytes / outcome.elapsedMs) * 1000,
    cpuMsPerMegabyte: cpuSeconds === null ? null : (cpuSeconds * 1000) / megabytes,
  }
}

async function round(server: Server, take: (what: string, sample: Sample) => void): Promise<void> {
  for (const partitions of [1, 12]) {
    for (const acks of [1, -1]) {
      await measure(server, partitions, acks, acks === 1, (label, each) => {
        take(`${label}, ${partitions} partition${partitions > 1 ? 's' : ''}`, each)
      })
    }
  }
}

/** What is resident when more has been produced into one topic than is kept of it. */
async function flood(server: Server): Promise<void> {
  const topic = `bench-${process.pid}-flood`
  const { host, port } = server
  await createTopic(server, topic, 1)
  const where = {
    host,
    port,
    topic,
    partitions: 1,
    batches: batchesOf(FLOOD_MEGABYTES),
    timestampMs: Date.now(),
  }
  await sample(server, { kind: 'produce', ...where, connections: CONNECTIONS, inFlight: IN_FLIGHT, acks: 1 })
}

async function servers(): Promise<Server[]> {
  const found = [await cohort()]
  if (given.kafka) {
    try {
      found.push(await apacheKafka(KAFKA_VERSION))
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error
      console.log(`Apache Kafka is left out: ${error.message}\n`)
    }
  }
  return [...found, ...given.peer.map(peer)]
}

const all = await servers()
const [ours] = all as [Server]
try {
  for (const server of all) await round(server, () => {}) // warm
  for (let i = 0; i < ROUNDS; i++) {
    for (let k = 0; k < all.length; k++) {
      const server = all[(i + k) % all.length] as Server
      await round(server, (what, each) => {
        samples[what] ??= {}
        const byServer = samples[what]
        byServer[server.name] ??= []
        byServer[server.name]?.push(each)
      })
      console.log(`round ${i + 1} of ${ROUNDS}: ${server.name} is through`)
    }
  }
  const memory = Object.fromEntries(all.map(({ name, pid }) => [name, pid === null ? null : usage(pid)]))
  await flood(ours)
  const flooded = ours.pid === null ? null : usage(ours.pid)
  const report = {
    machine: machine(),
    about: { megabytes: MEGABYTES, rounds: ROUNDS, connections: CONNECTIONS, inFlight: IN_FLIGHT },
    samples,
    memory,
    flood: { megabytes: FLOOD_MEGABYTES, usage: flooded },
  }
  console.log()
  for (const line of sentences(report)) console.log(line)
  console.log()
  printTable(tableOf(report))
  const json = given.json ?? (given.write ? FIGURES : undefined)
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true })
    writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  }
  if (given.write) intoPage('throughput', markdownOf(report))
} finally {
  await Promise.all(all.map((server) => server.stop()))
}
