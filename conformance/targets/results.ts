// What is kept of the runs against a target.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { advertisedBy, countOf } from '../reports/summary.js'
import type { Result } from '../runner.js'
import type { Target } from '../target.js'
import type { Configuration, TargetPlan } from './configurations.js'

export const DOCS = join(import.meta.dirname, '../../docs/conformance')
export const RESULTS = join(DOCS, 'results')

export interface ConfigurationResults {
  readonly name: string
  /** YYYY-MM-DD */
  readonly date: string
  /** Whether cases that take minutes were run. */
  readonly slow: boolean
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** With start and stop. */
  readonly seconds: number
  /** API -> how many cases sent it. */
  readonly casesByApi: Readonly<Record<string, number>>
  /** API -> versions that passing cases sent. */
  readonly sent: Readonly<Record<string, readonly number[]>>
  /** Case -> 'passed', or 'failed: ...' or 'skipped: ...' with what was seen. */
  readonly cases: Readonly<Record<string, string>>
}

export interface TargetResults {
  readonly title: string
  /** API -> first and last version. */
  readonly advertised: Readonly<Record<string, readonly [number, number]>>
  readonly configurations: readonly ConfigurationResults[]
}

/** Failed when it failed in any configuration, else passed when it passed in any; with what was seen. */
export function outcomeOf({ configurations }: TargetResults, id: string): string {
  const seen = configurations.flatMap(({ cases }) => cases[id] ?? [])
  const first = (outcome: string) => seen.find((each) => each.startsWith(outcome))
  return first('failed') ?? first('passed') ?? seen[0] ?? 'skipped: not run'
}

/** Null when the target was not run yet. */
export function readResults(key: string): TargetResults | null {
  const file = join(RESULTS, `${key}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TargetResults) : null
}

export interface ConfigurationRun {
  readonly target: Target
  readonly results: readonly Result[]
  readonly elapsedMs: number
}

/** In place of what an earlier run of this configuration found. */
export function keep(
  { key, title, configurations }: TargetPlan,
  { name }: Configuration,
  slow: boolean,
  { target, results, elapsedMs }: ConfigurationRun,
): void {
  const run: ConfigurationResults = {
    name,
    date: new Date().toISOString().slice(0, 10),
    slow,
    ...countOf(results),
    seconds: Math.round(elapsedMs / 1000),
    casesByApi: casesByApi(results),
    sent: versionsSent(results),
    cases: Object.fromEntries(results.map(({ id, outcome, detail }) => [id, told(outcome, detail)])),
  }
  const byName = new Map((readResults(key)?.configurations ?? []).map((each) => [each.name, each]))
  byName.set(name, run)
  const merged: TargetResults = {
    title,
    advertised: advertisedBy(target),
    configurations: configurations.flatMap((each) => byName.get(each.name) ?? []),
  }
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, `${key}.json`), asText(merged))
}

const SHOWN = 200

const told = (outcome: Result['outcome'], detail: string) =>
  outcome === 'passed' ? outcome : `${outcome}: ${detail.slice(0, SHOWN)}`

/** As the formatter wants it: lists of versions on one line. */
function asText(results: TargetResults): string {
  const text = JSON.stringify(results, null, 2)
  return `${text.replace(/\[[\s\d,]+\]/g, (list) => list.replace(/\s+/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()))}\n`
}

/** API -> cases that sent it. */
function casesByApi(results: readonly Result[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { sent } of results)
    for (const api of Object.keys(sent)) counts.set(api, (counts.get(api) ?? 0) + 1)
  return Object.fromEntries(counts)
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
