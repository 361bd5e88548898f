// Errors in answers: what is in there, and which of them are worth an entry. A client that is refused tries again, often
// many times a second: the same error to the same asker is told once a minute, with how often it came.

import { type ErrorCode, ErrorCodes, errorName } from '../protocol/errors.js'

const AGAIN_AFTER_MS = 60_000
const MAX_ASKERS = 10_000
const MAX_DEPTH = 6

/** The names of all errors that a response carries, each once. */
export function errorsIn(response: object): string[] {
  const found = new Set<string>()
  collect(response, found, 0)
  return [...found]
}

function collect(value: unknown, found: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || depth > MAX_DEPTH) return
  const { errorCode } = value as { errorCode?: unknown }
  if (typeof errorCode === 'number' && errorCode !== ErrorCodes.NONE)
    found.add(errorName(errorCode as ErrorCode))
  for (const name in value) collect((value as Record<string, unknown>)[name], found, depth + 1)
}

interface Repeated {
  error: string
  toldMs: number
  count: number
}

export class RepeatedErrors {
  private readonly askers = new Map<string, Repeated>()

  get hasAny(): boolean {
    return this.askers.size > 0
  }

  /** How many there were since it was last told, this one included; null: it is not to be told again yet. */
  count(asker: string, error: string, atMs: number): number | null {
    const before = this.askers.get(asker)
    if (before?.error === error && atMs - before.toldMs < AGAIN_AFTER_MS) {
      before.count++
      return null
    }
    const count = before?.error === error ? before.count + 1 : 1
    this.askers.delete(asker)
    this.askers.set(asker, { error, toldMs: atMs, count: 0 })
    if (this.askers.size > MAX_ASKERS)
      for (const oldest of this.askers.keys()) return this.drop(oldest, count)
    return count
  }

  /** It was answered well: the next error is news. */
  over(asker: string): void {
    this.askers.delete(asker)
  }

  private drop(asker: string, count: number): number {
    this.askers.delete(asker)
    return count
  }
}
