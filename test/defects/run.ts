// npm run defects -- [--oracle host:port] [--only NN,...] [--write]
// Plants each defect in a copy of the project and sees what catches it: the conformance suite, the differential run (with an
// oracle), the property tests, the tests by scenario. Exit code 0: each is caught, 1: some by none of the first three,
// 2: wrong usage, 3: it cannot be measured.

import { parseArgs } from 'node:util'
import { bySuite, type Caught, judge, typeCheck } from './judge.js'
import { type Defect, readDefects } from './patches.js'
import { plant, remove, takeSnapshot } from './plant.js'
import { asTable, type Measured, writeTable } from './table.js'

const MISSED = 1
const WRONG_USAGE = 2
const NOT_MEASURED = 3
const USAGE = 'usage: npm run defects -- [--oracle host:port] [--only NN,...] [--write]'

class UsageError extends Error {}

interface Options {
  readonly oracle: string | null
  readonly chosen: readonly Defect[]
  readonly write: boolean
}

function readOptions(args: readonly string[]): Options {
  const { oracle, only, write } = parse(args)
  if (only !== undefined && write)
    throw new UsageError('--write writes the whole table, so it goes without --only')
  const chosen = readDefects().filter(({ name }) => {
    return only === undefined || only.split(',').some((prefix) => name.startsWith(prefix))
  })
  if (chosen.length === 0) throw new UsageError(`no defect begins with '${only}'`)
  return { oracle: oracle ?? null, chosen, write: write ?? false }
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const
    return parseArgs({ args: [...args], options: { oracle: text, only: text, write: { type: 'boolean' } } })
      .values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** What is caught by these counts; the tests by scenario are written against this implementation. */
function isCaught({ suite, differential, properties }: Caught): boolean {
  return suite.length > 0 || differential === true || properties > 0
}

/** Measuring takes long: a patch that is no good is told before. */
async function checkCompiles(snapshot: string, chosen: readonly Defect[]): Promise<void> {
  await typeCheck(snapshot, 'the project')
  for (const defect of chosen) {
    const folder = plant(snapshot, defect)
    await typeCheck(folder, defect.name).finally(() => remove(folder))
  }
}

/** What is noticed where there is no defect would be noticed everywhere. */
async function checkSound(snapshot: string, { chosen, oracle }: Options): Promise<void> {
  const caught = await judge(snapshot, { settings: [], suite: [] }, oracle)
  tell('without a defect', caught)
  const special = new Map(chosen.map(({ surroundings }) => [JSON.stringify(surroundings), surroundings]))
  const failed = [...caught.suite]
  for (const each of special.values()) {
    if (each.settings.length + each.suite.length > 0) failed.push(...(await bySuite(snapshot, each)))
  }
  if (failed.length > 0 || isCaught(caught) || caught.scenarios > 0)
    throw new Error(`without a defect: ${JSON.stringify({ ...caught, suite: failed })}`)
}

async function measure(snapshot: string, defect: Defect, oracle: string | null): Promise<Measured> {
  const folder = plant(snapshot, defect)
  try {
    const caught = await judge(folder, defect.surroundings, oracle)
    tell(defect.name, caught)
    return { defect, caught }
  } finally {
    remove(folder)
  }
}

function tell(what: string, caught: Caught): void {
  console.error(`${what}: ${JSON.stringify(caught)}`)
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const snapshot = takeSnapshot()
  try {
    await checkCompiles(snapshot, options.chosen)
    await checkSound(snapshot, options)
    const measured: Measured[] = []
    for (const defect of options.chosen) measured.push(await measure(snapshot, defect, options.oracle))
    console.log(asTable(measured))
    if (options.write) writeTable(measured)
    const missed = measured.filter(({ caught }) => !isCaught(caught))
    for (const { defect } of missed) console.log(`missed: ${defect.name}`)
    return missed.length > 0 ? MISSED : 0
  } finally {
    remove(snapshot)
  }
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error.message)
  return error instanceof UsageError ? WRONG_USAGE : NOT_MEASURED
})
