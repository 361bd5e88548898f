// npm run conformance:kafka [-- --only KEY] [--configuration NAME] [--slow]
// Brings up each target in each of its configurations, one after the other, runs the suite against it, and keeps the
// outcomes in docs/conformance/results/. Exit code 0: all hold, 1: a MUST or SHOULD fails on Kafka or on ours, 2: wrong
// usage, or a tool is missing.

import { parseArgs } from 'node:util'
import { cases } from '../cases/index.js'
import { type Conditions, DEFAULTS } from '../conditions.js'
import { countOf } from '../reports/summary.js'
import { type Result, runCases } from '../runner.js'
import { discover, forget, type Target } from '../target.js'
import { type Configuration, PLANS, type TargetPlan } from './configurations.js'
import { writeMatrix } from './matrix.js'
import { MissingTool } from './processes.js'
import { type ConfigurationRun, keep } from './results.js'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      configuration: { type: 'string' },
      slow: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only?.find((key) => !PLANS.some((plan) => plan.key === key))
  if (unknown !== undefined) {
    console.error(`there is no target '${unknown}', only ${PLANS.map(({ key }) => key).join(', ')}`)
    return 2
  }
  let isFailed = false
  for (const plan of PLANS.filter(({ key }) => values.only?.includes(key) ?? true)) {
    for (const configuration of plan.configurations) {
      if (values.configuration !== undefined && configuration.name !== values.configuration) continue
      const run = await runConfiguration(plan, configuration, values.slow)
      isFailed ||= plan.mustHold && run.results.some(counts)
      tell(plan, configuration, run)
      keep(plan, configuration, values.slow && configuration.isForSlow, run)
    }
  }
  writeMatrix()
  return isFailed ? 1 : 0
}

const counts = ({ outcome, level }: Result) => outcome === 'failed' && level !== 'INFO'

async function runConfiguration(
  plan: TargetPlan,
  { start, prefix, isForSlow }: Configuration,
  withSlow: boolean,
) {
  const begunAt = performance.now()
  const chosen = cases.filter(({ id }) => id.startsWith(prefix))
  const groupPrefix = `conformance-${process.pid}`
  const conditions: Conditions = { ...DEFAULTS, slow: withSlow && isForSlow, groupPrefix, seed: 1 }
  const results = new Map<string, Result>()
  let target: Target | null = null
  // A mock may end by a case: the cases behind it are run on a new one.
  for (let todo = chosen; todo.length > 0; ) {
    const broker = await start()
    try {
      const [address] = broker.brokers
      target = await discover(address!, conditions)
      const each = plan.mustHold ? conditions : { ...conditions, parallel: 1, timeoutMs: 5000 }
      for (const result of await runCases(target, todo, { ...each, restart: broker.restart }))
        results.set(result.id, result)
      await forget(target, conditions).catch(() => {})
    } finally {
      await broker.stop()
    }
    const left = todo.filter(({ id }) => results.get(id)?.detail.includes('ECONNREFUSED'))
    const [first] = left
    if (first !== undefined && left.length === todo.length) {
      const seen = results.get(first.id) as Result
      results.set(first.id, { ...seen, detail: "it ends the broker's process" })
      left.shift()
    }
    todo = left
  }
  const inOrder = chosen.map(({ id }) => results.get(id) as Result)
  return { target: target as unknown as Target, results: inOrder, elapsedMs: performance.now() - begunAt }
}

function tell(
  { title }: TargetPlan,
  { name }: Configuration,
  { results, elapsedMs }: ConfigurationRun,
): void {
  const { passed, failed, skipped } = countOf(results)
  const took = `${(elapsedMs / 1000).toFixed(0)} s with start and stop`
  console.log(`${title}, ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${took})`)
  for (const { outcome, id, level, detail } of results)
    if (outcome === 'failed') console.log(`  ${level} ${id}: ${detail.slice(0, 300)}`)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof MissingTool)) throw error
  console.error(error.message)
  process.exitCode = 2
}
