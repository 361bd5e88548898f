// npm run bench [-- --only SCENARIO] [--peer NAME=host:port] [--kafka] [--quick] [--json FILE] [--write]: what a coordinator costs, beside
// the limit in Node and any other broker, in one run. Prints tables; fails only when an answer is wrong.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { MissingTool } from '../conformance/targets/processes.js'
import { VERSION } from '../src/server/version.js'
import { Figures, type Report } from './figures.js'
import { Generator } from './generator.js'
import { machine } from './page.js'
import { tableOf } from './report.js'
import { commits } from './scenarios/commits.js'
import { heartbeats } from './scenarios/heartbeats.js'
import type { Bench, Scenario } from './scenarios/scenario.js'
import { printTable } from './table.js'
import { apacheKafka, createTopic, deleteTopic, peer, type Server } from './throughput/servers.js'

const SCENARIOS: readonly Scenario[] = [heartbeats, commits]
const KAFKA_VERSION = '4.4.0'
const PARTITIONS = 10

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    peer: { type: 'string', multiple: true, default: [] },
    kafka: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
  },
})

function chosen(): readonly Scenario[] {
  for (const name of given.only) {
    if (!SCENARIOS.some((scenario) => scenario.name === name)) {
      throw new Error(`--only '${name}': expected one of ${SCENARIOS.map((each) => each.name).join(', ')}`)
    }
  }
  return given.only.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => given.only.includes(name))
}

async function peers(): Promise<Server[]> {
  const found = given.peer.map(peer)
  if (!given.kafka) return found
  try {
    return [...found, await apacheKafka(KAFKA_VERSION)]
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error
    console.log(`Apache Kafka is left out: ${error.message}\n`)
    return found
  }
}

const scenarios = chosen()
const others = await peers()
const generator = await Generator.start()
const figures = new Figures()
const topic = `bench-${process.pid}`
const bench: Bench = {
  ...{ generator, peers: others, topic, partitions: PARTITIONS, figures, quick: given.quick },
  rounds: Number(given.rounds ?? (given.quick ? 1 : 3)),
  seconds: Number(given.seconds ?? (given.quick ? 1 : 2)),
  warmUpSeconds: given.quick ? 0.3 : 1,
}
const about: Record<string, string> = {}
try {
  for (const each of others) await createTopic(each, topic, PARTITIONS)
  console.log(`${machine()}\n`)
  for (const scenario of scenarios) {
    about[scenario.name] = scenario.about(bench)
    await scenario.run(bench)
    console.log(about[scenario.name])
    printTable(tableOf(scenario, figures.all))
  }
  for (const each of others) await deleteTopic(each, topic)
  const report: Report = { machine: machine(), version: VERSION, about, figures: figures.all }
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(report, null, 2)}\n`)
} finally {
  await generator.stop()
  await Promise.all(others.map((each) => each.stop()))
}
