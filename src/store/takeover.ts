// Brings LMDB up to date with the write-ahead log, behind the backs of those who append: when a file of the log is full, the other is
// written, and what the full one has goes to LMDB, of each key the newest, a thousand in a transaction. The last transaction says that
// LMDB has it; until then a start reads it from the log again, so it does no harm that LMDB has some of it. While the disk has no
// room for it, the log keeps it.

import { Layer } from './layer.js'
import { commit, type Env, type Write } from './lmdb-env.js'
import { aliveEntry, noWalEntry, walEntry } from './own-entries.js'
import type { Space } from './space.js'
import type { StoredRecord } from './store.js'
import type { Wal } from './wal.js'
import { DiskFailure, fullOrFailure } from './wal-file.js'

const WRITES_PER_TRANSACTION = 1000

export interface TakeoverOptions {
  readonly env: Env
  readonly space: Space
  readonly wal: Wal
  /** Of each log, its number. */
  readonly numbers: ReadonlyMap<string, number>
  nowMs(): number
}

export class Takeover {
  private readonly options: TakeoverOptions
  /** What is in the file that is written. */
  private fresh: Layer
  /** What is in the other file. */
  private aging: Layer
  private running: Promise<void> | null = null
  private failure: DiskFailure | null = null

  constructor(options: TakeoverOptions, fresh: Layer, aging: Layer) {
    this.options = options
    this.fresh = fresh
    this.aging = aging
  }

  /** They are durable in the log. */
  add(log: string, appends: readonly (readonly StoredRecord[])[]): void {
    this.fresh.add(log, appends)
  }

  /** How many entries LMDB may lack. */
  get size(): number {
    return this.aging.size + this.fresh.size
  }

  /** What LMDB may lack of a log, by key; null removes one. */
  missing(log: string, number: number): Map<string, Write> {
    const writes = new Map<string, Write>()
    for (const layer of [this.aging, this.fresh]) {
      for (const write of layer.writesOf(log, number)) writes.set(write.key.toString('latin1'), write)
    }
    return writes
  }

  /** There is room in the log for a frame of so many bytes. Throws what the system says when the disk has none, and DiskFailure. */
  async makeRoom(frameBytes: number): Promise<void> {
    const { wal } = this.options
    if (this.failure !== null) throw this.failure
    let problem = await wal.reserve(frameBytes)
    // Each file may have more room than the other.
    for (let tries = 0; problem !== null && tries < 2; tries++) {
      await this.caughtUp()
      this.begin()
      problem = await wal.reserve(frameBytes)
    }
    if (problem !== null) throw problem === 'full' ? new Error('the log is full') : problem
  }

  /** The other file is free. Throws as makeRoom. */
  private async caughtUp(): Promise<void> {
    if (this.failure !== null) throw this.failure
    while (!this.options.wal.isOtherFree) await (this.running ?? this.run())
  }

  private begin(): void {
    this.options.wal.turnOver()
    this.aging = this.fresh
    this.fresh = new Layer()
    this.run().catch(() => {}) // who needs the room is told
  }

  private run(): Promise<void> {
    this.running = this.takeOver().finally(() => {
      this.running = null
    })
    return this.running
  }

  private async takeOver(): Promise<void> {
    const { wal } = this.options
    const mark = wal.nextMark()
    await this.write(this.aging, walEntry(mark))
    await wal.free(mark)
    this.aging = new Layer()
  }

  /** Throws what the system says when the disk has no room for it, and DiskFailure. */
  private async write(layer: Layer, last: Write): Promise<void> {
    const { numbers, nowMs } = this.options
    let writes: Write[] = []
    for (const write of layer.writes(numbers)) {
      if (writes.length === WRITES_PER_TRANSACTION) {
        await this.commit(writes)
        writes = []
      }
      writes.push(write)
    }
    await this.commit([...writes, aliveEntry(nowMs()), last])
  }

  private async commit(writes: readonly Write[]): Promise<void> {
    const { env, space } = this.options
    if (this.failure !== null) throw this.failure
    try {
      await space.reserve(env, writes)
    } catch (error) {
      const cause = fullOrFailure(error)
      if (cause instanceof DiskFailure) this.failure = cause
      throw cause
    }
    try {
      await commit(env, writes)
    } catch (error) {
      const [why] = (error as Error).message.split(': Attempting')
      this.failure = new DiskFailure(why)
      throw this.failure
    }
  }

  /** All is in LMDB, and the log is over. Nothing is appended any more. Throws as makeRoom; then the log stays. */
  async finish(): Promise<void> {
    await this.running?.catch(() => {})
    await this.caughtUp()
    await this.write(this.fresh, noWalEntry())
  }

  /** Nothing is under way any more, and nothing is begun: what it writes to may be closed. The log stays as it is. */
  async stop(): Promise<void> {
    this.failure ??= new DiskFailure('it is closed')
    await this.running?.catch(() => {})
  }
}
