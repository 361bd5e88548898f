// A disk in virtual time, as a Store. What is appended waits for the next flush, which covers all that came meanwhile; a flush
// takes time and may fail; a crash loses what was not flushed, or not all of it. An append is never torn, and one that fails
// takes those behind it in its log with it: what is kept of a log is always a beginning of what was appended to it. Records are
// bytes on it, in the formats of the real store, and come back in the order of their keys.

import type { EventQueue } from '../src/simulation/queue.js'
import type { Random } from '../src/simulation/random.js'
import { formatOf } from '../src/store/formats/formats.js'
import { keyBytes, valueBytes } from '../src/store/formats/log-format.js'
import type { Store, StoredRecord } from '../src/store/store.js'

interface Bytes {
  readonly key: Buffer
  /** null: a tombstone. */
  readonly value: Buffer | null
}

interface Append {
  readonly log: string
  readonly records: readonly Bytes[]
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
  /** Log -> key in hex -> record. */
  private readonly logs = new Map<string, Map<string, Bytes>>()
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
    const bytes = asBytes(log, records)
    if (this.flushMs === 0 && !this.hasInFlight) {
      this.stirred = true
      if (this.isFull) throw new Error('ENOSPC: no space left on device')
      this.keep(log, bytes)
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ log, records: bytes, resolve, reject })
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
    else for (const append of appends) this.keepFor(append)
    this.flush()
  }

  private keepFor({ log, records, resolve }: Append): void {
    this.keep(log, records)
    resolve()
  }

  private keep(log: string, records: readonly Bytes[]): void {
    const kept = this.logs.get(log) ?? new Map<string, Bytes>()
    this.logs.set(log, kept)
    for (const record of records) {
      const key = record.key.toString('hex')
      if (record.value === null) kept.delete(key)
      else kept.set(key, record)
    }
  }

  /** Some of what the flush was to cover may have found room. */
  private fail(appends: readonly Append[]): void {
    const fit = this.random.below(appends.length)
    for (const append of appends.slice(0, fit)) this.keepFor(append)
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
    const { record } = formatOf(log)
    const kept = [...(this.logs.get(log)?.values() ?? [])]
    return kept
      .sort((a, b) => Buffer.compare(a.key, b.key))
      .flatMap(({ key, value }) => (value === null ? [] : (record(key, Buffer.from(value)) ?? [])))
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
    for (const { log, records } of appends.slice(0, kept)) this.keep(log, records)
    const lost = appends.length - kept + this.waiting.length
    this.told(`crash: ${lost} appends lost, ${kept} kept that nobody was told of`)
    this.flushing = null
    this.waiting = []
    this.crashes++
  }

  async close(): Promise<void> {}
}

/** What changes in memory later changes nothing of them. */
function asBytes(log: string, records: readonly StoredRecord[]): Bytes[] {
  const format = formatOf(log)
  return records.map((record) => ({ key: keyBytes(format, record), value: valueBytes(format, record) }))
}
