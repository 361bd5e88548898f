// Results as JSON: what `conform diff` compares and the matrix is made of. The exchange is kept of what failed.

import type { Result } from '../runner.js'
import { plain } from '../show.js'
import { advertisedBy, brokersOf, countOf, type Run } from './summary.js'

export function asJson(run: Run): string {
  const { target, options, results, elapsedMs, date } = run
  const report = {
    date,
    brokers: brokersOf(run),
    release: target.release,
    seed: options.seed,
    counts: countOf(results),
    elapsedMs: Math.round(elapsedMs),
    limits: target.limits,
    advertised: advertisedBy(target),
    results: results.map(({ exchanges, ...result }: Result) => ({
      ...result,
      ...(result.mismatch === undefined ? {} : { mismatch: plain(result.mismatch) }),
      ...(result.outcome === 'failed' ? { exchanges: plain(exchanges) } : {}),
    })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
