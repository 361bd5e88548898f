// Runs cases, many at once, each with a time limit: a case that hangs is cut and reported, a broker that closes the
// connection is a result.

import type { ApiName } from '../src/protocol/api-names.js'
import { ProtocolError } from '../src/protocol/errors.js'
import { type Case, Mismatch, Skipped } from './case.js'
import { ConnectionClosed } from './client.js'
import type { Conditions } from './conditions.js'
import type { Exchange } from './exchange.js'
import { Scene } from './scene.js'
import { show } from './show.js'
import { shuffled } from './shuffle.js'
import { advertises, type Target } from './target.js'
import { TimedOut, withTimeout } from './timeout.js'

export interface Result {
  readonly id: string
  readonly title: string
  readonly level: string
  readonly source: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or what was seen instead. */
  readonly detail: string
  readonly elapsedMs: number
  /** API -> versions that were sent. */
  readonly sent: Readonly<Record<string, readonly number[]>>
  /** Of a failed case: what was compared. */
  readonly mismatch?: { readonly what: string; readonly expected: unknown; readonly got: unknown }
  readonly exchanges: readonly Exchange[]
}

export type Progress = (result: Result, done: number, of: number) => void

/** With --quick, nothing is begun after this. */
const QUICK_MS = 8_000
/** Whatever a case asks for, it has this long to clean up. */
const CLEAN_UP_MS = 10_000

/** Results in the order of the cases. Those that others would notice come last, one by one. */
export async function runCases(
  target: Target,
  cases: readonly Case[],
  conditions: Conditions,
  progress: Progress = () => {},
): Promise<Result[]> {
  const results: Result[] = []
  const begunAt = performance.now()
  let done = 0
  const work = async (todo: [number, Case][], mayBeLoading = false) => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const [i, each] = next
      const isLate = conditions.quick && performance.now() - begunAt > QUICK_MS
      const reason = isLate ? '--quick ran out of time' : reasonToSkip(target, each, conditions)
      results[i] =
        reason === null
          ? await runCase(target, each, conditions, i, mayBeLoading)
          : skippedResult(each, reason)
      progress(results[i], ++done, cases.length)
    }
  }
  const isAlone = ([, each]: [number, Case]) => each.needs?.some((need) => need.isAlone) ?? false
  const order = shuffled([...cases.entries()], conditions.seed)
  // Long ones first: they set how long the whole takes.
  const together = order
    .filter((each) => !isAlone(each))
    .sort(([, a], [, b]) => (b.takesMs ?? 0) - (a.takesMs ?? 0))
  process.on('unhandledRejection', ignoreClosed)
  try {
    await Promise.all(Array.from({ length: conditions.parallel }, () => work(together)))
    await againInPeace(target, cases, conditions, results)
    await work(order.filter(isAlone), conditions.restart !== null)
  } finally {
    process.off('unhandledRejection', ignoreClosed)
  }
  return results
}

/** What waits may fail because the machine was busy with all the others: it must fail alone too, with twice the time. */
async function againInPeace(
  target: Target,
  cases: readonly Case[],
  conditions: Conditions,
  results: Result[],
): Promise<void> {
  const calm = {
    ...conditions,
    timeFactor: 2 * conditions.timeFactor,
    groupPrefix: `${conditions.groupPrefix}-again`,
  }
  for (const [i, each] of cases.entries()) {
    if (each.takesMs === undefined || results[i]?.outcome !== 'failed') continue
    results[i] = await runCase(target, each, calm, i)
  }
}

/** A case that failed leaves requests behind, which end with its connections. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof ConnectionClosed)) throw error
}

function reasonToSkip(target: Target, each: Case, conditions: Conditions): string | null {
  for (const [api, version] of Object.entries(each.uses ?? {})) {
    if (!advertises(target, api as ApiName, version)) return `${api} v${version} is not advertised`
  }
  for (const need of each.needs ?? []) {
    const reason = need.lacks(target, conditions)
    if (reason !== null) return `needs ${need.name}: ${reason}`
  }
  return conditions.quick && each.takesMs !== undefined ? 'it waits, and --quick does not' : null
}

function skippedResult({ id, title, level, source }: Case, detail: string): Result {
  return { id, title, level, source, outcome: 'skipped', detail, elapsedMs: 0, sent: {}, exchanges: [] }
}

async function runCase(
  target: Target,
  each: Case,
  conditions: Conditions,
  i: number,
  mayBeLoading = false,
): Promise<Result> {
  const { id, title, level, source } = each
  const begunAt = performance.now()
  const scene = new Scene(target, conditions, `${conditions.groupPrefix}-${conditions.seed}-${i}`)
  const result = (outcome: Result['outcome'], detail: string, more: Partial<Result> = {}): Result => {
    const elapsedMs = Math.round(performance.now() - begunAt)
    const { exchanges } = scene.recording
    return {
      id,
      title,
      level,
      source,
      outcome,
      detail,
      elapsedMs,
      sent: scene.recording.sent(),
      exchanges,
      ...more,
    }
  }
  try {
    const run = mayBeLoading ? scene.ready().then(() => each.run(scene)) : each.run(scene)
    await withTimeout(run, timeLimit(target, each, conditions))
    return result('passed', '')
  } catch (error) {
    if (error instanceof Skipped) return result('skipped', error.message)
    const { message: what, expected, got } = error as Mismatch
    return result(
      'failed',
      explain(error),
      error instanceof Mismatch ? { mismatch: { what, expected, got } } : {},
    )
  } finally {
    await withTimeout(scene.cleanUp(), CLEAN_UP_MS * conditions.timeFactor).catch(() => {})
  }
}

/** The first join phase of a group, and a session, last as long as the broker is set to; a case waits for a few of them. */
const JOIN_PHASES = 3
const SESSIONS = 4

function timeLimit({ limits }: Target, { takesMs = 0 }: Case, conditions: Conditions): number {
  const brokers = JOIN_PHASES * limits.initialDelayMs + SESSIONS * limits.minSessionMs
  return (conditions.timeoutMs + takesMs) * conditions.timeFactor + brokers
}

function explain(error: unknown): string {
  if (error instanceof Mismatch)
    return `${error.message}: expected ${show(error.expected)}, got ${show(error.got)}`
  if (error instanceof ConnectionClosed || error instanceof TimedOut || error instanceof ProtocolError)
    return error.message
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? error.message : (error.stack ?? error.message)
}
