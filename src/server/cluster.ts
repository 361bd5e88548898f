// What the brokers of one process share: the image, the shards and the log with their timers, ids and settings. Which node
// answers for what is in the image and in the shards; the nodes themselves are broker.ts.

import { createShard } from '../coordinator/coordinator.js'
import type { GroupRecord, ShardEvent } from '../coordinator/types.js'
import { createLog } from '../log/log.js'
import type { LogEvent, LogRecord } from '../log/types.js'
import type { IdSource } from '../machine/id-source.js'
import type { ImageChange } from '../metadata/changes.js'
import type { ClusterImage } from '../metadata/image.js'
import type { Store } from '../store/store.js'
import { Broker } from './broker.js'
import type { Clock } from './clock.js'
import { compression } from './compression.js'
import type { ResolvedConfig } from './config/resolve.js'
import type { Connection } from './connection.js'
import { type Row, TABLE } from './dispatch.js'
import { partitionFor } from './group-hash.js'
import type { Surroundings } from './hosting.js'
import type { Observer } from './observer.js'
import { groupRecords, logRecords } from './records.js'
import { Host } from './runtime.js'
import { Timers } from './timers.js'

export interface ClusterOptions {
  /** Its brokers are the nodes that there are. */
  readonly image: ClusterImage
  readonly config: ResolvedConfig
  /** Of the coordinator: sessions, rebalances, retention. */
  readonly clock: Clock
  /** Of waiting for I/O, where that is another: Fetch. */
  readonly ioClock?: Clock
  readonly ids: IdSource
  readonly store: Store
  /** What is handled and advertised; all that there is unless given. */
  readonly rows?: readonly Row[]
  /** Which connections write their answers now, in which order; all as they come unless given. */
  readonly arrange?: (<T>(items: readonly T[]) => { readonly now: T[]; readonly later: T[] }) | undefined
  /** One line per call. */
  log(level: 'info' | 'warn' | 'error', line: string): void
  /** Sees every request, and what machines tell of themselves; nobody does unless given. */
  readonly observer?: Observer | undefined
  /** The cluster cannot go on. */
  fatal(line: string): void
}

export class Cluster {
  image: ClusterImage
  config: ResolvedConfig
  readonly ids: IdSource
  readonly options: ClusterOptions
  readonly rows: readonly Row[]
  readonly brokers: readonly Broker[]
  readonly shards: readonly Host<ShardEvent, GroupRecord>[]
  readonly log: Host<LogEvent, LogRecord>
  private readonly timers: Timers
  private readonly ioTimers: Timers
  /** The key of its timer. */
  private readonly cleaning = {}

  constructor(options: ClusterOptions) {
    const { image, clock, ids, ioClock = clock, rows = TABLE } = options
    this.options = options
    this.image = image
    this.config = options.config
    this.ids = ids
    this.rows = rows
    this.timers = new Timers(clock)
    this.ioTimers = ioClock === clock ? this.timers : new Timers(ioClock)
    const around = this.surroundings()
    const count = image.settings.offsetsTopicNumPartitions
    const hosted = Array.from({ length: count }, (_, i) => groupRecords(i, () => createShard({ ids })))
    this.shards = hosted.map((shard) => new Host(shard, around))
    this.log = new Host(
      logRecords(() => createLog({ compression })),
      { ...around, clock: ioClock, timers: this.ioTimers },
    )
    this.brokers = image.brokers.map((node) => new Broker(this, node))
  }

  private surroundings(): Surroundings {
    const { clock, store, observer, fatal, log } = this.options
    return {
      clock,
      timers: this.timers,
      store,
      image: () => this.image,
      observed: () => observer !== undefined,
      loaded: () => observer?.loaded(),
      publish: (events, nowMs) => observer?.published(events, nowMs),
      defect: (where, error) => this.defect(where, error),
      fatal: (where, error) => fatal(`${where} could not be loaded from the store: ${error}`),
      log: (line) => log('warn', line),
    }
  }

  /** Whether every machine is loaded. */
  get isReady(): boolean {
    return this.log.isActive && this.shards.every(({ isActive }) => isActive)
  }

  /** On the coordinator's clock, ms since the epoch. */
  nowMs(): number {
    return this.options.clock.nowMs()
  }

  start(): void {
    for (const shard of this.shards) shard.start()
    this.log.start()
    this.cleanLater()
  }

  /** On the coordinator's clock: a test that lets days pass sees what they do to records. */
  private cleanLater(): void {
    const { logRetentionCheckIntervalMs } = this.image.settings
    this.timers.arm(this.cleaning, this.nowMs() + logRetentionCheckIntervalMs, this.clean)
  }

  private readonly clean = (): void => {
    this.log.submit({ type: 'clean', nowMs: this.nowMs() })
    this.cleanLater()
  }

  /** The shard of a group, wherever it is led. */
  shardOf(groupId: string): Host<ShardEvent, GroupRecord> {
    return this.shards[partitionFor(groupId, this.shards.length)] as Host<ShardEvent, GroupRecord>
  }

  /** Makes a changed cluster the one that every later step sees, and tells those who keep something of it. */
  change({ image, deleted }: ImageChange): void {
    this.image = image
    if (deleted.length === 0) return
    const topics = deleted.map(({ name, id }) => ({ name, id }))
    this.log.submit({ type: 'topicsDeleted', topics })
    for (const shard of this.shards) shard.submit({ type: 'topicsDeleted', topics })
  }

  /** Settings of the brokers have changed. */
  reconfigure(config: ResolvedConfig): void {
    this.config = config
    this.image = { ...this.image, version: this.image.version + 1, settings: config.settings }
  }

  /** When a timer fires, ms since the epoch; undefined when it is not armed. */
  deadlineOf(timer: object): number | undefined {
    return this.timers.deadlineOf(timer)
  }

  /** Those of all nodes. */
  *connections(): Iterable<Connection> {
    for (const broker of this.brokers) yield* broker.connections
  }

  defect(where: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error)
    this.options.log('error', `defect in ${where}: ${stack}`)
  }

  /** Answers what waits, lets answers out, closes connections. Resolves when every socket is closed. */
  async stop(): Promise<void> {
    await Promise.all([...this.shards, this.log].map((host) => host.stop()))
    this.timers.clear()
    this.ioTimers.clear()
    await Promise.all(this.brokers.map((broker) => broker.close()))
    await this.options.store.close()
  }
}
