// npm run simulate:defects -- [--seeds N] [--only NN,...] [--write]
// Plants each defect in a copy of the project and plays seeds until a promise is broken: how many that took, and which promise it
// was. Exit code 0: each is found, 1: some are not, 2: wrong usage, 3: it cannot be measured.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Defect, ROOT, readDefects } from '../test/defects/patches.js'
import { plant, remove, takeSnapshot } from '../test/defects/plant.js'
import { run } from '../test/defects/processes.js'

const MISSED = 1
const WRONG_USAGE = 2
const NOT_MEASURED = 3
const USAGE = 'usage: npm run simulate:defects -- [--seeds N] [--only NN,...] [--write]'
const DEFAULT_SEEDS = '1000'
const PAGE = join(ROOT, 'docs/simulation.md')
const MARK = '<!-- defects -->'

class UsageError extends Error {}

interface Found {
  readonly defect: Defect
  /** Null: in none of them. */
  readonly seed: number | null
  readonly promise: string
}

function readOptions() {
  const text = { type: 'string' } as const
  try {
    const options = { seeds: text, only: text, write: { type: 'boolean' } } as const
    const { seeds = DEFAULT_SEEDS, only, write = false } = parseArgs({ options }).values
    if (only !== undefined && write)
      throw new Error('--write writes the whole table, so it goes without --only')
    const all = [...readDefects(), ...readDefects(join(ROOT, 'test/simulation/defects'))]
    const chosen = all.filter(({ name }) => only?.split(',').some((each) => name.startsWith(each)) ?? true)
    if (chosen.length === 0) throw new Error(`no defect begins with '${only}'`)
    return { seeds, chosen, write }
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

async function measure(snapshot: string, defect: Defect, seeds: string): Promise<Found> {
  const folder = plant(snapshot, defect)
  try {
    const { code, text } = await run(folder, ['--import', 'tsx', 'simulation/run.ts', '--seeds', seeds])
    const seed = /^seed (\d+): broken/m.exec(text)?.[1]
    if (code !== 0 && seed === undefined)
      throw new Error(`${defect.name}: ended with ${code}:\n${text.slice(-2000)}`)
    const promise = /^ {2}promise: (.+)$/m.exec(text)?.[1] ?? ''
    console.error(`${defect.name}: ${seed === undefined ? 'not found' : `seed ${seed}: ${promise}`}`)
    return { defect, seed: seed === undefined ? null : Number(seed), promise }
  } finally {
    remove(folder)
  }
}

function asTable(found: readonly Found[], seeds: string): string {
  const rows = found.map(({ defect: { name, title, text }, seed, promise }) => {
    const cells = [name.slice(0, 2), `**${title}.** ${text}`, seed ?? `not in ${seeds}`, promise || '-']
    return `| ${cells.join(' | ')} |`
  })
  return ['| | planted defect | seeds | the promise that it breaks |', '|---|---|---|---|', ...rows].join(
    '\n',
  )
}

function writeTable(table: string): void {
  const [before, , after] = readFileSync(PAGE, 'utf8').split(MARK)
  if (after === undefined) throw new Error(`${PAGE} has no two lines ${MARK}`)
  writeFileSync(PAGE, `${before}${MARK}\n${table}\n${MARK}${after}`)
}

async function main(): Promise<number> {
  const { seeds, chosen, write } = readOptions()
  const snapshot = takeSnapshot()
  const found: Found[] = []
  try {
    for (const defect of chosen) found.push(await measure(snapshot, defect, seeds))
  } finally {
    remove(snapshot)
  }
  const table = asTable(found, seeds)
  console.log(table)
  if (write) writeTable(table)
  return found.some(({ seed }) => seed === null) ? MISSED : 0
}

process.exitCode = await main().catch((error: Error) => {
  const isUsage = error instanceof UsageError
  console.error(isUsage ? `${error.message}\n${USAGE}` : error.message)
  return isUsage ? WRONG_USAGE : NOT_MEASURED
})
