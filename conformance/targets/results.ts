// What is kept of the runs against a target.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const DOCS = join(import.meta.dirname, '../../docs/conformance')
export const RESULTS = join(DOCS, 'results')

export interface TargetResults {
  readonly title: string
  /** YYYY-MM-DD */
  readonly date: string
  readonly slow: boolean
  readonly configurations: readonly {
    readonly name: string
    readonly passed: number
    readonly failed: number
    readonly skipped: number
    readonly seconds: number
  }[]
  /** API -> first and last version. */
  readonly advertised: Readonly<Record<string, readonly [number, number]>>
  /** API -> how many cases sent it. */
  readonly casesByApi?: Readonly<Record<string, number>>
  /** API -> versions that passing cases sent. */
  readonly sent: Readonly<Record<string, readonly number[]>>
  /** Case -> 'passed', or 'failed: ...' or 'skipped: ...' with what was seen. */
  readonly cases: Readonly<Record<string, string>>
}

/** Null when the target was not run yet. */
export function readResults(key: string): TargetResults | null {
  const file = join(RESULTS, `${key}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TargetResults) : null
}
