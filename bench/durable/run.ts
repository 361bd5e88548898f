// npm run bench:durable [-- --kafka] [--rounds N] [--seconds N] [--write]: commits per second with 1, 16 and 256 in flight, of one partition
// and of ten: durable, left to the system, in memory, and Apache Kafka beside them, as it is and flushing each, in rounds that alternate.
// Prints a table; --write puts it into docs/performance.md. Fails only when an answer is wrong.

import { parseArgs } from 'node:util'
import { MissingTool } from '../../conformance/targets/processes.js'
import { intoPage, machine } from '../page.js'
import { runLoad } from '../processes.js'
import { markdownTable, median, printTable, range } from '../table.js'
import { createTopic, type Server } from '../throughput/servers.js'
import { apacheKafka, cohort } from './servers.js'
import type { Job, Outcome } from './traffic.js'

const { values: given } = parseArgs({
  options: {
    kafka: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(given.rounds)
const SECONDS = Number(given.seconds)
const LOADS: readonly LoadOf[] = [
  { connections: 1, inFlight: 1, partitions: 1 },
  { connections: 16, inFlight: 1, partitions: 1 },
  { connections: 256, inFlight: 1, partitions: 1 },
  { connections: 16, inFlight: 16, partitions: 1 },
  { connections: 256, inFlight: 1, partitions: 10 },
  { connections: 16, inFlight: 16, partitions: 10 },
]
const PARTITIONS = Math.max(...LOADS.map(({ partitions }) => partitions))
const KAFKA_VERSION = '4.4.0'
const TOPIC = 'bench'
const SECTION = 'durable'

type LoadOf = Pick<Job, 'connections' | 'inFlight' | 'partitions'>

interface Sample {
  readonly perSecond: number
  readonly cpuMicros: number | null
  readonly p50Ms: number
  readonly p99Ms: number
}

async function sample({ host, port, pid }: Server, load: LoadOf): Promise<Sample> {
  const job: Job = { host, port, topic: TOPIC, ...load, seconds: SECONDS }
  const { outcome, cpuSeconds } = await runLoad<Outcome>('bench/durable/load.ts', [JSON.stringify(job)], pid)
  const { commits, elapsedMs, p50Ms, p99Ms } = outcome
  return {
    perSecond: (commits / elapsedMs) * 1000,
    cpuMicros: cpuSeconds === null ? null : (cpuSeconds * 1e6) / commits,
    p50Ms,
    p99Ms,
  }
}

async function servers(): Promise<Server[]> {
  const found = [await cohort(null), await cohort('fsync'), await cohort('os')]
  if (!given.kafka) return found
  try {
    return [...found, await apacheKafka(KAFKA_VERSION, false), await apacheKafka(KAFKA_VERSION, true)]
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error
    console.log(`Apache Kafka is left out: ${error.message}\n`)
    return found
  }
}

function tableOf(samples: ReadonlyMap<LoadOf, ReadonlyMap<string, readonly Sample[]>>): string[][] {
  const rows = [
    ['in flight', 'partitions', '', 'commits/s', 'of memory', 'server CPU us/commit', 'p50 ms', 'p99 ms'],
  ]
  for (const [{ connections, inFlight, partitions }, byServer] of samples) {
    const [memory = []] = [...byServer.values()]
    for (const [name, each] of byServer) {
      const cpu = each.flatMap(({ cpuMicros }) => cpuMicros ?? [])
      const ratio = median(each.map(speed)) / median(memory.map(speed))
      rows.push([
        `${connections} x ${inFlight}`,
        String(partitions),
        name,
        range(each.map(speed)),
        each === memory ? '' : ratio.toFixed(2),
        cpu.length === 0 ? 'not measured here' : range(cpu, 1),
        median(each.map(({ p50Ms }) => p50Ms)).toFixed(2),
        median(each.map(({ p99Ms }) => p99Ms)).toFixed(2),
      ])
    }
  }
  return rows
}

const speed = ({ perSecond }: Sample) => perSecond

const all = await servers()
const samples = new Map(LOADS.map((load) => [load, new Map(all.map(({ name }) => [name, [] as Sample[]]))]))
try {
  for (const server of all) {
    await createTopic(server, TOPIC, PARTITIONS)
    for (const load of LOADS) await sample(server, load) // warm
  }
  for (let i = 0; i < ROUNDS; i++) {
    for (const load of LOADS) {
      for (let k = 0; k < all.length; k++) {
        const server = all[(i + k) % all.length] as Server
        samples
          .get(load)
          ?.get(server.name)
          ?.push(await sample(server, load))
      }
    }
    console.log(`round ${i + 1} of ${ROUNDS} is through`)
  }
  const about = [
    machine(),
    `OffsetCommit; in flight: connections x commits of each, every one of a group of its own. Median of ${ROUNDS} rounds of ${SECONDS} s (least to most).`,
  ]
  console.log(`\n${about.join('\n')}\n`)
  printTable(tableOf(samples))
  if (given.write) intoPage(SECTION, `${about.join('\n\n')}\n\n${markdownTable(tableOf(samples))}`)
} finally {
  await Promise.all(all.map((server) => server.stop()))
}
