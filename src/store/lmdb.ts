// A store in a directory: every log in one LMDB database, every append in a commit that many share. When an append's promise resolves, its
// records survive what `durability` says. A commit that fails leaves nothing of itself: while the disk is full, appends are refused and what
// is stored stays readable; when it fails otherwise, the store is of no more use to this process.

import { setImmediate } from 'node:timers'
import { CommitQueue } from './commit-queue.js'
import { type Directory, keepSettings, openDirectory } from './directory.js'
import { formatOf } from './formats/formats.js'
import { storedKey, storedValue } from './layout.js'
import { commit, type Write } from './lmdb-env.js'
import { type Loading, loadLog } from './lmdb-load.js'
import { aliveEntry, logEntry, nextLogNumber } from './own-entries.js'
import type { Durability, Store, StoredRecord } from './store.js'
import { StoreError } from './store-error.js'
import { Turns } from './turns.js'

export interface LmdbStoreOptions {
  /** Made where it is not there. */
  readonly dir: string
  readonly durability?: Durability
  /** Settings under which the logs are written and without which they cannot be read; must be what they were at first. */
  readonly madeWith?: Readonly<Record<string, string>>
  nowMs?(): number
  /** One line per call. */
  log?(level: 'info' | 'warn' | 'error', line: string): void
  /** While logs are loaded: how many records so far, of all that there are. */
  progress?(loaded: number, total: number): void
  /** Called before each commit; what it throws is what the commit fails with. For tests. */
  beforeCommit?(): void
}

/** With durability none: what may wait for the disk before whoever appends does. */
const MAX_UNAWAITED_WRITES = 10_000

/** Opens or makes it; throws StoreError when it is in use, of a newer format, or damaged. */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<LmdbStore> {
  const { dir, durability = 'fsync', madeWith = {}, log } = options
  const info = (line: string) => log?.('info', line)
  return new LmdbStore(
    options,
    await openDirectory({ dir, isSynced: durability === 'fsync', madeWith, info }),
  )
}

export class LmdbStore implements Store {
  /** When the owner before this one was last known to run, ms since the epoch; 0: there was none. */
  readonly lastAliveMs: number
  /** The format that was found; null in a new directory. */
  readonly migratedFrom: number | null
  readonly madeWith: ReadonlyMap<string, string>
  private readonly options: LmdbStoreOptions
  private readonly parts: Directory
  private readonly queue: CommitQueue<Write>
  private readonly numbers: Map<string, number>
  /** Logs whose number is durable. */
  private readonly known: Set<string>
  /** Where nobody waits for an append, a load does. */
  private readonly unawaited = new Map<string, Promise<void>>()
  private readonly loading: Loading
  private isFailing = false
  private dead: StoreError | null = null
  private closed: Promise<void> | null = null

  constructor(options: LmdbStoreOptions, parts: Directory) {
    this.options = options
    this.parts = parts
    this.lastAliveMs = parts.lastAliveMs
    this.migratedFrom = parts.migratedFrom
    this.madeWith = parts.madeWith
    this.numbers = new Map(parts.logs)
    this.known = new Set(parts.logs.keys())
    this.loading = { dir: options.dir, turns: new Turns(), progress: options.progress, loaded: 0 }
    this.queue = new CommitQueue({ commit: (writes) => this.commit(writes), later: setImmediate })
    this.stamp(this.nowMs())
  }

  async *load(log: string): AsyncIterable<StoredRecord> {
    await this.unawaited.get(log)
    if (this.dead !== null) throw this.dead
    const number = this.numbers.get(log)
    if (number === undefined) return
    yield* loadLog(this.parts.env, log, number, this.loading)
  }

  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined {
    if (this.dead !== null) return Promise.reject(this.dead)
    const done = this.queue.add(log, this.writesOf(log, records))
    if (!this.known.has(log)) {
      done.then(
        () => this.known.add(log),
        () => {},
      )
    }
    if (this.options.durability !== 'none' || this.queue.waitingCount > MAX_UNAWAITED_WRITES) return done
    this.unawaited.set(
      log,
      done.catch(() => {}),
    )
    return undefined
  }

  private writesOf(log: string, records: readonly StoredRecord[]): Write[] {
    const format = formatOf(log)
    let number = this.numbers.get(log)
    if (number === undefined) {
      number = nextLogNumber(this.numbers)
      this.numbers.set(log, number)
    }
    const writes: Write[] = this.known.has(log) ? [] : [logEntry(log, number)]
    for (const record of records) {
      const bytes = format.keyBytes(record.key)
      const key = storedKey(number, bytes)
      const value = record.value === null ? null : storedValue(key, bytes, format.valueBytes(record.value))
      writes.push({ key, value })
    }
    return writes
  }

  private async commit(writes: readonly Write[]): Promise<void> {
    if (this.dead !== null) throw this.dead
    const all = [...writes, aliveEntry(this.nowMs())]
    try {
      this.options.beforeCommit?.()
      await this.parts.space.reserve(this.parts.env, all)
    } catch (error) {
      throw this.refused(error)
    }
    try {
      await commit(this.parts.env, all)
    } catch (error) {
      throw this.broken(error)
    }
    if (this.isFailing) this.tell('info', 'it can be written again')
    this.isFailing = false
  }

  /** Before anything was written. */
  private refused(error: unknown): StoreError {
    const why = (error as Error).message
    if (!this.isFailing) this.tell('error', `it could not be written: ${why}; nothing of it was kept`)
    this.isFailing = true
    return new StoreError(`data directory ${this.options.dir} could not be written: ${why}`)
  }

  /** A flush that failed may have succeeded in part, and LMDB does not bear well what it did not expect. */
  private broken(error: unknown): StoreError {
    const [why] = (error as Error).message.split(': Attempting')
    this.dead = new StoreError(
      `data directory ${this.options.dir} can be used no more: its disk failed (${why}); what was acknowledged is kept, start again when the disk is sound`,
    )
    return this.dead
  }

  private tell(level: 'info' | 'error', what: string): void {
    this.options.log?.(level, `data directory ${this.options.dir}: ${what}`)
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? Date.now()
  }

  /** Settings that logs are written with from now on. Throws StoreError where they are others than before. */
  async keep(settings: Readonly<Record<string, string>>): Promise<void> {
    await keepSettings(this.parts.env, this.options.dir, this.madeWith, settings)
  }

  /** To be called at least each second: how the next owner knows how long nobody was there. */
  stamp(nowMs: number): void {
    this.parts.alive.write(nowMs)
  }

  /** Resolves when all that was appended is committed, or has failed. */
  close(): Promise<void> {
    this.closed ??= this.end()
    return this.closed
  }

  private async end(): Promise<void> {
    await this.queue.idle()
    this.stamp(this.nowMs())
    const { env, alive, ownership, space } = this.parts
    await Promise.all([alive.close(), space.close()])
    await env.close()
    await ownership.release()
  }
}
