// A store in a directory: every log in one LMDB database, with a write-ahead log in front of it, in which every append is in a commit that
// many share. When an append's promise resolves, its records survive what `durability` says. A commit that fails leaves nothing of itself:
// while the disk is full, appends are refused and what is stored stays readable; when it fails otherwise, the store is of no more use to
// this process.

import { setImmediate } from 'node:timers'
import type { Bytes } from './bytes.js'
import { type Commit, CommitQueue } from './commit-queue.js'
import { type Directory, keepSettings, openDirectory } from './directory.js'
import { formatOf } from './formats/formats.js'
import { OWN } from './layout.js'
import { type Loading, loadLog } from './lmdb-load.js'
import { Outage } from './outage.js'
import { LOG_PREFIX, nextLogNumber } from './own-entries.js'
import type { Durability, Store, StoredRecord } from './store.js'
import { StoreError } from './store-error.js'
import { Takeover } from './takeover.js'
import { Turns } from './turns.js'
import { removeWal } from './wal.js'
import { DiskFailure } from './wal-file.js'
import { beginEntry, endEntry, endKey } from './wal-frames.js'

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
  /** So long each file of the log gets before LMDB takes over what is in it; SEGMENT_BYTES (wal.ts) unless given. For tests. */
  readonly segmentBytes?: number
  /** Called before each commit; what it throws is what the commit fails with. For tests. */
  beforeCommit?(): void
}

/** With durability none: what may wait for the disk before whoever appends does. */
const MAX_UNAWAITED_WRITES = 10_000

/** Opens or makes it; throws StoreError when it is in use, of a newer format, or damaged. */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<LmdbStore> {
  const { dir, durability = 'fsync', madeWith = {}, segmentBytes, log } = options
  const tell = (level: 'info' | 'warn', line: string) => log?.(level, line)
  return new LmdbStore(
    options,
    await openDirectory({ dir, isSynced: durability === 'fsync', madeWith, segmentBytes, tell }),
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
  private readonly queue: CommitQueue
  private readonly takeover: Takeover
  private readonly numbers: Map<string, number>
  /** Logs whose number is durable. */
  private readonly known: Set<string>
  /** Where nobody waits for an append, a load does. */
  private readonly unawaited = new Map<string, Promise<void>>()
  private readonly loading: Loading
  private outage: Outage | null = null
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
    const missing = () => this.takeover.size
    this.loading = { dir: options.dir, turns: new Turns(), progress: options.progress, missing, loaded: 0 }
    const { env, space, wal, fresh, aging } = parts
    const { numbers } = this
    this.takeover = new Takeover({ env, space, wal, numbers, nowMs: () => this.nowMs() }, fresh, aging)
    this.queue = new CommitQueue({
      encode: (frame, log, records) => this.encode(frame, log, records),
      commit: (commit) => this.commit(commit),
      later: setImmediate,
    })
    this.stamp(this.nowMs())
  }

  async *load(log: string): AsyncIterable<StoredRecord> {
    await this.unawaited.get(log)
    if (this.dead !== null) throw this.dead
    const number = this.numbers.get(log)
    if (number === undefined) return
    yield* loadLog(this.parts.env, log, number, this.takeover.missing(log, number), this.loading)
  }

  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined {
    if (this.dead !== null) return Promise.reject(this.dead)
    if (this.closed !== null) return Promise.reject(this.error('is closed'))
    const done = this.queue.add(log, records)
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

  private encode(frame: Bytes, log: string, records: readonly StoredRecord[]): void {
    const format = formatOf(log)
    let number = this.numbers.get(log)
    if (number === undefined) {
      number = nextLogNumber(this.numbers)
      this.numbers.set(log, number)
    }
    if (!this.known.has(log)) encodeNumber(frame, log, number)
    for (const record of records) {
      const entry = beginEntry(frame, number)
      format.writeKey(frame, record)
      endKey(frame, entry)
      const keyEnd = frame.length
      if (record.value !== null) format.writeValue(frame, record)
      endEntry(frame, entry, record.value === null ? null : keyEnd)
    }
  }

  private async commit({ frame, parts }: Commit): Promise<void> {
    if (this.dead !== null) throw this.dead
    let isOver: boolean
    try {
      this.options.beforeCommit?.()
      isOver = await this.makeRoom(frame.length)
      await this.parts.wal.write(frame, this.nowMs())
    } catch (error) {
      throw error instanceof DiskFailure ? this.broken(error) : this.refused(error, frame.length)
    }
    for (const [log, { appends }] of parts) this.takeover.add(log, appends)
    if (!isOver) return
    this.outage = null
    this.tell('info', 'it can be written again')
  }

  /** Resolves to whether an outage is over. */
  private async makeRoom(frameBytes: number): Promise<boolean> {
    const { outage, takeover } = this
    if (outage !== null) return outage.makeRoom(frameBytes, (bytes) => takeover.makeRoom(bytes))
    await takeover.makeRoom(frameBytes)
    return false
  }

  /** Before anything was written. */
  private refused(error: unknown, frameBytes: number): StoreError {
    const why = (error as Error).message
    if (this.outage === null) {
      this.tell('error', `it could not be written: ${why}; nothing of it was kept`)
      this.outage = new Outage(this.error(`could not be written: ${why}`))
    }
    this.outage.add(frameBytes)
    return this.outage.error
  }

  /** A flush that failed may have succeeded in part, and LMDB does not bear well what it did not expect. */
  private broken(error: DiskFailure): StoreError {
    this.dead = this.error(
      `can be used no more: its disk failed (${error.message}); what was acknowledged is kept, start again when the disk is sound`,
    )
    return this.dead
  }

  private error(what: string): StoreError {
    return new StoreError(`data directory ${this.options.dir} ${what}`)
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
    this.parts.alive.write(nowMs, this.parts.wal.acknowledged)
  }

  /** Resolves when all that was appended is committed, or has failed. What is appended from now on is refused. */
  close(): Promise<void> {
    this.closed ??= this.end()
    return this.closed
  }

  private async end(): Promise<void> {
    await this.queue.idle()
    this.stamp(this.nowMs())
    const { env, alive, ownership, space, wal } = this.parts
    const isOver = this.dead === null && (await this.isTakenOver())
    await this.takeover.stop()
    await Promise.all([alive.close(), space.close(), wal.close()])
    await env.close()
    if (isOver) await removeWal(this.options.dir)
    await ownership.release()
  }

  /** Where LMDB cannot have it now, who starts next reads it from the log. */
  private async isTakenOver(): Promise<boolean> {
    try {
      await this.takeover.finish()
      return true
    } catch {
      return false
    }
  }
}

/** Of a log that is new. */
function encodeNumber(frame: Bytes, log: string, number: number): void {
  const entry = beginEntry(frame, OWN)
  frame.utf8(LOG_PREFIX + log)
  endKey(frame, entry)
  const keyEnd = frame.length
  frame.utf8(String(number))
  endEntry(frame, entry, keyEnd)
}
