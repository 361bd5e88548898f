// A consumer with a poll loop and a heartbeat thread, as Java's KafkaConsumer with the classic protocol: poll() takes part in
// rebalances, fetches ahead and commits by itself where it is told to. What goes on between two polls is the application's
// (poll-loop.ts, worker-pool.ts). Left out: fetch sessions, backoff that grows, pausing of what is about to be revoked.

import { rebalanceProtocolOf } from '../assignors/assignors.js'
import type { TopicPartition } from '../assignors/types.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import { type Task, wait } from '../task.js'
import { ClusterView } from './cluster-view.js'
import { type CommitResult, Committer, type Offsets } from './committer.js'
import { Fetcher } from './fetcher.js'
import type { Told } from './group-requests.js'
import { HeartbeatThread } from './heartbeat-thread.js'
import { ClientLink } from './link.js'
import { Membership } from './membership.js'
import type { ConsumerSettings } from './settings.js'
import { committedOffsets, resetOffset } from './start-offsets.js'
import type { ClientSurroundings } from './surroundings.js'

/** ConsumerRebalanceListener. */
export interface RebalanceListener {
  onRevoked?(partitions: readonly TopicPartition[]): Task
  onLost?(partitions: readonly TopicPartition[]): void
}

/** poll() met an error that it does not try to mend. */
export class FatalError extends Error {}

const keysOf = (partitions: readonly TopicPartition[]) =>
  partitions.map(({ topic, partition }) => partitionKey(topic, partition))

export class PollConsumer {
  readonly settings: ConsumerSettings
  readonly membership: Membership
  readonly fetcher: Fetcher
  listener: RebalanceListener = {}
  private topics: readonly string[]
  private joinedTopics: readonly string[] = []
  private last: Told['last'] = []
  private lastGeneration = -1
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly heartbeats: HeartbeatThread
  private readonly committer: Committer
  private isRefreshing = false
  private positionsNotBeforeMs = 0

  constructor(around: ClientSurroundings, settings: ConsumerSettings) {
    this.around = around
    this.settings = settings
    this.topics = settings.topics
    this.link = new ClientLink(around, settings.clientId)
    this.view = new ClusterView(around, this.link, settings)
    this.membership = new Membership(around, this.link, this.view, settings, {
      told: () => this.told(),
      prepare: (isLost) => this.prepare(isLost),
      complete: (share) => this.complete(share),
    })
    this.heartbeats = new HeartbeatThread(around, this.link, this.view, settings, this.membership)
    this.committer = new Committer(around, this.link, this.view, settings, this.membership)
    this.fetcher = new Fetcher(around, this.link, this.view, settings, () =>
      this.membership.progressed.raise(),
    )
  }

  get owned(): TopicPartition[] {
    return [...this.fetcher.positions.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  private get isCooperative(): boolean {
    return rebalanceProtocolOf(this.settings.assignors) === 'COOPERATIVE'
  }

  /** Records as soon as there are any, none when `timeoutMs` have passed. Throws FatalError. */
  *poll(timeoutMs: number): Task<SimulatedRecord[]> {
    const { proc } = this.around
    const deadlineMs = proc.nowMs + timeoutMs
    for (;;) {
      this.heartbeats.polled()
      this.watchMetadata()
      yield* this.membership.progress()
      if (this.membership.fatal !== null) throw new FatalError(this.membership.fatal)
      this.committer.auto(() => this.consumed())
      yield* this.findPositions()
      const records = this.fetcher.take(this.settings.maxPollRecords)
      this.fetcher.sendFetches()
      if (records.length > 0) return records
      if (proc.nowMs >= deadlineMs) return []
      yield* proc.waitFor(this.membership.progressed, deadlineMs)
    }
  }

  subscribe(topics: readonly string[]): void {
    this.topics = topics
    this.view.distrust()
  }

  pause(key: string): void {
    this.setPaused(key, true)
  }

  resume(key: string): void {
    this.setPaused(key, false)
  }

  private setPaused(key: string, isPaused: boolean): void {
    const position = this.fetcher.positions.get(key)
    if (position !== undefined) position.isPaused = isPaused
  }

  /** The next record of every partition, as far as poll() has given records out. */
  consumed(): Offsets {
    return [...this.fetcher.positions.values()].flatMap(({ topic, partition, offset }) =>
      offset === null ? [] : [{ topic, partition, offset }],
    )
  }

  *commitSync(offsets: Offsets = this.consumed()): Task<CommitResult> {
    return yield* this.committer.sync(offsets)
  }

  /** Commits if it commits by itself, gives its partitions back, leaves, and hangs up. */
  *close(): Task {
    const { proc, journal } = this.around
    if (this.settings.enableAutoCommit && this.membership.state === 'STABLE') yield* this.commitSync()
    this.heartbeats.close()
    if (this.membership.state === 'STABLE') yield* this.listener.onRevoked?.(this.owned) ?? nothing()
    journal.ownsNoLonger(proc.nowMs, proc.name, keysOf(this.owned))
    yield* wait<void>((resume) => this.membership.leave('the consumer is being closed', resume))
    this.link.close()
  }

  // the member of the group

  private told(): Told {
    this.joinedTopics = this.topics
    const { last, lastGeneration } = this
    const { generationId: generation } = this.membership.identity
    return { topics: this.topics, owned: this.owned, generation, last, lastGeneration }
  }

  private *prepare(isLost: boolean): Task {
    const owned = this.owned
    if (this.settings.enableAutoCommit && !isLost) yield* this.commitSync()
    if (owned.length === 0) return
    if (isLost) {
      this.listener.onLost?.(owned)
      return yield* this.giveUp(owned)
    }
    const revoked = this.isCooperative ? owned.filter(({ topic }) => !this.topics.includes(topic)) : owned
    yield* this.giveUp(revoked, this.listener.onRevoked?.(revoked))
  }

  /** The listener is called while they are still its own. */
  private *giveUp(partitions: readonly TopicPartition[], listener: Task = nothing()): Task {
    if (partitions.length === 0) return
    yield* listener
    const { proc, journal } = this.around
    const gone = new Set(keysOf(partitions))
    journal.ownsNoLonger(proc.nowMs, proc.name, gone)
    this.fetcher.assign(
      this.owned.filter(({ topic, partition }) => !gone.has(partitionKey(topic, partition))),
    )
  }

  private *complete(share: readonly TopicPartition[]): Task {
    const { proc, journal } = this.around
    const assigned = new Set(keysOf(share))
    const owned = new Set(keysOf(this.owned))
    const revoked = this.owned.filter(({ topic, partition }) => !assigned.has(partitionKey(topic, partition)))
    if (revoked.length > 0) {
      yield* this.giveUp(revoked, this.listener.onRevoked?.(revoked))
      this.membership.requestRejoin('need to revoke partitions and re-join')
    }
    this.fetcher.assign(share)
    this.last = share
    this.lastGeneration = this.membership.identity.generationId
    this.committer.restartAuto()
    journal.mark(proc.nowMs, proc.name, 'synced', `${this.lastGeneration}`)
    const added = keysOf(share).filter((key) => !owned.has(key))
    journal.owns(proc.nowMs, proc.name, added)
  }

  // what it must know of the cluster

  /** Old metadata is refreshed in the background; a leader that sees a change of what it has assigned rejoins. */
  private watchMetadata(): void {
    const { membership, view } = this
    if (this.joinedTopics !== this.topics && membership.state === 'STABLE' && !membership.rejoinNeeded)
      membership.requestRejoin('subscription has changed')
    if (membership.assignmentSnapshot !== null && membership.state === 'STABLE' && !membership.rejoinNeeded) {
      const counts = view.partitionCounts()
      const changed = [...membership.assignmentSnapshot].some(([topic, count]) => counts.get(topic) !== count)
      if (changed) membership.requestRejoin('cached metadata has changed')
    }
    if (view.isStale && !this.isRefreshing) {
      this.isRefreshing = true
      this.around.proc.spawn(this.refresh())
    }
  }

  private *refresh(): Task {
    const watched = this.membership.assignmentSnapshot?.keys() ?? []
    yield* this.view.refresh([...new Set([...this.topics, ...watched])].sort())
    yield* this.around.proc.sleep(this.settings.retryBackoffMs)
    this.isRefreshing = false
    this.membership.progressed.raise()
  }

  private *findPositions(): Task {
    const { fetcher, link, view, settings } = this
    const { proc, network } = this.around
    for (const key of fetcher.outOfRange) {
      const position = fetcher.positions.get(key)
      fetcher.outOfRange.delete(key)
      if (position !== undefined) yield* this.reset(key)
    }
    const missing = [...fetcher.positions.values()].filter(({ offset }) => offset === null)
    if (missing.length === 0 || proc.nowMs < this.positionsNotBeforeMs) return
    const committed = yield* committedOffsets(link, view, settings, missing)
    if (committed === null) {
      this.positionsNotBeforeMs = proc.nowMs + settings.retryBackoffMs
      network.queue.at(this.positionsNotBeforeMs, () => proc.run(() => this.membership.progressed.raise()))
      return
    }
    for (const { topic, partition } of missing) {
      const key = partitionKey(topic, partition)
      const offset = committed.get(key)
      if (offset === undefined) yield* this.reset(key)
      else fetcher.seek(key, offset)
    }
  }

  private *reset(key: string): Task {
    const position = this.fetcher.positions.get(key)
    if (position === undefined) return
    if (this.settings.autoOffsetReset === 'none') throw new FatalError('NoOffsetForPartitionException')
    const offset = yield* resetOffset(this.link, this.view, this.settings, position)
    if (offset === null) this.membership.progressed.raise()
    else this.fetcher.seek(key, offset)
  }
}

function* nothing(): Task {}
