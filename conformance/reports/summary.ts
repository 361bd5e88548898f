// What a run found, as all reports tell it.

import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import type { Options } from '../options.js'
import type { Result } from '../runner.js'
import type { Target } from '../target.js'

export interface Run {
  readonly target: Target
  readonly options: Options
  readonly results: readonly Result[]
  readonly elapsedMs: number
  /** ISO 8601. */
  readonly date: string
}

export type Counts = Readonly<Record<Result['outcome'], number>>

export function countOf(results: readonly Pick<Result, 'outcome'>[]): Counts {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

export const brokersOf = ({ options }: Run) =>
  options.brokers.map(({ host, port }) => `${host}:${port}`).join(',')

/** API -> first and last version, of those that this suite knows. */
export function advertisedBy({ versions }: Target): Record<string, readonly [number, number]> {
  const names = Object.keys(Apis) as ApiName[]
  return Object.fromEntries(
    names.flatMap((name) => {
      const range = versions.get(Apis[name].key)
      return range === undefined ? [] : [[name, range]]
    }),
  )
}

/** Reason -> how many were skipped for it. */
export function skippedFor(results: readonly Result[]): Map<string, number> {
  const reasons = new Map<string, number>()
  for (const { outcome, detail } of results)
    if (outcome === 'skipped') reasons.set(detail, (reasons.get(detail) ?? 0) + 1)
  return reasons
}
