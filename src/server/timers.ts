// All deadlines of a process over one clock. What is known of a deadline is in its key, and arming a key with a later one only
// writes numbers: the heap keeps its old place, and when that comes up the key is filed again. So a heartbeat touches nothing but
// the member (Kafka moves its timer in a timing wheel for the same reason).

import { NOWHERE, type TimerKey } from '../machine/timer-key.js'
import type { Clock } from './clock.js'
import { Heap } from './heap.js'

export class Timers {
  private readonly clock: Clock
  /** Deadlines are kept since then: for weeks such numbers are small enough for the engine to keep them in the key itself. */
  private readonly startMs: number
  private readonly heap = new Heap(before, placed)
  private wakeMs: number | null = null
  private orders = 0
  private firing = false

  constructor(clock: Clock) {
    this.clock = clock
    this.startMs = clock.nowMs()
  }

  /** Replaces the key's deadline. `fire` is called with the key once, at or after `deadlineMs`. */
  arm(key: TimerKey, deadlineMs: number, fire: (key: TimerKey) => void): void {
    const deadline = inPlace(deadlineMs - this.startMs)
    this.orders = (this.orders + 1) | 0
    if (key.fire !== fire) key.fire = fire
    key.deadline = deadline
    key.order = this.orders
    const isArmed = key.place !== NOWHERE
    if (isArmed && deadline >= key.filed) return
    file(key)
    if (isArmed) this.heap.moveUp(key.place)
    else this.heap.push(key)
    this.wake()
  }

  disarm(key: TimerKey): void {
    if (key.place === NOWHERE) return
    this.heap.removeAt(key.place)
    key.place = NOWHERE
  }

  /** When the key fires, or undefined when it is not armed. */
  deadlineOf(key: TimerKey): number | undefined {
    return key.place === NOWHERE ? undefined : this.startMs + key.deadline
  }

  /** How many are kept: those that are armed. */
  get size(): number {
    return this.heap.size
  }

  /** Forgets every deadline; nothing fires afterwards. */
  clear(): void {
    for (const key of this.heap.clear()) key.place = NOWHERE
    this.wakeMs = null
    this.clock.wakeAt(null, () => {})
  }

  private readonly fireDue = (): void => {
    this.wakeMs = null
    this.firing = true
    try {
      const now = this.clock.nowMs() - this.startMs
      for (let top = this.heap.top; top !== undefined && top.filed <= now; top = this.heap.top)
        this.comesUp(top)
    } finally {
      this.firing = false
      this.wake()
    }
  }

  private comesUp(key: TimerKey): void {
    if (key.order !== key.filedOrder) {
      file(key)
      this.heap.moveDown(key.place)
    } else {
      this.disarm(key)
      key.fire(key)
    }
  }

  private wake(): void {
    const { top } = this.heap
    if (this.firing || top === undefined) return
    const next = this.startMs + top.filed
    if (this.wakeMs !== null && this.wakeMs <= next) return
    this.wakeMs = next
    this.clock.wakeAt(next, this.fireDue)
  }
}

function file(key: TimerKey): void {
  key.filed = key.deadline
  key.filedOrder = key.order
}

/** Orders are counted round and round: which of two is the earlier is told by how far they are apart. */
function before(a: TimerKey, b: TimerKey): boolean {
  return a.filed < b.filed || (a.filed === b.filed && ((a.filedOrder - b.filedOrder) | 0) < 0)
}

function placed(key: TimerKey, place: number): void {
  key.place = place
}

/** The same number: what a difference of times is made of would be kept outside of the key, however small it is. */
function inPlace(number: number): number {
  const small = number | 0
  return small === number ? small : number
}
