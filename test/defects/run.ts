// npm run defects -- [--oracle host:port] [--only NAME] [--write]
// Plants each defect in a copy of the project, and sees what catches it: the conformance suite, the differential run (with
// an oracle), the property tests, the tests by scenario. Exit code 1 when one is caught by none of the first three.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Defect, ROOT, readDefects } from './patches.js'

const COPIED = ['src', 'conformance', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']
const LINKED = ['node_modules']
const SETTINGS = ['offsets.topic.num.partitions=1', 'group.min.session.timeout.ms=1']
const SEQUENCES = 300
const PAGE = join(ROOT, 'docs/conformance/defects.md')
const MARK = '<!-- table -->'

interface Caught {
  readonly suite: readonly string[]
  /** Null without an oracle. */
  readonly differential: boolean | null
  readonly properties: boolean
  readonly scenarios: boolean
}

/** A copy of the project with the defect, or without one. */
function plant(defect: Defect | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-defect-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name))
  if (defect === null) return folder
  const applied = spawnSync('git', ['apply', defect.file], { cwd: folder, encoding: 'utf8' })
  if (applied.status !== 0) throw new Error(`${defect.name} does not apply: ${applied.stderr}`)
  return folder
}

async function judge(folder: string, oracle: string | undefined): Promise<Caught> {
  const { server, address } = await startServer(folder)
  try {
    const suite = await output(folder, [
      'conformance/run.ts',
      '--brokers',
      address,
      '--timeout',
      '4000',
      '--seed',
      '1',
    ])
    const runs = ['--runs', String(SEQUENCES), '--seed', '1']
    const differential =
      oracle === undefined
        ? null
        : await output(folder, [
            'conformance/differential/run.ts',
            '--brokers',
            address,
            '--oracle',
            oracle,
            ...runs,
          ])
    return {
      suite: [...suite.text.matchAll(/^FAILED (\S+) \(/gm)].map(([, id]) => id as string),
      differential: differential === null ? null : differential.code === 1,
      properties: fails(folder, 'test/properties'),
      scenarios: fails(folder, 'test/coordinator', 'test/scenarios'),
    }
  } finally {
    server.kill('SIGKILL')
  }
}

function startServer(folder: string): Promise<{ server: ChildProcess; address: string }> {
  const sets = SETTINGS.flatMap((setting) => ['--set', setting])
  const args = ['--import', 'tsx', 'src/cli/main.ts', '--port', '0', '--host', '127.0.0.1', ...sets]
  const server = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    let text = ''
    server.stdout?.on('data', (chunk) => {
      text += chunk
      const port = /^Cohort listens on \S+:(\d+);/m.exec(text)?.[1]
      if (port !== undefined) resolve({ server, address: `127.0.0.1:${port}` })
    })
    server.once('close', () => reject(new Error('the server ended')))
  })
}

function output(folder: string, args: readonly string[]): Promise<{ text: string; code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: folder })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ text, code })))
}

function fails(folder: string, ...tests: string[]): boolean {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  return spawnSync(process.execPath, [vitest, 'run', ...tests], { cwd: folder }).status !== 0
}

function row({ name, title }: Defect, { suite, differential, properties, scenarios }: Caught): string {
  const yes = (caught: boolean | null) => (caught === null ? 'not run' : caught ? 'yes' : 'no')
  const cases = suite.length === 0 ? 'no' : `${suite.length} cases, \`${suite[0]}\``
  return `| ${name.slice(0, 2)} | ${title} | ${cases} | ${yes(differential)} | ${yes(properties)} | ${yes(scenarios)} |`
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      oracle: { type: 'string' },
      only: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  const rows: string[] = []
  let isMissed = false
  const chosen = readDefects().filter(({ name }) => values.only === undefined || name.startsWith(values.only))
  for (const defect of [null, ...chosen]) {
    const folder = plant(defect)
    const caught = await judge(folder, values.oracle).finally(() => rmSync(folder, { recursive: true }))
    const isCaught = caught.suite.length > 0 || caught.differential === true || caught.properties
    if (defect === null) {
      if (isCaught || caught.scenarios) throw new Error(`without a defect: ${JSON.stringify(caught)}`)
      continue
    }
    isMissed ||= !isCaught
    rows.push(row(defect, caught))
    console.log(rows.at(-1))
  }
  if (values.write) write(rows)
  return isMissed ? 1 : 0
}

function write(rows: readonly string[]): void {
  const [before, , after] = readFileSync(PAGE, 'utf8').split(MARK)
  const head = '| | planted defect | conformance suite | differential run | property tests | scenario tests |'
  const table = [head, '|---|---|---|---|---|---|', ...rows].join('\n')
  writeFileSync(PAGE, `${before}${MARK}\n${table}\n${MARK}${after}`)
}

process.exitCode = await main()
