// npm run stories -- [--times 200] [part of a file's name ...]: runs each story of examples/flaky-stories so many times in a row and
// prints how often it passed. Exit code 1 when a run failed.

import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'

const root = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  options: { times: { type: 'string', default: '200' } },
  allowPositionals: true,
})
const times = Number(values.times)
if (!Number.isInteger(times) || times < 1) {
  console.error(`--times is '${values.times}', but must be a whole number from 1 on`)
  process.exit(2)
}

process.env.STORIES_TIMES = String(times)
const failures = []
const rows = []
const vitest = await startVitest('test', positionals, {
  root,
  config: false,
  watch: false,
  include: ['examples/flaky-stories/*.test.ts'],
  runner: join(root, 'scripts/stories-runner.mjs'),
  testTimeout: 30_000,
  reporters: [{ onTestModuleEnd: (module) => rows.push(rowOf(module)) }],
})
await vitest.close()

rows.sort((a, b) => a.story.localeCompare(b.story))
const total = (name) => rows.reduce((sum, row) => sum + row[name], 0)
console.table(Object.fromEntries(rows.map(({ story, ...row }) => [story, row])))
for (const failure of failures) console.log(failure)
console.log(
  `stories: ${rows.length} stories ${times} times, ${total('passed')} passed, ${total('failed')} failed`,
)
process.exitCode = rows.length === 0 || total('failed') > 0 ? 1 : 0

/** A run of a story is a run of each test in its file. */
function rowOf(module) {
  const story = basename(module.moduleId, '.test.ts')
  for (const error of module.errors()) failures.push(`${story}: ${error.message}`)
  const tests = [...module.children.allTests()]
  for (const test of tests)
    for (const error of test.result().errors ?? []) failures.push(`${story} > ${test.name}: ${error.message}`)
  const series = tests.map((test) => test.meta().runs ?? [])
  const runs = Array.from({ length: times }, (_, i) => series.map((each) => each[i]))
  const failed = runs.filter((run) => run.length === 0 || run.some((each) => each?.failed !== false)).length
  const ms = runs.map((run) => run.reduce((sum, each) => sum + (each?.ms ?? 0), 0)).sort((a, b) => a - b)
  return {
    story,
    tests: tests.length,
    passed: times - failed,
    failed,
    'median ms': Math.round(ms[times >> 1]),
  }
}
