// A disk in virtual time, as a Store. What is appended waits for the next flush, which covers all that came meanwhile; a flush
// takes time and may fail; a crash loses what was not flushed, or not all of it. An append is never torn, and one that fails
// takes those behind it in its log with it: what is kept of a log is always a beginning of what was appended to it.

import type { EventQueue } from '../src/simulation/queue.js'
import type { Random } from '../src/simulation/random.js'
import { MemoryStore } from '../src/store/memory.js'
import type { Store, StoredRecord } from '../src/store/store.js'
import { copyOf } from './values.js'

interface Append {
  readonly log: string
  readonly records: readonly StoredRecord[]
  resolve(): void
  reject(error: Error): void
}

export class VirtualDisk implements Store {
  /** On average; 0: durable on return, as in memory. */
  flushMs = 0
  /** Of reading a log. */
  loadMs = 0
  isFull = false
  isUnreadable = false
  /** Raised when promises have been settled: what waits for them has not run yet. */
  stirred = false
  /** What happens on it, for the trace. */
  told: (line: string) => void = () => {}
  private kept = new MemoryStore()
  private waiting: Append[] = []
  private flushing: Append[] | null = null
  private crashes = 0
  private readonly queue: EventQueue
  private readonly random: Random

  constructor(queue: EventQueue, random: Random) {
    this.queue = queue
    this.random = random
  }

  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined {
    // bytes: what changes in memory later changes nothing on the disk
    const copied = records.map(({ key, value }) => ({ key, value: copyOf(value) }))
    if (this.flushMs === 0 && !this.hasInFlight) {
      this.stirred = true
      if (this.isFull) throw new Error('ENOSPC: no space left on device')
      this.kept.append(log, copied)
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ log, records: copied, resolve, reject })
      this.flush()
    })
  }

  private get hasInFlight(): boolean {
    return this.flushing !== null || this.waiting.length > 0
  }

  private flush(): void {
    if (this.flushing !== null || this.waiting.length === 0) return
    this.flushing = this.waiting
    this.waiting = []
    const { crashes } = this
    this.queue.after(this.flushMs / 4 + this.random.exponential(this.flushMs), () => {
      if (crashes === this.crashes) this.flushed()
    })
  }

  private flushed(): void {
    const appends = this.flushing ?? []
    this.flushing = null
    this.stirred = true
    if (this.isFull) this.fail(appends)
    else for (const append of appends) this.keep(append)
    this.flush()
  }

  private keep({ log, records, resolve }: Append): void {
    this.kept.append(log, records)
    resolve()
  }

  /** Some of what the flush was to cover may have found room. */
  private fail(appends: readonly Append[]): void {
    const fit = this.random.below(appends.length)
    for (const append of appends.slice(0, fit)) this.keep(append)
    const failed = appends.slice(fit)
    const logs = new Set(failed.map(({ log }) => log))
    const behind = this.waiting.filter(({ log }) => logs.has(log))
    this.waiting = this.waiting.filter(({ log }) => !logs.has(log))
    this.told(`disk full: ${failed.length + behind.length} appends fail`)
    for (const { reject } of [...failed, ...behind]) reject(new Error('ENOSPC: no space left on device'))
  }

  /** What is durable when it begins: what is on its way is the affair of who appended it. */
  load(log: string): Iterable<StoredRecord> | AsyncIterable<StoredRecord> {
    const records = this.read(log)
    return this.loadMs === 0 ? records : this.loadSlowly(records)
  }

  private async *loadSlowly(records: readonly StoredRecord[]): AsyncIterable<StoredRecord> {
    await this.passes(this.random.exponential(this.loadMs))
    yield* records
  }

  private read(log: string): StoredRecord[] {
    if (this.isUnreadable) throw new Error('EIO: i/o error, read')
    return [...this.kept.load(log)].map(({ key, value }) => ({ key, value: copyOf(value) }))
  }

  /** Whether something is on its way to it. */
  hasInFlightOf(log: string): boolean {
    return [...(this.flushing ?? []), ...this.waiting].some((append) => append.log === log)
  }

  /** Never, once the process that waits has crashed. */
  private passes(ms: number): Promise<void> {
    const { crashes } = this
    return new Promise((resolve) => {
      this.queue.after(ms, () => {
        if (crashes !== this.crashes) return
        this.stirred = true
        resolve()
      })
    })
  }

  /** The process ends, or its machine: what was being flushed may have got there as far as it goes, the rest has not. */
  crash(): void {
    const appends = this.flushing ?? []
    const kept = this.random.below(appends.length + 1)
    for (const { log, records } of appends.slice(0, kept)) this.kept.append(log, records)
    const lost = appends.length - kept + this.waiting.length
    this.told(`crash: ${lost} appends lost, ${kept} kept that nobody was told of`)
    this.flushing = null
    this.waiting = []
    this.crashes++
  }

  async close(): Promise<void> {}
}
