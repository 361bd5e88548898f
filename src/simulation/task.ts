// What a model client does, step after step, as a generator: it yields whenever it waits, and is resumed with what it
// waited for. So it reads like blocking code, runs without promises, and can be frozen or ended at any wait.

/** Calls `resume` once, now or later. */
export type Wait = (resume: (value: unknown) => void) => void

/** To be run by a SimulatedProcess, or from another task with `yield*`. */
export type Task<T = void> = Generator<Wait, T, unknown>

/** Waits for what `register` passes to its argument. */
export function* wait<T>(register: (resume: (value: T) => void) => void): Task<T> {
  return (yield register as Wait) as T
}

/** Something that tasks wait for again and again: every raise() wakes all who wait at that moment. */
export class Signal {
  private waiting: (() => void)[] = []

  raise(): void {
    const woken = this.waiting
    this.waiting = []
    for (const wake of woken) wake()
  }

  /** Calls `wake` at the next raise(). */
  next(wake: () => void): void {
    this.waiting.push(wake)
  }
}
