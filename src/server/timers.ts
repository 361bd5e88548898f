// All deadlines of a process over one clock. Keys are objects, compared by identity. Arming a key with a later deadline
// only writes a number: the heap keeps its old place, and when that comes up the entry is filed again. So a heartbeat
// costs a map look-up (Kafka moves its timer in a timing wheel for the same reason).

import type { Clock } from './clock.js'
import { Heap } from './heap.js'

interface Entry {
  readonly key: object
  fire: (key: object) => void
  /** Since `startMs`: for weeks such numbers are small enough for the engine to keep them in the entry itself. */
  deadline: number
  /** Where the heap has it: never later than `deadline`. */
  filed: number
  /** Breaks ties: deadlines of the same moment fire in the order of their arming. */
  order: number
  filedOrder: number
  /** Its place in the heap. */
  at: number
}

export class Timers {
  private readonly clock: Clock
  private readonly startMs: number
  private readonly entries = new Map<object, Entry>()
  private readonly heap = new Heap(before, placed)
  private wakeMs: number | null = null
  private orders = 0
  private firing = false

  constructor(clock: Clock) {
    this.clock = clock
    this.startMs = clock.nowMs()
  }

  /** Replaces the key's deadline. `fire` is called with the key once, at or after `deadlineMs`. */
  arm(key: object, deadlineMs: number, fire: (key: object) => void): void {
    const deadline = deadlineMs - this.startMs
    const order = this.orders++
    const entry = this.entries.get(key)
    if (entry === undefined) {
      const filed = { key, fire, deadline, filed: deadline, order, filedOrder: order, at: 0 }
      this.entries.set(key, filed)
      this.heap.push(filed)
      this.wake()
      return
    }
    entry.fire = fire
    entry.deadline = deadline
    entry.order = order
    if (deadline >= entry.filed) return
    entry.filed = deadline
    entry.filedOrder = order
    this.heap.moveUp(entry.at)
    this.wake()
  }

  disarm(key: object): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    this.entries.delete(key)
    this.heap.removeAt(entry.at)
  }

  /** When the key fires, or undefined when it is not armed. */
  deadlineOf(key: object): number | undefined {
    const entry = this.entries.get(key)
    return entry === undefined ? undefined : this.startMs + entry.deadline
  }

  /** How many are kept: those that are armed. */
  get size(): number {
    return this.heap.size
  }

  /** Forgets every deadline; nothing fires afterwards. */
  clear(): void {
    this.entries.clear()
    this.heap.clear()
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

  private comesUp(entry: Entry): void {
    if (entry.order !== entry.filedOrder) {
      entry.filed = entry.deadline
      entry.filedOrder = entry.order
      this.heap.moveDown(entry.at)
    } else {
      this.entries.delete(entry.key)
      this.heap.pop()
      entry.fire(entry.key)
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

function before(a: Entry, b: Entry): boolean {
  return a.filed < b.filed || (a.filed === b.filed && a.filedOrder < b.filedOrder)
}

function placed(entry: Entry, at: number): void {
  entry.at = at
}
