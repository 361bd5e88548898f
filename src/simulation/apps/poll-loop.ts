// The loop that everybody writes first: poll, work on what came, commit, poll. Between two polls the heartbeat thread alone
// speaks for it.

import type { TopicPartition } from '../assignors/types.js'
import type { CommitResult, Offsets } from '../client/committer.js'
import { FatalError, PollConsumer } from '../client/poll-consumer.js'
import type { ConsumerSettings } from '../client/settings.js'
import type { ClientSurroundings } from '../client/surroundings.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import type { Task } from '../task.js'
import { type App, type Work, workOn } from './app.js'

export interface PollLoopOptions extends Work {
  readonly settings: ConsumerSettings
  readonly pollTimeoutMs?: number
  /**
   * When offsets are committed: by the client every auto.commit.interval.ms, after the records of a poll, before them, after
   * every record, or never but on revocation.
   */
  readonly commit: 'auto' | 'after-batch' | 'before-batch' | 'after-record' | 'never'
  /** Whether the listener commits what has been done when partitions are revoked. */
  readonly commitOnRevoke?: boolean
  /** How long the listener takes besides. */
  readonly revokeMs?: number
  /** Whether SIGTERM ends the loop after the record at hand; else after all that the last poll gave. */
  readonly stopsMidBatch?: boolean
}

const POLL_TIMEOUT_MS = 1000

export class PollLoop implements App {
  readonly consumer: PollConsumer
  private readonly around: ClientSurroundings
  private readonly options: PollLoopOptions
  private isStopping = false
  /** What has been worked off and not been committed: partition key -> next record. */
  private readonly done = new Map<string, TopicPartition & { offset: number }>()

  constructor(around: ClientSurroundings, options: PollLoopOptions) {
    this.around = around
    this.options = options
    const { settings, commit } = options
    this.consumer = new PollConsumer(around, { ...settings, enableAutoCommit: commit === 'auto' })
    this.consumer.listener = {
      onRevoked: (partitions) => this.revoked(partitions),
      onLost: (partitions) => this.lost(partitions),
    }
    around.proc.spawn(this.run())
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
        if (records.length === 0) continue
        journal.isBusy(proc.nowMs, proc.name)
        yield* this.handle(records)
        journal.isBusyNoLonger(proc.nowMs, proc.name)
      }
      yield* this.consumer.close()
      journal.mark(proc.nowMs, proc.name, 'stopped')
    } catch (error) {
      if (!(error instanceof FatalError)) throw error
      journal.mark(proc.nowMs, proc.name, 'fatal', error.message)
    }
    proc.kill()
  }

  private *handle(records: readonly SimulatedRecord[]): Task {
    const { commit, stopsMidBatch } = this.options
    if (commit === 'before-batch') yield* this.consumer.commitSync()
    for (const record of records) {
      yield* workOn(this.around, this.options, record)
      const { topic, partition, offset } = record
      this.done.set(partitionKey(topic, partition), { topic, partition, offset: offset + 1 })
      // CommitFailedException: the rest of the batch is somebody else's by now
      if (commit === 'after-record' && (yield* this.commitDone()) === 'failed') return
      if (stopsMidBatch && this.isStopping) return
    }
    if (commit === 'after-batch') yield* this.commitDone()
  }

  /** What a rebalance hinders is tried again with what comes next. */
  private *commitDone(): Task<CommitResult> {
    const offsets: Offsets = [...this.done.values()]
    const result = yield* this.consumer.commitSync(offsets)
    if (result !== 'rebalance') this.done.clear()
    return result
  }

  private *revoked(partitions: readonly TopicPartition[]): Task {
    const { commitOnRevoke, revokeMs } = this.options
    if (revokeMs !== undefined) yield* this.around.proc.sleep(revokeMs)
    if (commitOnRevoke) yield* this.commitDone()
    this.lost(partitions)
  }

  private lost(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.done.delete(partitionKey(topic, partition))
  }
}
