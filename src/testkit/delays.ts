// What the test kit itself holds up: it ends with its broker, or a process would wait for it.

import { clearTimeout, MAX_DELAY_MS, setTimeout } from '../server/os-timers.js'

interface Delayed {
  readonly timer: NodeJS.Timeout
  /** When the broker is stopped before it is time. */
  readonly ended: () => void
}

export class Delays {
  private readonly delayed = new Set<Delayed>()
  private isOver = false

  /** `act` unless the broker is stopped before. */
  after(ms: number, act: () => void): void {
    this.delay(ms, act, () => {})
  }

  /** Resolves after so long, or when the broker is stopped. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.delay(ms, resolve, resolve))
  }

  private delay(ms: number, act: () => void, ended: () => void): void {
    if (this.isOver) return ended()
    const timer = setTimeout(
      () => {
        this.delayed.delete(each)
        act()
      },
      Math.min(ms, MAX_DELAY_MS),
    )
    const each: Delayed = { timer, ended }
    this.delayed.add(each)
  }

  end(): void {
    this.isOver = true
    for (const { timer, ended } of this.delayed) {
      clearTimeout(timer)
      ended()
    }
    this.delayed.clear()
  }
}
