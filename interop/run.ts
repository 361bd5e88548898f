// npm run interop -- [client or language ...] [--check NAME ...] [--nodes N | --brokers host:port] [--write] [--cli FILE]: real clients
// in their own languages against Cohort. A line for each check, a table, what was skipped and why. Exit code 1 when a check
// failed, 2 for wrong usage.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MissingTool } from '../conformance/targets/processes.js'
import { RUN } from './checks/all.js'
import { CHECKS, CHECKS_OF_SEVERAL, type CheckName, type Client, Unavailable } from './client.js'
import { partnerOf, pick } from './clients.js'
import { useBroker } from './runner/any-broker.js'
import { Bench, type Commands } from './runner/bench.js'
import { type Host, startHost } from './runner/cohort.js'
import { writePage } from './runner/page.js'
import { callsOf, columns, line, type Outcome, reasons, sum, table } from './runner/report.js'
import { Failed } from './runner/until.js'
import { merge, type Used, usedBy } from './runner/used.js'
import { failures } from './setup/home.js'

const root = join(import.meta.dirname, '..')
const PAGE = join(root, 'docs', 'clients.md')

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'string', multiple: true, default: [] },
      brokers: { type: 'string' },
      nodes: { type: 'string', default: '1' },
      cli: { type: 'string', default: join(root, 'dist', 'cli.js') },
      write: { type: 'boolean', default: false },
    },
  })
  const nodes = Number(values.nodes)
  if (!(nodes >= 1)) throw new Error(`--nodes: '${values.nodes}' is not a number of brokers`)
  const all: readonly CheckName[] = nodes > 1 ? CHECKS_OF_SEVERAL : CHECKS
  const unknown = values.check.find((name) => !all.some((check) => check === name))
  if (unknown !== undefined) throw new Error(`there is no check '${unknown}', but ${all.join(', ')}`)
  const checks = all.filter((check) => values.check.length === 0 || values.check.includes(check))
  return { ...values, nodes, all, checks, clients: pick(positionals) }
}

type Options = ReturnType<typeof readOptions>

async function main(options: Options): Promise<void> {
  const { brokers, clients, cli, nodes } = options
  const host = brokers === undefined ? await startHost(cli, nodes) : await useBroker(brokers)
  const outcomes: Outcome[] = []
  const used: Used[] = []
  for (const client of clients) used.push(await runClient(host, client, options, outcomes))
  await host.stop()
  const rows = table(clients, outcomes, options.all)
  console.log(`\n${columns(rows)}\n`)
  for (const reason of reasons(outcomes)) console.log(reason)
  if (options.write)
    writePage(PAGE, nodes > 1 ? 'several' : 'one', {
      rows,
      used,
      reasons: reasons(outcomes),
      calls: callsOf(outcomes),
      isWhole: options.check.length === 0,
    })
  console.log(sum(outcomes))
  process.exitCode = outcomes.some(({ result }) => result === 'failed') ? 1 : 0
}

async function runClient(host: Host, client: Client, options: Options, outcomes: Outcome[]): Promise<Used> {
  const { name, title, lacks } = client
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome)
    console.log(line(outcome))
  }
  const skip = (check: CheckName, why: string) =>
    tell({ client: name, check, result: 'skipped', why, seconds: 0 })
  let apis: Used['apis'] = {}
  const command = await prepare(client)
  for (const check of options.checks) {
    const why = typeof command === 'string' ? command : lacks[check]
    if (typeof command === 'string' || why !== undefined) skip(check, why ?? '')
    else {
      const startMs = performance.now()
      const { why, used, note, remark = client.notes?.[check] } = await tryCheck(host, client, command, check)
      apis = merge(apis, used)
      const seconds = (performance.now() - startMs) / 1000
      const result = why === null ? 'passed' : 'failed'
      tell({ client: name, check, result, why: why ?? note, remark, seconds })
    }
  }
  return { client: name, title, apis }
}

/** The commands, or why there are none. */
async function prepare(client: Client): Promise<Commands | string> {
  try {
    const own = await client.prepare()
    const members = (await client.members?.prepare()) ?? own
    return { own, members, partner: () => partnerOf(client).prepare() }
  } catch (error) {
    if (error instanceof MissingTool || error instanceof Unavailable) return error.message
    return `it could not be set up: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`
  }
}

const TRIES = 3

async function tryCheck(host: Host, client: Client, command: Commands, check: CheckName) {
  let done = await runCheck(host, client, command, check)
  for (let i = 1; done.why !== null && client.fault !== undefined && i < TRIES; i++) {
    const again = await runCheck(host, client, command, check)
    const remark = `at try ${i + 1}: ${client.fault}`
    done = { ...again, remark, used: merge(done.used, again.used) }
  }
  return done
}

let runs = 0

/** For whoever looks into it: what the broker was asked, and answered. */
function keep(name: string, requests: readonly object[]): string {
  const file = join(failures(), name)
  writeFileSync(file, requests.map((each) => `${JSON.stringify(each)}\n`).join(''))
  return file
}

async function runCheck(host: Host, client: Client, command: Commands, check: CheckName) {
  const target = await host.broker()
  const bench = new Bench(client, command, target, `${check}-${process.pid}-${++runs}`)
  let why: string | null = null
  let note = ''
  try {
    const covered = await RUN[check](bench)
    if (Array.isArray(covered)) note = covered.join(' ')
  } catch (error) {
    why = error instanceof Failed ? error.message : String((error as Error).stack)
  }
  await bench.end()
  const requests = (await target.requests()) ?? []
  const problems = await target.end()
  if (why !== null && requests.length > 0)
    why += `\n  its requests: ${keep(`${client.name}-${check}.jsonl`, requests)}`
  if (why === null && problems.length > 0) why = `the broker: ${problems.join('; ')}`
  return { why, note, used: usedBy(requests), remark: undefined as string | undefined }
}

try {
  await main(readOptions())
} catch (error) {
  console.error(`interop: ${(error as Error).message}`)
  process.exit(2)
}
