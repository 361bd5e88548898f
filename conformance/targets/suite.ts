// npm run conformance:kafka [-- --only KEY] [--slow]
// Brings up each target in each of its configurations, one after the other, runs the suite against it, and keeps the
// outcomes in docs/conformance/results/. Exit code 0: all hold, 1: a MUST or SHOULD fails on Kafka or on ours, 2: wrong
// usage, or a tool is missing.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from '../cases/index.js'
import { type Conditions, DEFAULTS } from '../conditions.js'
import { advertisedBy, countOf } from '../reports/summary.js'
import { type Result, runCases } from '../runner.js'
import { discover, forget, type Target } from '../target.js'
import { type Configuration, PLANS, type TargetPlan } from './configurations.js'
import { writeMatrix } from './matrix.js'
import { MissingTool } from './processes.js'
import { RESULTS, type TargetResults } from './results.js'

interface ConfigurationRun {
  readonly target: Target
  readonly results: readonly Result[]
  readonly elapsedMs: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
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
    const runs = new Map<string, ConfigurationRun>()
    for (const configuration of plan.configurations) {
      const run = await runConfiguration(plan, configuration, values.slow)
      runs.set(configuration.name, run)
      isFailed ||= plan.mustHold && run.results.some(counts)
      tell(plan, configuration, run)
    }
    keep(plan, values.slow, runs)
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

function keep(plan: TargetPlan, slow: boolean, runs: ReadonlyMap<string, ConfigurationRun>): void {
  const [first] = runs.values()
  if (first === undefined) return
  const merged: TargetResults = {
    title: plan.title,
    date: new Date().toISOString().slice(0, 10),
    slow,
    configurations: [...runs].map(([name, { results, elapsedMs }]) => {
      return { name, ...countOf(results), seconds: Math.round(elapsedMs / 1000) }
    }),
    advertised: advertisedBy(first.target),
    casesByApi: casesByApi([...runs.values()].flatMap(({ results }) => results)),
    sent: versionsSent([...runs.values()].flatMap(({ results }) => results)),
    cases: Object.fromEntries(
      cases.map(({ id }) => {
        const seen = [...runs.values()].flatMap(({ results }) => results.filter((result) => result.id === id))
        const best =
          seen.find(({ outcome }) => outcome === 'failed') ??
          seen.find(({ outcome }) => outcome === 'passed') ??
          seen[0]
        const { outcome = 'skipped', detail = 'not run' } = best ?? {}
        return [id, outcome === 'passed' ? outcome : `${outcome}: ${detail.slice(0, 200)}`]
      }),
    ),
  }
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, `${plan.key}.json`), asText(merged))
}

/** As the formatter wants it: lists of versions on one line. */
function asText(results: TargetResults): string {
  const text = JSON.stringify(results, null, 2)
  return `${text.replace(/\[[\s\d,]+\]/g, (list) => list.replace(/\s+/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()))}\n`
}

/** API -> cases that sent it in any configuration. */
function casesByApi(results: readonly Result[]): Record<string, number> {
  const ids = new Map<string, Set<string>>()
  for (const { id, sent } of results)
    for (const api of Object.keys(sent)) ids.set(api, (ids.get(api) ?? new Set()).add(id))
  return Object.fromEntries([...ids].map(([api, set]) => [api, set.size]))
}

/** API -> versions, of the cases that passed. */
function versionsSent(results: readonly Result[]): Record<string, number[]> {
  const sent = new Map<string, Set<number>>()
  for (const { outcome, sent: versions } of results) {
    if (outcome !== 'passed') continue
    for (const [api, list] of Object.entries(versions))
      sent.set(api, new Set([...(sent.get(api) ?? []), ...list]))
  }
  return Object.fromEntries([...sent].map(([api, versions]) => [api, [...versions].sort((a, b) => a - b)]))
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof MissingTool)) throw error
  console.error(error.message)
  process.exitCode = 2
}
