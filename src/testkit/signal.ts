// Something has changed: whoever waits looks again. Waits have a limit, and say what they saw instead; they end with the broker.

import { clearTimeout, MAX_DELAY_MS, setTimeout } from '../server/os-timers.js'

export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout'
}

/** The broker was stopped while something was waited for. */
export class WaitEnded extends Error {
  override readonly name = 'WaitEnded'
}

interface Waiter {
  readonly changed: () => void
  readonly end: () => Promise<void>
}

export class Signal {
  private readonly waiters = new Set<Waiter>()
  private isOver = false

  raise = (): void => {
    for (const { changed } of [...this.waiters]) changed()
  }

  /** Everything that waits is told so, with what is to be seen now. */
  async end(): Promise<void> {
    this.isOver = true
    await Promise.all([...this.waiters].map(({ end }) => end()))
  }

  /**
   * Looks now and after every change until there is something to see. Rejects with WaitTimeout, whose message is
   * `what`, the limit, and what `instead` says then, or with WaitEnded when the broker is stopped.
   */
  async until<T>(
    what: string,
    timeoutMs: number,
    look: () => Promise<T | undefined>,
    instead: () => Promise<string>,
  ): Promise<T> {
    if (this.isOver) throw new WaitEnded(`${what}: the broker was stopped before`)
    let isLate = false
    let seenAtEnd: string | null = null
    let wake = () => {}
    let hasChanged = false
    const changed = () => {
      hasChanged = true
      wake()
    }
    const end = async () => {
      seenAtEnd = await instead()
      wake()
    }
    const late = () => {
      isLate = true
      wake()
    }
    const timer = setTimeout(late, Math.min(timeoutMs, MAX_DELAY_MS))
    const waiter = { changed, end }
    this.waiters.add(waiter)
    try {
      for (;;) {
        hasChanged = false
        const isLast = isLate
        const seen = await look()
        if (seen !== undefined) return seen
        if (isLast || seenAtEnd !== null) break
        if (hasChanged || isLate) continue
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        if (seenAtEnd !== null) break
      }
    } finally {
      clearTimeout(timer)
      this.waiters.delete(waiter)
    }
    if (seenAtEnd !== null) throw new WaitEnded(`${what}: the broker was stopped; before that\n${seenAtEnd}`)
    throw new WaitTimeout(`${what}: not within ${timeoutMs} ms; instead\n${await instead()}`)
  }
}
