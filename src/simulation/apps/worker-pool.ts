// A poll loop that hands records to workers and polls on: many records at once, and no record can make it miss a poll. What
// may be committed is then a question of its own, and so is how much it takes in: with a limit it pauses its partitions while
// enough is queued, without one its memory is the queue.

import type { Offsets } from '../client/committer.js'
import { FatalError, PollConsumer } from '../client/poll-consumer.js'
import type { ConsumerSettings } from '../client/settings.js'
import type { ClientSurroundings } from '../client/surroundings.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import { Signal, type Task } from '../task.js'
import { type App, type Work, workOn } from './app.js'

export interface WorkerPoolOptions extends Work {
  readonly settings: ConsumerSettings
  readonly workers: number
  readonly pollTimeoutMs?: number
  /**
   * What is committed: what the client counts as consumed (auto commit: all that poll() has given out), the highest record that
   * is done, or the end of the unbroken row of records that are done.
   */
  readonly commit: 'auto' | 'highest' | 'contiguous'
  readonly commitIntervalMs?: number
  /** Pauses all partitions from so many records in hand on, until half of them are done; none: takes in what comes. */
  readonly maxInHand?: number
  /** On revocation waits, so long at most, for what is in hand of those partitions, and commits it. */
  readonly drainMs?: number
}

interface Progress {
  readonly topic: string
  readonly partition: number
  /** All before it are done. */
  contiguous: number
  highest: number
  readonly done: Set<number>
  inHand: number
}

const POLL_TIMEOUT_MS = 100
const COMMIT_INTERVAL_MS = 1000

export class WorkerPool implements App {
  readonly consumer: PollConsumer
  /** The most records that were in hand at a time. */
  mostInHand = 0
  private readonly around: ClientSurroundings
  private readonly options: WorkerPoolOptions
  private readonly queue: SimulatedRecord[] = []
  private readonly queued = new Signal()
  private readonly finished = new Signal()
  private readonly progress = new Map<string, Progress>()
  private inHand = 0
  private isPaused = false
  private isStopping = false
  private nextCommitMs = 0

  constructor(around: ClientSurroundings, options: WorkerPoolOptions) {
    this.around = around
    this.options = options
    const { settings, commit, workers } = options
    this.consumer = new PollConsumer(around, { ...settings, enableAutoCommit: commit === 'auto' })
    this.consumer.listener = {
      onRevoked: (partitions) => this.revoked(keysOf(partitions)),
      onLost: (partitions) => this.forget(keysOf(partitions)),
    }
    around.proc.spawn(this.run())
    for (let i = 0; i < workers; i++) around.proc.spawn(this.worker())
  }

  stop(): void {
    this.isStopping = true
    this.consumer.membership.progressed.raise()
  }

  private *run(): Task {
    const { proc, journal } = this.around
    const { pollTimeoutMs = POLL_TIMEOUT_MS } = this.options
    try {
      while (!this.isStopping) {
        const records = yield* this.consumer.poll(pollTimeoutMs)
        for (const record of records) this.accept(record)
        this.pauseOrResume()
        yield* this.commitIfDue()
      }
      yield* this.consumer.close()
      journal.mark(proc.nowMs, proc.name, 'stopped')
    } catch (error) {
      if (!(error instanceof FatalError)) throw error
      journal.mark(proc.nowMs, proc.name, 'fatal', error.message)
    }
    proc.kill()
  }

  private accept(record: SimulatedRecord): void {
    const { topic, partition, offset } = record
    const key = partitionKey(topic, partition)
    let progress = this.progress.get(key)
    if (progress === undefined) {
      progress = { topic, partition, contiguous: offset, highest: offset, done: new Set(), inHand: 0 }
      this.progress.set(key, progress)
    }
    progress.inHand++
    this.inHand++
    this.mostInHand = Math.max(this.mostInHand, this.inHand)
    this.queue.push(record)
    this.queued.raise()
  }

  private *worker(): Task {
    const { proc } = this.around
    for (;;) {
      const record = this.queue.shift()
      if (record === undefined) {
        yield* proc.waitFor(this.queued, Number.POSITIVE_INFINITY)
        continue
      }
      const progress = this.progress.get(partitionKey(record.topic, record.partition))
      yield* workOn(this.around, this.options, record)
      this.inHand--
      if (progress !== undefined) advance(progress, record.offset)
      this.finished.raise()
    }
  }

  /** Polling on keeps it in the group; nothing comes of paused partitions. */
  private pauseOrResume(): void {
    const { maxInHand } = this.options
    if (maxInHand === undefined) return
    if (this.inHand >= maxInHand) this.isPaused = true
    if (this.inHand <= maxInHand / 2) this.isPaused = false
    for (const key of this.consumer.fetcher.positions.keys()) {
      if (this.isPaused) this.consumer.pause(key)
      else this.consumer.resume(key)
    }
  }

  private *commitIfDue(): Task {
    const { commit, commitIntervalMs = COMMIT_INTERVAL_MS } = this.options
    if (commit === 'auto' || this.around.proc.nowMs < this.nextCommitMs) return
    this.nextCommitMs = this.around.proc.nowMs + commitIntervalMs
    yield* this.consumer.commitSync(this.offsets())
  }

  private offsets(): Offsets {
    const { commit } = this.options
    return [...this.progress.values()].map(({ topic, partition, contiguous, highest }) => {
      return { topic, partition, offset: commit === 'highest' ? highest : contiguous }
    })
  }

  private *revoked(keys: readonly string[]): Task {
    const { proc } = this.around
    const { drainMs, commit } = this.options
    if (drainMs !== undefined) {
      const deadlineMs = proc.nowMs + drainMs
      while (proc.nowMs < deadlineMs && keys.some((key) => (this.progress.get(key)?.inHand ?? 0) > 0)) {
        yield* proc.waitFor(this.finished, deadlineMs)
      }
    }
    if (commit !== 'auto') yield* this.consumer.commitSync(this.offsets())
    this.forget(keys)
  }

  /** What is queued of them is somebody else's now. */
  private forget(keys: readonly string[]): void {
    const gone = new Set(keys)
    for (const key of gone) this.progress.delete(key)
    const kept = this.queue.filter(({ topic, partition }) => !gone.has(partitionKey(topic, partition)))
    this.inHand -= this.queue.length - kept.length
    this.queue.splice(0, this.queue.length, ...kept)
  }
}

const keysOf = (partitions: readonly { topic: string; partition: number }[]) =>
  partitions.map(({ topic, partition }) => partitionKey(topic, partition))

function advance(progress: Progress, offset: number): void {
  progress.inHand--
  progress.done.add(offset)
  progress.highest = Math.max(progress.highest, offset + 1)
  while (progress.done.delete(progress.contiguous)) progress.contiguous++
}
