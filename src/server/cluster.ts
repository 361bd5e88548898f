// What the brokers of one process share: the image, the shards and the log with their timers, ids and settings. Which node
// answers for what is in the image and in the shards; the nodes themselves are broker.ts.

import { createShard } from '../coordinator/coordinator.js'
import { createLog } from '../log/log.js'
import type { LogEvent, LogRecord } from '../log/types.js'
import type { IdSource } from '../machine/id-source.js'
import { TimerKey } from '../machine/timer-key.js'
import { type ControllerEvent, createController, type ImageCall } from '../metadata/controller.js'
import { type ClusterImage, type Configs, ResourceTypes } from '../metadata/image.js'
import { movedPartitions, NO_LEADER } from '../metadata/leaders.js'
import type { MetadataRecord } from '../metadata/records.js'
import type { Store } from '../store/store.js'
import { StoreError } from '../store/store-error.js'
import { Broker } from './broker.js'
import type { Clock } from './clock.js'
import { compression } from './compression.js'
import { withDynamic } from './config/dynamic.js'
import type { ResolvedConfig } from './config/resolve.js'
import type { Connection } from './connection.js'
import { type Row, TABLE } from './dispatch.js'
import { partitionFor } from './group-hash.js'
import type { Surroundings } from './hosting.js'
import { metadataRecords } from './metadata-records.js'
import type { MetadataVersion } from './metadata-version.js'
import type { Observer } from './observer.js'
import { groupRecords, logRecords } from './records.js'
import { Host } from './runtime.js'
import { Shard } from './shard.js'
import type { SocketServer } from './socket-server.js'
import type { ServerTicket } from './ticket.js'
import { Timers } from './timers.js'

export interface ClusterOptions {
  /** Its brokers are the nodes that there are. */
  readonly image: ClusterImage
  /** Of each of them, open already. */
  readonly servers: readonly SocketServer[]
  readonly config: ResolvedConfig
  /** Of the coordinator: sessions, rebalances, retention. */
  readonly clock: Clock
  /** Of waiting for I/O, where that is another: Fetch. */
  readonly ioClock?: Clock
  readonly ids: IdSource
  readonly store: Store
  /** Since when nobody could reach what the store has, ms since the epoch. */
  readonly downSinceMs?: number | undefined
  /** What is handled and advertised; all that there is unless given. */
  readonly rows?: readonly Row[]
  /** Which Kafka's administrators' pages take this for; the newest unless given. */
  readonly metadataVersion?: MetadataVersion
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
  readonly controller: Host<ControllerEvent, MetadataRecord>
  readonly shards: readonly Shard[]
  readonly log: Host<LogEvent, LogRecord>
  private readonly timers: Timers
  private readonly ioTimers: Timers
  /** The key of its timer. */
  private readonly cleaning = new TimerKey()

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
    this.brokers = image.brokers.map((node, i) => new Broker(this, node, options.servers[i] as SocketServer))
    this.controller = new Host(
      metadataRecords(() => createController({ ...image, ...this.presentOf() })),
      { ...around, call: (call) => this.adopt(call as ImageCall) },
    )
    const count = image.settings.offsetsTopicNumPartitions
    const hosted = Array.from({ length: count }, (_, i) => groupRecords(i, () => createShard({ ids })))
    const nodes = image.brokers
    this.shards = hosted.map((machine, i) => {
      return new Shard(i, nodes[i % nodes.length]?.nodeId ?? NO_LEADER, new Host(machine, around))
    })
    this.log = new Host(
      logRecords(() => createLog({ compression })),
      { ...around, clock: ioClock, timers: this.ioTimers },
    )
  }

  /** What of the image is not kept: who runs, and with which settings. */
  private presentOf(): Pick<ClusterImage, 'brokers' | 'settings'> {
    const running = this.brokers.filter(({ isRunning }) => isRunning)
    return { brokers: running.map(({ node }) => node), settings: this.config.settings }
  }

  private surroundings(): Surroundings {
    const { clock, store, downSinceMs, observer, fatal, log } = this.options
    let told: unknown
    return {
      clock,
      timers: this.timers,
      store,
      ...(downSinceMs === undefined ? {} : { downSinceMs }),
      image: () => this.image,
      observed: () => observer !== undefined,
      commitsObserved: () => observer?.seesCommits === true,
      loaded: () => observer?.loaded(),
      publish: (events, nowMs) => observer?.published(events, nowMs),
      defect: (where, error) => this.defect(where, error),
      fatal: (where, error) => fatal(`${where} could not be loaded from the store: ${error}`),
      log: (line) => log('warn', line),
      isTold: (error) => {
        const isTold = error === told && error instanceof StoreError
        told = error
        return isTold
      },
    }
  }

  /** Whether every machine is loaded. */
  get isReady(): boolean {
    return this.controller.isActive && this.log.isActive && this.shards.every(({ host }) => host.isActive)
  }

  /** On the coordinator's clock, ms since the epoch. */
  nowMs(): number {
    return this.options.clock.nowMs()
  }

  /** Resolves when it is known what the cluster is; shards and log may still load. */
  async start(): Promise<void> {
    this.controller.start()
    await this.controller.loaded()
    if (!this.controller.isActive) return
    for (const { host } of this.shards) host.start()
    this.log.start()
    this.cleanLater()
    for (const broker of this.brokers) broker.listen()
  }

  /** Resolves when every machine is loaded, or will not be. */
  async loaded(): Promise<void> {
    await Promise.all([this.log, ...this.shards.map(({ host }) => host)].map((host) => host.loaded()))
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
  shardOf(groupId: string): Shard {
    return this.shards[partitionFor(groupId, this.shards.length)] as Shard
  }

  /** Changes the cluster now; the answer, if there is one, leaves when that is durable. */
  change(records: readonly MetadataRecord[], ticket?: ServerTicket, response?: object): void {
    this.controller.submit({ type: 'change', records, ...(ticket && response && { ticket, response }) })
  }

  /** Every later step sees this image; those who keep something of what is gone are told. */
  private adopt({ image, deleted: topics }: ImageCall): void {
    const partitions = movedPartitions(this.image, image)
    const dynamic = image.configs.get(ResourceTypes.BROKER)
    const isReconfigured = dynamic !== this.image.configs.get(ResourceTypes.BROKER)
    this.image = image
    if (isReconfigured) this.reconfigure(dynamic ?? new Map())
    if (partitions.length > 0) this.log.submit({ type: 'leadersMoved', partitions })
    if (topics.length === 0) return
    this.log.submit({ type: 'topicsDeleted', topics })
    for (const { host } of this.shards) host.submit({ type: 'topicsDeleted', topics })
  }

  /** A node has stopped, or is back. */
  nodesChanged(): void {
    this.controller.submit({ type: 'brokers', brokers: this.presentOf().brokers })
  }

  /** Settings of the brokers have changed while they run: one node's count for all, who share everything. */
  private reconfigure(dynamic: ReadonlyMap<string, Configs>): void {
    const own = [...dynamic].filter(([name]) => name !== '').flatMap(([, configs]) => [...configs])
    this.config = withDynamic(this.options.config, new Map(own), dynamic.get('') ?? new Map())
    this.controller.submit({ type: 'settings', settings: this.config.settings })
  }

  /** When a timer fires, ms since the epoch; undefined when it is not armed. */
  deadlineOf(timer: TimerKey): number | undefined {
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
    const listening = this.brokers.map(({ server }) => server.close())
    await Promise.all(
      [...this.shards.map(({ host }) => host), this.log, this.controller].map((host) => host.stop()),
    )
    this.timers.clear()
    this.ioTimers.clear()
    await Promise.all(this.brokers.map((broker) => broker.close()))
    await Promise.all(listening)
    await this.options.store.close()
  }
}
