// The process that a client lives in: it runs tasks, stands still (a garbage collection, a suspended machine, no CPU) with
// all of its threads at once, and dies. What comes in while it stands still is handled when it goes on, in order.

import type { EventQueue } from './queue.js'
import type { Signal, Task } from './task.js'
import { wait } from './task.js'

export interface ProcessWatcher {
  stoodStill(name: string, fromMs: number, toMs: number): void
  died(name: string, atMs: number): void
}

export class SimulatedProcess {
  readonly name: string
  private readonly queue: EventQueue
  private readonly watcher: ProcessWatcher
  private dead = false
  private frozenUntilMs = 0
  private held: (() => void)[] = []
  /** Called when it dies: its kernel closes what it had open. */
  private readonly atDeath: (() => void)[] = []

  constructor(name: string, queue: EventQueue, watcher: ProcessWatcher) {
    this.name = name
    this.queue = queue
    this.watcher = watcher
  }

  get isAlive(): boolean {
    return !this.dead
  }

  get nowMs(): number {
    return this.queue.nowMs
  }

  spawn(task: Task<unknown>): void {
    this.queue.after(0, () => this.run(() => this.step(task, undefined)))
  }

  /** Runs it now, or when the process goes on; never once it is dead. */
  run(what: () => void): void {
    if (this.dead) return
    if (this.isFrozen || this.held.length > 0) this.held.push(what)
    else what()
  }

  *sleep(ms: number): Task {
    yield* wait<void>((resume) => this.queue.after(ms, () => resume()))
  }

  /** Until `signal` is raised or it is `untilMs`. */
  *waitFor(signal: Signal, untilMs: number): Task {
    if (this.nowMs >= untilMs) return
    yield* wait<void>((resume) => {
      let isOver = false
      const wake = () => {
        if (isOver) return
        isOver = true
        timeout?.cancel()
        resume()
      }
      const timeout = Number.isFinite(untilMs) ? this.queue.at(untilMs, wake) : undefined
      signal.next(wake)
    })
  }

  /** Stands still from now on; a second pause prolongs the first. */
  freeze(ms: number): void {
    const fromMs = this.nowMs
    const untilMs = fromMs + ms
    if (this.dead || untilMs <= this.frozenUntilMs) return
    this.frozenUntilMs = untilMs
    this.watcher.stoodStill(this.name, fromMs, untilMs)
    this.queue.at(untilMs, () => this.goOn())
  }

  /** At once and without a word to anybody. */
  kill(): void {
    if (this.dead) return
    this.dead = true
    this.held = []
    this.watcher.died(this.name, this.nowMs)
    for (const close of this.atDeath) close()
  }

  onDeath(close: () => void): void {
    this.atDeath.push(close)
  }

  private get isFrozen(): boolean {
    return this.nowMs < this.frozenUntilMs
  }

  private goOn(): void {
    while (!this.isFrozen && !this.dead) {
      const next = this.held.shift()
      if (next === undefined) return
      next()
    }
  }

  /** Runs the task up to its next wait that is not over at once. */
  private step(task: Task<unknown>, value: unknown): void {
    let given = value
    for (;;) {
      const { done, value: register } = task.next(given)
      if (done) return
      let isRegistering = true
      let isReady = false
      register((result) => {
        if (isRegistering) {
          isReady = true
          given = result
        } else {
          this.run(() => this.step(task, result))
        }
      })
      isRegistering = false
      if (!isReady) return
    }
  }
}
