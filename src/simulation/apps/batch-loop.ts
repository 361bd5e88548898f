// Consumers that are given a batch of one partition at a time and have no thread for heartbeats. kafkajs sends them between
// the messages of eachMessage; ruby-kafka after each batch of each_batch, and within it where the handler says so. Read in the
// sources of kafkajs 2.2 (runner.js) and ruby-kafka 1.x (consumer.rb). Simpler than they are: one batch at a time from all
// nodes together, so no idle fetcher heartbeats while a handler is stuck (kafkajs#1616); offsets are committed
// after each batch, and after a rebalance reading begins at what is committed.

import { BlockingMember, GaveUp, MustRejoin } from '../client/blocking-member.js'
import { ClusterView } from '../client/cluster-view.js'
import { Fetcher } from '../client/fetcher.js'
import type { GroupVersions } from '../client/group-requests.js'
import { ClientLink } from '../client/link.js'
import type { ConsumerSettings } from '../client/settings.js'
import { committedOffsets, resetOffset } from '../client/start-offsets.js'
import type { ClientSurroundings } from '../client/surroundings.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import { Signal, type Task } from '../task.js'
import { type App, finish, type Work, workOn } from './app.js'

export interface BatchLoopOptions extends Work {
  readonly settings: ConsumerSettings
  readonly versions: GroupVersions
  /** After each record of a batch: a heartbeat if the interval has passed, always, or never. */
  readonly heartbeats: 'if-due' | 'always' | 'never'
  /** The handler of a record calls heartbeat() itself so often while it works, which sends one if it is due. */
  readonly withinRecordMs?: number
  /**
   * When a heartbeat within a batch says that the group is rebalancing: commit what is done and rejoin, rejoin without, or
   * go on to the end of the batch as if nothing had been said.
   */
  readonly onRebalance: 'commit' | 'abandon' | 'finish'
}

export class BatchLoop implements App {
  private readonly around: ClientSurroundings
  private readonly options: BatchLoopOptions
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly member: BlockingMember
  private readonly fetcher: Fetcher
  private readonly arrived = new Signal()
  private isStopping = false

  constructor(around: ClientSurroundings, options: BatchLoopOptions) {
    const { settings, versions } = options
    this.around = around
    this.options = options
    this.link = new ClientLink(around, settings.clientId)
    this.view = new ClusterView(around, this.link, settings)
    this.member = new BlockingMember(around, this.link, this.view, settings, versions)
    this.fetcher = new Fetcher(around, this.link, this.view, settings, () => this.arrived.raise())
    around.proc.spawn(this.run())
  }

  stop(): void {
    this.isStopping = true
    this.arrived.raise()
  }

  private *run(): Task {
    const { proc, journal } = this.around
    try {
      while (!this.isStopping) yield* this.untilRebalance()
      journal.ownsNoLonger(proc.nowMs, proc.name, this.fetcher.positions.keys())
      yield* this.member.leave()
      journal.mark(proc.nowMs, proc.name, 'stopped')
    } catch (error) {
      if (!(error instanceof GaveUp)) throw error
      journal.mark(proc.nowMs, proc.name, 'fatal', error.message)
    }
    this.link.close()
    proc.kill()
  }

  /** One generation after the other, until an error ends it. */
  private *untilRebalance(): Task {
    const { proc, journal } = this.around
    try {
      yield* this.joinAndBegin()
      while (!this.isStopping) {
        const batch = yield* this.nextBatch()
        if (batch.length > 0) {
          journal.isBusy(proc.nowMs, proc.name)
          yield* this.handle(batch)
        }
        yield* this.member.heartbeatIfDue()
        journal.isBusyNoLonger(proc.nowMs, proc.name)
      }
    } catch (error) {
      if (!(error instanceof MustRejoin)) throw error
      journal.isBusyNoLonger(proc.nowMs, proc.name)
      journal.ownsNoLonger(proc.nowMs, proc.name, this.fetcher.positions.keys())
      this.fetcher.assign([])
      this.member.note(error.errorCode)
    }
  }

  private *joinAndBegin(): Task {
    const { proc, journal } = this.around
    const share = yield* this.member.join()
    this.fetcher.assign(share)
    const keys = share.map(({ topic, partition }) => partitionKey(topic, partition))
    journal.owns(proc.nowMs, proc.name, keys)
    const committed = yield* committedOffsets(this.link, this.view, this.options.settings, share)
    if (committed === null) throw new MustRejoin(null)
    for (const [i, partition] of share.entries()) {
      const key = keys[i] as string
      const reset = committed.get(key) ?? (yield* this.reset(partition))
      this.fetcher.seek(key, reset)
    }
  }

  private *reset(partition: { topic: string; partition: number }): Task<number> {
    for (;;) {
      const offset = yield* resetOffset(this.link, this.view, this.options.settings, partition)
      if (offset !== null) return offset
      yield* this.view.refresh(this.options.settings.topics)
    }
  }

  private *nextBatch(): Task<SimulatedRecord[]> {
    const { proc } = this.around
    const { topics, maxPollRecords, fetchMaxWaitMs, heartbeatIntervalMs } = this.options.settings
    if (this.view.isStale) yield* this.view.refresh(topics)
    this.fetcher.sendFetches()
    if (!this.fetcher.hasRecords) {
      yield* proc.waitFor(this.arrived, proc.nowMs + Math.min(fetchMaxWaitMs, heartbeatIntervalMs))
    }
    const batch = this.fetcher.takeBatch(maxPollRecords)
    this.fetcher.sendFetches()
    return batch
  }

  private *handle(batch: readonly SimulatedRecord[]): Task {
    let last: SimulatedRecord | undefined
    for (const record of batch) {
      try {
        yield* this.work(record)
        last = record
        yield* this.heartbeatInBatch()
      } catch (error) {
        const { onRebalance } = this.options
        if (!(error instanceof MustRejoin) || onRebalance === 'abandon') throw error
        if (onRebalance === 'commit') {
          yield* this.commit(last)
          throw error
        }
      }
      if (this.isStopping) break
    }
    yield* this.commit(last)
  }

  /** What a heartbeat within it interrupts has not been done. */
  private *work(record: SimulatedRecord): Task {
    const { proc } = this.around
    const { withinRecordMs } = this.options
    if (withinRecordMs === undefined) return yield* workOn(this.around, this.options, record)
    let leftMs = this.options.recordMs(record, proc.nowMs)
    for (; leftMs > withinRecordMs; leftMs -= withinRecordMs) {
      yield* proc.sleep(withinRecordMs)
      yield* this.member.heartbeatIfDue()
    }
    yield* proc.sleep(leftMs)
    finish(this.around, this.options, record)
  }

  private *heartbeatInBatch(): Task {
    const { heartbeats } = this.options
    if (heartbeats === 'always') yield* this.member.heartbeat()
    if (heartbeats === 'if-due') yield* this.member.heartbeatIfDue()
  }

  private *commit(last: SimulatedRecord | undefined): Task {
    if (last === undefined) return
    const { topic, partition, offset } = last
    yield* this.member.commit([{ topic, partition, offset: offset + 1 }])
  }
}
