// Runs cases, many at once, each with a time limit: a case that hangs is cut and reported, a broker that closes the
// connection is a result.

import type { ApiName } from '../src/protocol/apis.js'
import { type Case, Mismatch } from './case.js'
import { ConnectionClosed } from './client.js'
import { Scene } from './scene.js'
import { advertises, type Target } from './target.js'

export interface Result {
  readonly id: string
  readonly title: string
  readonly level: string
  readonly source: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or what was seen instead. */
  readonly detail: string
  readonly elapsedMs: number
}

export interface RunOptions {
  readonly parallel: number
  readonly timeoutMs: number
  readonly groupPrefix: string
  progress(done: number, of: number): void
}

/** Results in the order of the cases. */
export async function runCases(
  target: Target,
  cases: readonly Case[],
  options: RunOptions,
): Promise<Result[]> {
  const results: Result[] = []
  const todo = [...cases.entries()]
  let done = 0
  const worker = async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const [i, each] = next
      results[i] = await runCase(target, each, options, i)
      options.progress(++done, cases.length)
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, worker))
  return results
}

async function runCase(target: Target, each: Case, options: RunOptions, i: number): Promise<Result> {
  const { id, title, level, source } = each
  const begun = performance.now()
  const result = (outcome: Result['outcome'], detail: string): Result => {
    return { id, title, level, source, outcome, detail, elapsedMs: Math.round(performance.now() - begun) }
  }
  const lacking = Object.entries(each.uses).find(
    ([api, version]) => !advertises(target, api as ApiName, version),
  )
  if (lacking !== undefined) return result('skipped', `${lacking[0]} v${lacking[1]} is not advertised`)
  const scene = new Scene(target, `${options.groupPrefix}-${i}`)
  try {
    await withTimeout(each.run(scene), options.timeoutMs)
    return result('passed', '')
  } catch (error) {
    return result('failed', explain(error))
  } finally {
    await withTimeout(scene.cleanUp(), options.timeoutMs).catch(() => {})
  }
}

class TimedOut extends Error {}

function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}

function explain(error: unknown): string {
  if (error instanceof Mismatch)
    return `${error.message}: expected ${show(error.expected)}, got ${show(error.got)}`
  if (error instanceof ConnectionClosed || error instanceof TimedOut) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, member) => {
    if (typeof member === 'bigint') return String(member)
    if (member instanceof RegExp) return String(member)
    return member?.type === 'Buffer' ? Buffer.from(member.data).toString('latin1') : member
  })
}
