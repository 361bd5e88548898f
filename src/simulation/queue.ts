// Virtual time: what is to happen, in the order of its moments, and of its scheduling where moments are equal. Time stands
// still while something happens. Milliseconds, with fractions, from 0.

import type { Clock } from '../server/clock.js'
import { Heap } from '../server/heap.js'

interface Entry {
  readonly atMs: number
  readonly order: number
  run: (() => void) | null
}

/** What was scheduled, to be called off. */
export interface Scheduled {
  cancel(): void
}

export class EventQueue {
  nowMs = 0
  /** How many things have happened. */
  steps = 0
  private readonly heap = new Heap(before)
  private orders = 0

  /** Never earlier than now, and never within the call. */
  at(atMs: number, run: () => void): Scheduled {
    const entry: Entry = { atMs: Math.max(atMs, this.nowMs), order: this.orders++, run }
    this.heap.push(entry)
    return {
      cancel: () => {
        entry.run = null
      },
    }
  }

  after(delayMs: number, run: () => void): Scheduled {
    return this.at(this.nowMs + delayMs, run)
  }

  /** Everything up to `endMs`, that included; then it is `endMs`. */
  runUntil(endMs: number): void {
    while (this.runNext(endMs)) this.steps++
    this.nowMs = Math.max(this.nowMs, endMs)
  }

  /** The next thing that happens, if that is not after `endMs`. */
  runNext(endMs = Number.POSITIVE_INFINITY): boolean {
    for (let top = this.heap.top; top !== undefined && top.atMs <= endMs; top = this.heap.top) {
      this.heap.pop()
      if (top.run === null) continue
      this.nowMs = top.atMs
      top.run()
      return true
    }
    return false
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** The queue as the clock of the server's timers, which counts in whole milliseconds. */
export class SimulatedClock implements Clock {
  private readonly queue: EventQueue
  private scheduled: Scheduled | null = null
  private due: { readonly atMs: number; readonly wake: () => void } | null = null
  private aheadMs = 0

  constructor(queue: EventQueue) {
    this.queue = queue
  }

  nowMs(): number {
    return Math.floor(this.queue.nowMs) + this.aheadMs
  }

  wakeAt(atMs: number | null, wake: () => void): void {
    this.due = atMs === null ? null : { atMs, wake }
    this.schedule()
  }

  /** As for a machine that was suspended: this much time has passed for it and for nobody else. */
  jump(ms: number): void {
    this.aheadMs += Math.floor(ms)
    this.schedule()
  }

  private schedule(): void {
    this.scheduled?.cancel()
    const { due } = this
    this.scheduled = due === null ? null : this.queue.at(due.atMs - this.aheadMs, () => this.wake(due.wake))
  }

  private wake(wake: () => void): void {
    this.due = null
    wake()
  }
}
