// The suite as a command: options in, cases run, reports out, exit code.

import { writeFileSync } from 'node:fs'
import { cases } from './cases/index.js'
import type { Address } from './client.js'
import { diffRuns } from './diff.js'
import { judge, readKnown } from './expectations.js'
import { type Options, readOptions, UsageError } from './options.js'
import { showProgress } from './progress.js'
import { asHtml } from './reports/html.js'
import { asJson } from './reports/json.js'
import { asJunit } from './reports/junit.js'
import type { Run } from './reports/summary.js'
import { asText } from './reports/text.js'
import { runCases } from './runner.js'
import { discover, forget, type Target } from './target.js'
import { withTimeout } from './timeout.js'
import { TopicError } from './topic.js'

/** The exit code: 0 all hold, 1 some fail, 2 wrong usage, 3 the broker cannot be reached. */
export async function conform(argv: readonly string[]): Promise<number> {
  try {
    return argv[0] === 'diff' ? compare(argv.slice(1)) : await run(argv)
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof TopicError)) throw error
    const help = error instanceof TopicError ? '--topic names one that is there' : '--help shows the options'
    console.error(`conform: ${error.message}; ${help}`)
    return 2
  }
}

function compare(files: readonly string[]): number {
  const [a, b, more] = files
  if (a === undefined || b === undefined || more !== undefined)
    throw new UsageError('diff takes two files that --json wrote')
  const { text, isWorse } = diffRuns(a, b)
  console.log(text)
  return isWorse ? 1 : 0
}

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, cases)
  if (options === null) return 0
  if (options.list) return list(options)
  const known = options.expect === null ? new Set<string>() : readKnown(options.expect, cases)
  const target = await reach(options)
  if (target === null) return 3
  const begunAt = performance.now()
  const date = new Date().toISOString()
  const results = await runCases(target, options.chosen, options, showProgress())
  if (!options.keep) await forget(target, options)
  const run: Run = { target, options, results, elapsedMs: performance.now() - begunAt, date }
  const judgement = judge(results, known, options.strict)
  if (options.json !== null) writeFileSync(options.json, asJson(run))
  if (options.junit !== null) writeFileSync(options.junit, asJunit(run))
  if (options.html !== null) writeFileSync(options.html, asHtml(run))
  console.log(asText(run, judgement))
  return judgement.failures.length + judgement.unexpected.length > 0 ? 1 : 0
}

function list({ chosen }: Options): number {
  for (const { id, level, title, source, uses = {}, needs = [] } of chosen) {
    const versions = Object.entries(uses).map(([api, version]) => `${api} v${version}`)
    const wanted = [...versions, ...needs.map(({ name }) => name)].join(', ')
    console.log(`${id}  ${level}  ${title}  (${source}${wanted && `; needs ${wanted}`})`)
  }
  console.log(`${chosen.length} cases`)
  return 0
}

/** Nothing that is asked first takes longer, on a broker that is up. */
const DISCOVERED_WITHIN_MS = 60_000

/** The first broker that can be reached; null, and a line for each, when none can. */
async function reach(options: Options): Promise<Target | null> {
  for (const address of options.brokers) {
    try {
      return await withTimeout(discover(address, options), DISCOVERED_WITHIN_MS * options.timeFactor)
    } catch (error) {
      if (error instanceof TopicError) throw error
      console.error(`${text(address)} cannot be reached: ${error instanceof Error ? error.message : error}`)
    }
  }
  return null
}

const text = ({ host, port }: Address) => `${host}:${port}`
