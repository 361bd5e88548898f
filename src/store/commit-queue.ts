// Gathers what is appended in one turn of the event loop, and what comes while a commit is under way, into one commit: many wait
// for one flush. It is encoded as it comes, into one frame. A commit that fails fails whole; what waited behind it in the same logs was
// decided upon what failed, so it fails with it. What is behind in other logs goes on.

import { Bytes } from './bytes.js'
import type { StoredRecord } from './store.js'
import { beginFrame } from './wal-frames.js'

/** What one log has in one commit. */
interface Part {
  readonly appends: (readonly StoredRecord[])[]
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface Commit {
  readonly frame: Bytes
  readonly parts: Map<string, Part>
}

export interface CommitQueueOptions {
  /** Writes records behind what is in the frame. */
  encode(frame: Bytes, log: string, records: readonly StoredRecord[]): void
  /** All or nothing. */
  commit(commit: Commit): Promise<void>
  /** When a commit that is not under way yet begins: at the end of the turn. */
  later(action: () => void): void
}

export class CommitQueue {
  private readonly options: CommitQueueOptions
  private waiting = newCommit()
  /** What was committed last: its memory is used again. */
  private spare = newCommit()
  private running: Promise<void> | null = null
  /** Logs whose commit has just failed, while who appended to them has not heard of it. */
  private failing: { readonly logs: ReadonlySet<string>; readonly error: unknown } | null = null
  /** Records whose commit has not begun. */
  waitingCount = 0

  constructor(options: CommitQueueOptions) {
    this.options = options
  }

  /** Resolves when they are committed. Throws where they cannot be encoded; then nothing of them is there. */
  add(log: string, records: readonly StoredRecord[]): Promise<void> {
    if (this.failing?.logs.has(log)) return Promise.reject(this.failing.error)
    const { frame, parts } = this.waiting
    this.encode(frame, log, records)
    let part = parts.get(log)
    if (part === undefined) {
      part = newPart()
      parts.set(log, part)
    }
    part.appends.push(records)
    this.waitingCount += records.length
    this.running ??= new Promise<void>((resolve) => this.options.later(resolve)).then(() => this.run())
    return part.promise
  }

  private encode(frame: Bytes, log: string, records: readonly StoredRecord[]): void {
    const { length } = frame
    try {
      this.options.encode(frame, log, records)
    } catch (error) {
      frame.truncate(length)
      throw error
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running
  }

  private async run(): Promise<void> {
    while (this.waiting.parts.size > 0) {
      const commit = this.waiting
      this.waiting = this.spare
      this.waitingCount = 0
      try {
        await this.options.commit(commit)
        for (const { resolve } of commit.parts.values()) resolve()
      } catch (error) {
        this.fail(commit.parts, error)
      }
      this.spare = newCommit(commit.frame)
    }
    this.running = null
  }

  private fail(failed: ReadonlyMap<string, Part>, error: unknown): void {
    for (const { reject } of failed.values()) reject(error)
    this.failingUntilHeard(new Set(failed.keys()), error)
    const { frame, parts } = this.waiting
    const behind = [...parts].filter(([log]) => failed.has(log))
    if (behind.length === 0) return
    for (const [log, { appends, reject }] of behind) {
      reject(error)
      parts.delete(log)
      for (const records of appends) this.waitingCount -= records.length
    }
    beginFrame(frame)
    for (const [log, { appends }] of parts) {
      for (const records of appends) this.options.encode(frame, log, records)
    }
  }

  /** The first that hears of it may answer, which lets requests in for others that have not: they would decide upon what failed. */
  private failingUntilHeard(logs: ReadonlySet<string>, error: unknown): void {
    const failing = { logs, error }
    this.failing = failing
    // Behind those who wait for the promises, which are rejected.
    queueMicrotask(() => {
      if (this.failing === failing) this.failing = null
    })
  }
}

/**
 * Its Map is a new one: what V8 leaves behind of a Map that was cleared leads to what the Map has afterwards, so one of them that has
 * grown old would keep the records of all later commits, until the collector looks at its whole heap.
 */
function newCommit(frame = new Bytes()): Commit {
  beginFrame(frame)
  return { frame, parts: new Map() }
}

function newPart(): Part {
  let resolve = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { appends: [], promise, resolve, reject }
}
