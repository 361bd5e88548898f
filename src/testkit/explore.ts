// A test body run under many orders of answers. With real clients a seed repeats our choices, not the kernel's: a failure
// that shows once in a hundred runs may want a few tries of its seed.

import { ConfigError } from '../server/config/errors.js'
import type { CohortOptions } from '../server/options.js'
import { type Field, readOne, record, whole } from './fields.js'

export interface ExploreOptions extends CohortOptions {
  /** How many orders; 100 unless given. */
  readonly runs?: number
  /** Of the first run; the next ones follow. */
  readonly seed?: number
}

/** A run failed: the message has its seed and the line that sets it again, `cause` what went wrong. */
export class ExploreError extends Error {
  override readonly name = 'ExploreError'
  readonly seed: number

  constructor(seed: number, run: number, runs: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`run ${run} of ${runs} failed: ${reason}\nagain: explore({ runs: 1, seed: ${seed} }, ...)`, {
      cause,
    })
    this.seed = seed
  }
}

const RUNS = 100
const AN_OBJECT: Field<ExploreOptions> = record('an object')

/** By index.ts, which knows how to start a broker. */
export async function exploreWith<C extends { stop(): Promise<unknown> }>(
  start: (options: CohortOptions) => Promise<C>,
  given: ExploreOptions,
  body: (cohort: C) => Promise<void>,
): Promise<void> {
  const { runs, seed, ...options } = { runs: RUNS, seed: 1, ...readOne(AN_OBJECT, given, 'explore: options') }
  readOne(whole(1), runs, 'explore: runs')
  readOne(whole(0), seed, 'explore: seed')
  if (typeof body !== 'function')
    throw new ConfigError('explore: its second argument must be a function (cohort)')
  for (let run = 0; run < runs; run++) {
    const cohort = await start({ ...options, seed: seed + run, order: 'seeded' })
    try {
      await body(cohort)
      await cohort.stop()
    } catch (error) {
      await cohort.stop().catch(() => {})
      throw new ExploreError(seed + run, run + 1, runs, error)
    }
  }
}
