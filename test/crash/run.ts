// npm run crash [-- --rounds 50] [--seed N]: kills the real server with SIGKILL at random moments, under raw committers and producers
// and under kafkajs, starts it again on the same directory, and checks every acknowledged commit and record. The seed makes the moments
// and the traffic the same; what was in flight then is up to the machine. Exit code 0: nothing is lost, 1: something is, 2: wrong usage.
// With --durability none it is the other way round: that promises nothing, and the check must see it.

import { seededRandom } from '../../src/machine/seeded.js'
import type { Ledger } from './ledger.js'
import { type Options, readOptions, USAGE } from './options.js'
import { ServerProcess, temporaryDirectory } from './server.js'
import { Workload } from './workload.js'

/** From the first acknowledged commit of a round. */
const LATEST_KILL_MS = 900
/** In one round of so many it is killed while it starts, too. */
const KILLED_AT_START = 4
const LATEST_KILL_AT_START_MS = 600
const SETTINGS = { 'offsets.topic.num.partitions': 5, 'group.initial.rebalance.delay.ms': 0 }
const SHOWN = 10

async function crash(options: Options): Promise<boolean> {
  const { rounds, seed, durability, keep } = options
  const directory = temporaryDirectory()
  const workDir = directory.path
  const dataDir = `${workDir}/data`
  const server = await ServerProcess.prepare({ dataDir, workDir, durability, settings: SETTINGS })
  console.log(`seed ${seed}, ${rounds} rounds, durability ${durability}, data in ${dataDir}`)
  const begunAt = performance.now()
  const workload = new Workload(server, seed)
  const { ledger } = workload
  await server.start()
  await workload.begin()
  const random = seededRandom(seed)
  for (let i = 1; i <= rounds && ledger.violations.length === 0; i++) await round(i, server, workload, random)
  const isLost = ledger.violations.length > 0 || (await finish(server, workload))
  await server.end('SIGKILL')
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(0)
  console.log(`${summary(ledger)}; seed ${seed}, ${seconds} s`)
  console.log(`kafkajs: ${workload.unexpectedAssignments} assignments besides the first ones`)
  for (const why of new Set(workload.crashes)) {
    const times = workload.crashes.filter((each) => each === why).length
    console.log(`  a consumer began anew, ${times} times: ${why}`)
  }
  const isRight = isLost === (durability === 'none')
  if (isLost && isRight)
    console.log('durability none promises nothing, and losses were found, as they must be')
  if (!isLost && !isRight) console.log('durability none, and no loss was found: is the check blind?')
  if (keep || !isRight) {
    directory.keep()
    console.log(`left for a look: ${workDir}`)
  } else directory.remove()
  return isRight
}

async function round(
  i: number,
  server: ServerProcess,
  workload: Workload,
  random: () => number,
): Promise<void> {
  const { ledger } = workload
  const before = { ...ledger }
  const killMs = random() * LATEST_KILL_MS
  const again = random() * KILLED_AT_START < 1 ? random() * LATEST_KILL_AT_START_MS : null
  await workload.workUntil(async () => {
    await new Promise((resolve) => setTimeout(resolve, killMs))
    await server.end('SIGKILL')
  })
  if (again !== null) {
    server.launch()
    await new Promise((resolve) => setTimeout(resolve, again))
    await server.end('SIGKILL')
  }
  const upMs = await server.start()
  await workload.check()
  console.log(
    `round ${i}: killed after ${killMs.toFixed(0)} ms` +
      `${again === null ? '' : `, again ${again.toFixed(0)} ms into its start`}, up in ${upMs.toFixed(0)} ms; ` +
      `${ledger.commitsAcknowledged - before.commitsAcknowledged} commits and ` +
      `${ledger.recordsAcknowledged - before.recordsAcknowledged} records acknowledged, ` +
      `${ledger.violations.length} lost`,
  )
  tellViolations(ledger)
}

/** Everything is read by kafkajs, and is still there after a stop that was asked for. Returns whether something is lost. */
async function finish(server: ServerProcess, workload: Workload): Promise<boolean> {
  await workload.finish()
  await server.end('SIGTERM')
  await server.start()
  await workload.check()
  tellViolations(workload.ledger)
  return workload.ledger.violations.length > 0
}

function tellViolations({ violations }: Ledger): void {
  for (const violation of violations.slice(0, SHOWN)) console.log(`  ${violation}`)
  if (violations.length > SHOWN) console.log(`  and ${violations.length - SHOWN} more`)
}

function summary({ commitsAcknowledged, recordsAcknowledged, refusals, violations }: Ledger): string {
  const refused = [...refusals].map(([error, times]) => `${times} ${error}`).join(', ')
  return (
    `${commitsAcknowledged} commits and ${recordsAcknowledged} records acknowledged, ${violations.length} lost; ` +
    `refused: ${refused || 'none'}`
  )
}

let options: Options | null = null
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${(error as Error).message}; ${USAGE}`)
  process.exitCode = 2
}
if (options !== null) process.exit((await crash(options)) ? 0 : 1)
