// All deadlines of a process over one clock. Keys are objects, compared by identity. Arming a key with a later deadline
// only writes a number: the heap keeps its old place, and when that comes up the entry is filed again. So a heartbeat
// costs a map look-up (Kafka moves its timer in a timing wheel for the same reason).

import type { Clock } from './clock.js'
import { Heap } from './heap.js'

interface Entry {
  readonly key: object
  readonly fire: (key: object) => void
  deadlineMs: number
  /** Where the heap has it: never later than deadlineMs. */
  filedMs: number
  /** Breaks ties: deadlines of the same moment fire in the order of their arming. */
  order: number
  filedOrder: number
  armed: boolean
}

/** So many may be left over whatever the size of the heap. */
const MAX_DISARMED = 64

export class Timers {
  private readonly clock: Clock
  private readonly entries = new Map<object, Entry>()
  private readonly heap = new Heap(before)
  private wakeMs: number | null = null
  private orders = 0
  private firing = false
  /** Entries of the heap that are no longer armed. */
  private disarmed = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Replaces the key's deadline. `fire` is called with the key once, at or after `deadlineMs`. */
  arm(key: object, deadlineMs: number, fire: (key: object) => void): void {
    const order = this.orders++
    const entry = this.entries.get(key)
    if (entry === undefined || deadlineMs < entry.filedMs || entry.fire !== fire) {
      if (entry !== undefined) this.leave(entry)
      const filed = { key, fire, deadlineMs, filedMs: deadlineMs, order, filedOrder: order, armed: true }
      this.entries.set(key, filed)
      this.heap.push(filed)
      this.wake()
    } else {
      entry.deadlineMs = deadlineMs
      entry.order = order
    }
  }

  disarm(key: object): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    this.entries.delete(key)
    this.leave(entry)
  }

  /** A disarmed entry stays in the heap until it comes up, unless such entries become the greater part. */
  private leave(entry: Entry): void {
    entry.armed = false
    if (++this.disarmed <= MAX_DISARMED || this.disarmed * 2 <= this.heap.size) return
    this.disarmed = 0
    for (const kept of this.heap.takeAll()) if (kept.armed) this.heap.push(kept)
  }

  /** When the key fires, or undefined when it is not armed. */
  deadlineOf(key: object): number | undefined {
    return this.entries.get(key)?.deadlineMs
  }

  /** How much is kept for them; at most twice what is armed, and a few. */
  get size(): number {
    return this.heap.size
  }

  /** Forgets every deadline; nothing fires afterwards. */
  clear(): void {
    this.entries.clear()
    this.heap.takeAll()
    this.disarmed = 0
    this.wakeMs = null
    this.clock.wakeAt(null, () => {})
  }

  private readonly fireDue = (): void => {
    this.wakeMs = null
    this.firing = true
    try {
      const nowMs = this.clock.nowMs()
      for (let top = this.heap.top; top !== undefined && top.filedMs <= nowMs; top = this.heap.top) {
        this.heap.pop()
        this.comesUp(top)
      }
    } finally {
      this.firing = false
      this.wake()
    }
  }

  private comesUp(entry: Entry): void {
    if (!entry.armed) {
      this.disarmed--
    } else if (entry.order !== entry.filedOrder) {
      entry.filedMs = entry.deadlineMs
      entry.filedOrder = entry.order
      this.heap.push(entry)
    } else {
      this.entries.delete(entry.key)
      entry.armed = false
      entry.fire(entry.key)
    }
  }

  private wake(): void {
    const next = this.heap.top?.filedMs ?? null
    if (this.firing || next === null || (this.wakeMs !== null && this.wakeMs <= next)) return
    this.wakeMs = next
    this.clock.wakeAt(next, this.fireDue)
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.filedMs < b.filedMs || (a.filedMs === b.filedMs && a.filedOrder < b.filedOrder)
}
