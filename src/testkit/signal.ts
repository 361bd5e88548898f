// Something has changed: whoever waits looks again. Waits have a limit, and say what they saw instead.

export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout'
}

export class Signal {
  private readonly listeners = new Set<() => void>()

  raise = (): void => {
    for (const listener of [...this.listeners]) listener()
  }

  /**
   * Looks now and after every change until there is something to see. Rejects with WaitTimeout, whose message is
   * `what`, the limit, and what `instead` says then.
   */
  async until<T>(
    what: string,
    timeoutMs: number,
    look: () => Promise<T | undefined>,
    instead: () => Promise<string>,
  ): Promise<T> {
    let isLate = false
    let wake = () => {}
    let hasChanged = false
    const changed = () => {
      hasChanged = true
      wake()
    }
    const timer = setTimeout(() => {
      isLate = true
      wake()
    }, timeoutMs)
    this.listeners.add(changed)
    try {
      for (;;) {
        hasChanged = false
        const seen = await look()
        if (seen !== undefined) return seen
        if (!hasChanged && !isLate)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        if (isLate) break
      }
    } finally {
      clearTimeout(timer)
      this.listeners.delete(changed)
    }
    throw new WaitTimeout(`${what}: not within ${timeoutMs} ms; instead\n${await instead()}`)
  }
}
