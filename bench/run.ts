// npm run bench: start, idle memory, and heartbeats, beside a bare server in the same run. Prints tables; fails only when an
// answer is wrong.

import { machine } from './page.js'
import { type LoadResult, load, type Started, start, stop, usage } from './processes.js'
import { median, printTable, range } from './table.js'

const STARTS = 7
const ROUNDS = 3
const CONNECTIONS = 100

const node = process.execPath
const COMMANDS = {
  'bare server': [node, 'bench/bare-server.mjs'],
  'bare server by tsx': [node, '--import', 'tsx', 'bench/bare-server.ts'],
  'Cohort built': [node, 'dist/cli.js', '--ephemeral', '--log-level', 'silent', '--port'],
  'Cohort unwatched': [node, 'dist/cli.js', '--ephemeral', '--log-level', 'silent', '--no-http', '--port'],
  'Cohort from source': [
    node,
    '--import',
    'tsx',
    'src/cli/main.ts',
    '--ephemeral',
    '--log-level',
    'silent',
    '--port',
  ],
} as const
type Name = keyof typeof COMMANDS

async function starts(): Promise<void> {
  const names = Object.keys(COMMANDS) as Name[]
  const startMs = new Map<Name, number[]>(names.map((name) => [name, []]))
  const residentMb = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let i = 0; i < STARTS; i++) {
    for (const name of names) {
      const started = await start(COMMANDS[name])
      startMs.get(name)?.push(started.startMs)
      const used = usage(started.pid)
      if (used) residentMb.get(name)?.push(used.residentMb)
      await stop(started)
    }
  }
  const of = (measured: Map<Name, number[]>, name: Name) => measured.get(name) as number[]
  const more = (name: Name, bare: Name) =>
    `${(median(of(startMs, name)) - median(of(startMs, bare))).toFixed(0)} ms more than ${bare}`
  console.log(
    `Start to first ApiVersions answer (ms) and resident memory then (MB), median of ${STARTS} (least to most)`,
  )
  printTable([
    ['', 'start', 'memory', ''],
    ...names.map((name) => [
      name,
      range(of(startMs, name)),
      of(residentMb, name).length > 0 ? range(of(residentMb, name)) : 'not measured here',
      name === 'Cohort built'
        ? more(name, 'bare server')
        : name === 'Cohort from source'
          ? more(name, 'bare server by tsx')
          : '',
    ]),
  ])
}

async function heartbeats(): Promise<void> {
  const bare = await start(COMMANDS['bare server'])
  const cohort = await start(COMMANDS['Cohort built'])
  const unwatched = await start(COMMANDS['Cohort unwatched'])
  console.log(
    `Heartbeats over ${CONNECTIONS} connections, each a group of one, median of ${ROUNDS} rounds (least to most)`,
  )
  const rows: string[][] = [['', 'in flight', 'requests/s', 'server CPU us/request', 'p50 ms', 'p99 ms']]
  for (const inFlight of [1, 16]) {
    const results: Record<string, LoadResult[]> = { 'bare server': [], Cohort: [], 'Cohort unwatched': [] }
    for (let round = 0; round < ROUNDS; round++) {
      results['bare server']?.push(await load(bare, CONNECTIONS, inFlight, false))
      results.Cohort?.push(await load(cohort, CONNECTIONS, inFlight, true))
      results['Cohort unwatched']?.push(await load(unwatched, CONNECTIONS, inFlight, true))
    }
    for (const [name, measured] of Object.entries(results)) rows.push(row(name, inFlight, measured))
  }
  printTable(rows)
  await idle(cohort)
  await Promise.all([stop(bare), stop(cohort), stop(unwatched)])
}

function row(name: string, inFlight: number, results: readonly LoadResult[]): string[] {
  const cpu = results.flatMap(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest ?? [])
  return [
    name,
    String(inFlight),
    range(results.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpu.length > 0 ? range(cpu, 1) : 'not measured here',
    range(
      results.map(({ p50Ms }) => p50Ms),
      2,
    ),
    range(
      results.map(({ p99Ms }) => p99Ms),
      2,
    ),
  ]
}

async function idle(cohort: Started): Promise<void> {
  const used = usage(cohort.pid)
  if (used) console.log(`Cohort after all this: ${used.residentMb.toFixed(0)} MB resident\n`)
}

console.log(`${machine()}\n`)
await starts()
await heartbeats()
