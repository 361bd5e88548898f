// Asking again, a bounded number of times: a coordinator that is loading or moving, a partition between two leaders. A broker
// that was just started needs some seconds until __consumer_offsets is there.

import { AdminError } from './errors.js'

export interface Patience {
  readonly tries: number
  /** Before the second try; doubles up to maxDelayMs. */
  readonly delayMs: number
  readonly maxDelayMs: number
}

/** 12 s in all. */
export const patient: Patience = { tries: 16, delayMs: 100, maxDelayMs: 1000 }

/** A try that is worth repeating ends with an AdminError that is retriable; the last one is what it rejects with. */
export async function persist<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof AdminError) || !error.isRetriable || tried >= patience.tries) throw error
      await pause(delayOf(patience, tried))
    }
  }
}

/**
 * For many things at once: `ask` returns those that are worth another try. The last round is told so that it can settle
 * what is left.
 */
export async function rounds<T>(
  patience: Patience,
  all: readonly T[],
  ask: (pending: readonly T[], isLast: boolean) => Promise<readonly T[]>,
): Promise<void> {
  let pending = all
  for (let tried = 1; pending.length > 0; tried++) {
    const isLast = tried >= patience.tries
    pending = await ask(pending, isLast)
    if (isLast) return
    if (pending.length > 0) await pause(delayOf(patience, tried))
  }
}

const delayOf = ({ delayMs, maxDelayMs }: Patience, tried: number) =>
  Math.min(delayMs * 2 ** (tried - 1), maxDelayMs)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
