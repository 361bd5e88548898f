// Who is wired to whom: the shards, the log, the image of the cluster, and the connections of one broker.

import type { Socket } from 'node:net'
import { createShard } from '../coordinator/coordinator.js'
import type { GroupRecord, ShardEvent } from '../coordinator/types.js'
import { createLog } from '../log/log.js'
import type { LogEvent, LogRecord } from '../log/types.js'
import type { IdSource } from '../machine/id-source.js'
import type { ImageChange } from '../metadata/changes.js'
import type { BrokerNode, ClusterImage } from '../metadata/image.js'
import type { Store } from '../store/store.js'
import type { Clock } from './clock.js'
import { compression } from './compression.js'
import type { ResolvedConfig } from './config/resolve.js'
import { Connection, type ConnectionOwner } from './connection.js'
import { type Row, TABLE } from './dispatch.js'
import type { Exchange } from './exchange.js'
import { partitionFor } from './group-hash.js'
import type { Surroundings } from './hosting.js'
import type { Observer } from './observer.js'
import { setImmediate } from './os-timers.js'
import { groupRecords, logRecords } from './records.js'
import { Host } from './runtime.js'
import { Timers } from './timers.js'

export interface BrokerOptions {
  readonly image: ClusterImage
  readonly node: BrokerNode
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
  /** The broker cannot go on. */
  fatal(line: string): void
}

export class Broker implements ConnectionOwner {
  image: ClusterImage
  readonly ids: IdSource
  config: ResolvedConfig
  readonly shards: readonly Host<ShardEvent, GroupRecord>[]
  readonly log: Host<LogEvent, LogRecord>
  readonly connections = new Set<Connection>()
  readonly maxFrameBytes: number
  private readonly options: BrokerOptions
  private readonly timers: Timers
  private readonly ioTimers: Timers
  private readonly rowsByKey: ReadonlyMap<number, Row>
  private toFlush: Connection[] = []
  /** The key of its timer. */
  private readonly cleaning = {}

  constructor(options: BrokerOptions) {
    const { image, clock, ids, store } = options
    this.options = options
    this.rowsByKey = new Map(this.rows().map((row) => [row.api.key, row]))
    this.image = image
    this.ids = ids
    this.config = options.config
    this.maxFrameBytes = image.settings.socketRequestMaxBytes
    const { ioClock = clock } = options
    this.timers = new Timers(clock)
    this.ioTimers = ioClock === clock ? this.timers : new Timers(ioClock)
    const around: Surroundings = {
      clock,
      timers: this.timers,
      store,
      image: () => this.image,
      observed: () => options.observer !== undefined,
      loaded: () => options.observer?.loaded(),
      publish: (events, nowMs) => options.observer?.published(events, nowMs),
      defect: (where, error) => this.defect(where, error),
      fatal: (where, error) => options.fatal(`${where} could not be loaded from the store: ${error}`),
      log: (line) => options.log('warn', line),
    }
    const count = image.settings.offsetsTopicNumPartitions
    const hosted = Array.from({ length: count }, (_, i) => groupRecords(i, () => createShard({ ids })))
    this.shards = hosted.map((shard) => new Host(shard, around))
    this.log = new Host(
      logRecords(() => createLog({ compression })),
      { ...around, clock: ioClock, timers: this.ioTimers },
    )
  }

  /** Whether every machine is loaded. */
  get isReady(): boolean {
    return this.log.isActive && this.shards.every(({ isActive }) => isActive)
  }

  /** On the coordinator's clock, ms since the epoch. */
  nowMs(): number {
    return this.options.clock.nowMs()
  }

  get nodeId(): number {
    return this.options.node.nodeId
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

  rows(): readonly Row[] {
    return this.options.rows ?? TABLE
  }

  rowFor(apiKey: number): Row | undefined {
    return this.rowsByKey.get(apiKey)
  }

  shardOf(groupId: string): Host<ShardEvent, GroupRecord> {
    return this.shards[partitionFor(groupId, this.shards.length)] as Host<ShardEvent, GroupRecord>
  }

  coordinatorOf(_groupId: string): BrokerNode {
    return this.options.node
  }

  /** Makes a changed cluster the one that every later step sees, and tells those who keep something of it. */
  change({ image, deleted }: ImageChange): void {
    this.image = image
    if (deleted.length === 0) return
    const topics = deleted.map(({ name, id }) => ({ name, id }))
    this.log.submit({ type: 'topicsDeleted', topics })
    for (const shard of this.shards) shard.submit({ type: 'topicsDeleted', topics })
  }

  /** Settings of the broker have changed. */
  reconfigure(config: ResolvedConfig): void {
    this.config = config
    this.image = { ...this.image, version: this.image.version + 1, settings: config.settings }
  }

  info(line: string): void {
    this.options.log('info', line)
  }

  /** When a timer fires, ms since the epoch; undefined when it is not armed. */
  deadlineOf(timer: object): number | undefined {
    return this.timers.deadlineOf(timer)
  }

  // the owner of connections

  readonly accept = (socket: Socket): void => {
    this.connections.add(new Connection(socket, this))
  }

  dispatch(row: Row, exchange: Exchange): void {
    const { observer } = this.options
    if (observer === undefined) return row.handle(this, exchange, exchange.body)
    observer.begun(exchange, () => row.handle(this, exchange, exchange.body))
  }

  lacked(line: string): void {
    this.options.observer?.lacked(line)
  }

  refused(line: string): void {
    this.options.log('warn', line)
  }

  closed(connection: Connection): void {
    this.connections.delete(connection)
    this.options.observer?.closed(connection)
  }

  abandoned(exchange: Exchange): void {
    this.log.submit({ type: 'dropTicket', ticket: exchange })
  }

  flushLater(connection: Connection): void {
    if (this.toFlush.length === 0) setImmediate(this.flush)
    this.toFlush.push(connection)
  }

  private readonly flush = (): void => {
    const ready = this.toFlush
    this.toFlush = []
    const { arrange } = this.options
    if (arrange === undefined) {
      for (const connection of ready) connection.flush()
      return
    }
    const { now, later } = arrange(ready)
    for (const connection of now) connection.flush()
    for (const connection of later) this.flushLater(connection)
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
    for (const connection of this.toFlush.splice(0)) connection.flush()
    const closed = [...this.connections].map((connection) => connection.end())
    await Promise.all(closed)
    await this.options.store.close()
  }
}
