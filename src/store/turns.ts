// Long work shares the event loop with everything else: whoever has it asks now and then whether this turn has lasted long enough, and
// waits for the next one. Several that work at the same time share the turn.

import { setImmediate } from 'node:timers'

/** A heartbeat can wait that long. */
const TURN_MS = 10

export class Turns {
  private sinceMs = performance.now()
  private next: Promise<void> | null = null

  get isOver(): boolean {
    return performance.now() - this.sinceMs > TURN_MS
  }

  /** Resolves in the next turn. */
  nextTurn(): Promise<void> {
    this.next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.next = null
        this.sinceMs = performance.now()
        resolve()
      })
    })
    return this.next
  }
}
