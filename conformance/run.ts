// npm run conformance -- --brokers host:port [prefix...] [--list] [--level MUST|SHOULD|INFO] [--timeout ms] [--parallel N]
//   [--group-prefix P] [--json FILE]
// Runs the cases whose id begins with a prefix (all without one). Exit code 0: all hold, 1: some fail, 2: wrong usage,
// 3: the broker cannot be reached.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Case, LEVELS, type Level } from './case.js'
import { cases } from './cases/index.js'
import type { Address } from './client.js'
import { type Result, runCases } from './runner.js'
import { discover, type Target } from './target.js'

const USAGE =
  'usage: npm run conformance -- --brokers host:port [prefix...] [--list] [--level MUST|SHOULD|INFO] [--timeout ms] [--parallel N] [--group-prefix P] [--json FILE]'

class UsageError extends Error {}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      brokers: { type: 'string' },
      list: { type: 'boolean', default: false },
      level: { type: 'string', default: 'INFO' },
      timeout: { type: 'string', default: '20000' },
      parallel: { type: 'string', default: '16' },
      'group-prefix': { type: 'string', default: `conformance-${process.pid}` },
      json: { type: 'string' },
    },
  })
  if (!(LEVELS as readonly string[]).includes(values.level))
    throw new UsageError(`--level is one of ${LEVELS.join(', ')}`)
  const chosen = cases.filter(({ id, level }) => {
    const wanted = positionals.length === 0 || positionals.some((prefix) => id.startsWith(prefix))
    return wanted && LEVELS.indexOf(level) <= LEVELS.indexOf(values.level as Level)
  })
  if (chosen.length === 0) throw new UsageError(`no case begins with ${positionals.join(' or ')}`)
  return { ...values, chosen }
}

function address(text: string | undefined): Address {
  const [, host, port] = /^(.+):(\d+)$/.exec(text ?? '') ?? []
  if (host === undefined) throw new UsageError('--brokers host:port is needed')
  return { host, port: Number(port) }
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options.list) {
    for (const { id, level, title, source } of options.chosen)
      console.log(`${id}  ${level}  ${title}  (${source})`)
    return 0
  }
  const where = address(options.brokers)
  let target: Target
  try {
    target = await discover(where)
  } catch (error) {
    console.error(
      `${where.host}:${where.port} cannot be reached: ${error instanceof Error ? error.message : error}`,
    )
    return 3
  }
  return report(await play(target, options.chosen, options), options.json)
}

function play(
  target: Target,
  chosen: readonly Case[],
  options: ReturnType<typeof readOptions>,
): Promise<Result[]> {
  return runCases(target, chosen, {
    parallel: Number(options.parallel),
    timeoutMs: Number(options.timeout),
    groupPrefix: options['group-prefix'],
    progress: (done, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of}${done === of ? '\n' : ''}`)
    },
  })
}

function report(results: readonly Result[], json: string | undefined): number {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length
  for (const { id, title, level, detail, outcome } of results) {
    if (outcome === 'failed') console.log(`FAILED ${id} (${level}) ${title}\n    ${detail}`)
    if (outcome === 'skipped') console.log(`skipped ${id}: ${detail}`)
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  return count('failed') > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error
  console.error(`${error.message}\n${USAGE}`)
  process.exitCode = 2
}
