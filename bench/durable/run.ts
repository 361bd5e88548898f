// npm run bench:durable [-- --kafka] [--rounds N] [--seconds N] [--write]: commits per second with 1, 16 and 256 committers, each with one
// commit in flight, of one partition and of ten: durable, left to the system, in memory, and Apache Kafka beside them, in rounds that alternate. Prints a table;
// --write puts it into docs/performance.md. Fails only when an answer is wrong.

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
  { committers: 1, partitions: 1 },
  { committers: 16, partitions: 1 },
  { committers: 256, partitions: 1 },
  { committers: 256, partitions: 10 },
]
const PARTITIONS = Math.max(...LOADS.map(({ partitions }) => partitions))
const KAFKA_VERSION = '4.4.0'
const TOPIC = 'bench'
const SECTION = 'durable'

type LoadOf = Pick<Job, 'committers' | 'partitions'>

interface Sample {
  readonly perSecond: number
  readonly cpuMicros: number | null
  readonly p50Ms: number
  readonly p99Ms: number
}

async function sample({ host, port, pid }: Server, load: LoadOf, seconds = SECONDS): Promise<Sample> {
  const job: Job = { host, port, topic: TOPIC, ...load, seconds }
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
  const found = [await cohort('fsync'), await cohort('os'), await cohort(null)]
  if (!given.kafka) return found
  try {
    return [...found, await apacheKafka(KAFKA_VERSION)]
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error
    console.log(`Apache Kafka is left out: ${error.message}\n`)
    return found
  }
}

function tableOf(samples: ReadonlyMap<LoadOf, ReadonlyMap<string, readonly Sample[]>>): string[][] {
  const rows = [
    ['in flight', 'partitions', '', 'commits/s', 'of the first', 'server CPU us/commit', 'p50 ms', 'p99 ms'],
  ]
  for (const [{ committers, partitions }, byServer] of samples) {
    const [first = []] = [...byServer.values()]
    for (const [name, each] of byServer) {
      const cpu = each.flatMap(({ cpuMicros }) => cpuMicros ?? [])
      const ratio = median(each.map(speed)) / median(first.map(speed))
      rows.push([
        String(committers),
        String(partitions),
        name,
        range(each.map(speed)),
        each === first ? '' : ratio.toFixed(2),
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
    for (const load of LOADS) await sample(server, load, 2) // warm
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
    `OffsetCommit; each committer has a group, a connection, and one commit in flight. Median of ${ROUNDS} rounds of ${SECONDS} s (least to most).`,
  ]
  console.log(`\n${about.join('\n')}\n`)
  printTable(tableOf(samples))
  if (given.write) intoPage(SECTION, `${about.join('\n\n')}\n\n${markdownTable(tableOf(samples))}`)
} finally {
  await Promise.all(all.map((server) => server.stop()))
}
