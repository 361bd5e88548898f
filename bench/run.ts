// npm run bench [-- OPTIONS]: what a coordinator costs, beside the limit in Node and any other broker, in one run. Prints a table for each
// scenario and what became of the targets; fails only when an answer is wrong.
//
//   --only SCENARIO          one of those below, or members, which is no part of the whole (repeatable)
//   --quick                  one short round, as CI has it; without the library
//   --peer NAME=host:port    a broker that listens (repeatable); targets beside kfake need one of that name
//   --kafka                  Apache Kafka, started here
//   --rounds N --seconds N   of each load
//   --json FILE              the figures
//   --write                  tables into docs/performance.md, the figures into bench/results, by version; what was not measured stays
//
// npm run bench -- compare A.json B.json: what has changed between two runs.

import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { MissingTool } from '../conformance/targets/processes.js'
import { VERSION } from '../src/server/version.js'
import { comparison } from './compare.js'
import { Figures, type Report } from './figures.js'
import { Generator } from './generator.js'
import { Others } from './others.js'
import { intoPage, machine } from './page.js'
import { markdownOf, tableOf } from './report.js'
import { lastRelease, merged, readReport, releaseFile, writeRelease, writeReport } from './results.js'
import { commits } from './scenarios/commits.js'
import { groups } from './scenarios/groups.js'
import { heartbeats } from './scenarios/heartbeats.js'
import { idle } from './scenarios/idle.js'
import { library } from './scenarios/library.js'
import { members } from './scenarios/members.js'
import { rebalance } from './scenarios/rebalance.js'
import type { Bench, Scenario } from './scenarios/scenario.js'
import { start } from './scenarios/start.js'
import { steady } from './scenarios/steady.js'
import { printTable } from './table.js'
import { verdicts } from './targets.js'
import {
  apacheKafka,
  awaitCoordinators,
  createTopic,
  deleteTopic,
  peer,
  type Server,
} from './throughput/servers.js'

const WHOLE: readonly Scenario[] = [...[start, heartbeats, steady, commits, rebalance, idle, groups, library]]
const ALL: readonly Scenario[] = [...WHOLE, members]
const KAFKA_VERSION = '4.4.0'
const KAFKA = 'Apache Kafka'
/** In its first seconds a JVM needs five times as much as later. */
const KAFKA_WARM_UP_SECONDS = 15
const PARTITIONS = 10
const SECTION = 'bench'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    peer: { type: 'string', multiple: true, default: [] },
    kafka: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

function chosen(): readonly Scenario[] {
  for (const name of given.only) {
    if (!ALL.some((scenario) => scenario.name === name)) {
      throw new Error(`--only '${name}': expected one of ${ALL.map((each) => each.name).join(', ')}`)
    }
  }
  if (given.only.length > 0) return ALL.filter(({ name }) => given.only.includes(name))
  return given.quick ? WHOLE.filter((scenario) => scenario !== library) : WHOLE
}

async function peers(): Promise<Server[]> {
  const found = given.peer.map(peer)
  if (!given.kafka) return found
  try {
    return [...found, await apacheKafka(KAFKA_VERSION, { 'group.initial.rebalance.delay.ms': 0 })]
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error
    console.log(`Apache Kafka is left out: ${error.message}\n`)
    return found
  }
}

async function measure(scenarios: readonly Scenario[]): Promise<Report> {
  const others = await peers()
  const generator = await Generator.start()
  const figures = new Figures()
  const topic = `bench-${process.pid}`
  const bench: Bench = {
    ...{ generator, peers: others, topic, partitions: PARTITIONS, figures },
    rounds: Number(given.rounds ?? (given.quick ? 1 : 3)),
    seconds: Number(given.seconds ?? (given.quick ? 0.7 : 1.5)),
    quick: given.quick,
    warmUpSeconds: ({ name }) => (name.startsWith(KAFKA) ? KAFKA_WARM_UP_SECONDS : given.quick ? 0.4 : 1),
  }
  const about: Record<string, string> = {}
  const bystanders = new Others(() => [generator.pid, ...others.map(({ pid }) => pid)])
  try {
    for (const each of others) {
      await createTopic(each, topic, PARTITIONS)
      await awaitCoordinators(each)
    }
    console.log(`${machine()}\n`)
    for (const scenario of scenarios) {
      bystanders.begin()
      await scenario.run(bench)
      about[scenario.name] = `${scenario.about(bench)} ${meanwhile(bystanders.percent())}`
      console.log(`${scenario.title}. ${about[scenario.name]}`)
      printTable(tableOf(scenario, figures.all))
    }
    for (const each of others) await deleteTopic(each, topic)
  } finally {
    await generator.stop()
    await Promise.all(others.map((each) => each.stop()))
  }
  return { machine: machine(), version: VERSION, about, figures: figures.all }
}

const meanwhile = (percent: number | null) =>
  percent === null ? '' : `Meanwhile other processes used ${percent.toFixed(0)} % of the machine.`

async function main(): Promise<void> {
  const [what, a, b] = positionals
  if (what !== undefined) {
    if (what !== 'compare' || a === undefined || b === undefined) {
      throw new Error(`'${positionals.join(' ')}': expected compare A.json B.json, or nothing`)
    }
    return printTable(comparison(readReport(a), readReport(b)))
  }
  const report = await measure(chosen())
  const targets = verdicts(report.figures, lastRelease())
  if (targets.length > 1) printTable(targets)
  if (given.json !== undefined) writeReport(given.json, report)
  if (!given.write) return
  const file = releaseFile(VERSION)
  const whole = existsSync(file) ? merged(readReport(file), report) : report
  writeRelease(whole)
  intoPage(SECTION, markdownOf(whole, ALL))
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
