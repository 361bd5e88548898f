// One node of the cluster: its connections, which request goes to which handler, and when answers leave. It is what handlers
// are given: of what all nodes share it shows what this one may answer for.

import type { Socket } from 'node:net'
import type { IdSource } from '../machine/id-source.js'
import type { ImageChange } from '../metadata/changes.js'
import type { BrokerNode, ClusterImage } from '../metadata/image.js'
import type { Cluster } from './cluster.js'
import type { ResolvedConfig } from './config/resolve.js'
import { Connection, type ConnectionOwner } from './connection.js'
import type { Row } from './dispatch.js'
import type { Exchange } from './exchange.js'
import { setImmediate } from './os-timers.js'

export class Broker implements ConnectionOwner {
  readonly cluster: Cluster
  readonly node: BrokerNode
  readonly connections = new Set<Connection>()
  readonly maxFrameBytes: number
  private readonly rowsByKey: ReadonlyMap<number, Row>
  private toFlush: Connection[] = []

  constructor(cluster: Cluster, node: BrokerNode) {
    this.cluster = cluster
    this.node = node
    this.maxFrameBytes = cluster.image.settings.socketRequestMaxBytes
    this.rowsByKey = new Map(cluster.rows.map((row) => [row.api.key, row]))
  }

  // what handlers read

  get nodeId(): number {
    return this.node.nodeId
  }

  get image(): ClusterImage {
    return this.cluster.image
  }

  get config(): ResolvedConfig {
    return this.cluster.config
  }

  get ids(): IdSource {
    return this.cluster.ids
  }

  get log(): Cluster['log'] {
    return this.cluster.log
  }

  get shards(): Cluster['shards'] {
    return this.cluster.shards
  }

  shardOf(groupId: string): Cluster['shards'][number] {
    return this.cluster.shardOf(groupId)
  }

  coordinatorOf(_groupId: string): BrokerNode {
    return this.node
  }

  rows(): readonly Row[] {
    return this.cluster.rows
  }

  // what handlers do

  change(change: ImageChange): void {
    this.cluster.change(change)
  }

  reconfigure(config: ResolvedConfig): void {
    this.cluster.reconfigure(config)
  }

  info(line: string): void {
    this.cluster.options.log('info', line)
  }

  // the owner of connections

  rowFor(apiKey: number): Row | undefined {
    return this.rowsByKey.get(apiKey)
  }

  readonly accept = (socket: Socket): void => {
    this.connections.add(new Connection(socket, this))
  }

  dispatch(row: Row, exchange: Exchange): void {
    const { observer } = this.cluster.options
    if (observer === undefined) return row.handle(this, exchange, exchange.body)
    observer.begun(exchange, () => row.handle(this, exchange, exchange.body))
  }

  lacked(line: string): void {
    this.cluster.options.observer?.lacked(line)
  }

  refused(line: string): void {
    this.cluster.options.log('warn', line)
  }

  closed(connection: Connection): void {
    this.connections.delete(connection)
    this.cluster.options.observer?.closed(connection)
  }

  abandoned(exchange: Exchange): void {
    this.log.submit({ type: 'dropTicket', ticket: exchange })
  }

  defect(where: string, error: unknown): void {
    this.cluster.defect(where, error)
  }

  flushLater(connection: Connection): void {
    if (this.toFlush.length === 0) setImmediate(this.flush)
    this.toFlush.push(connection)
  }

  private readonly flush = (): void => {
    const ready = this.toFlush
    this.toFlush = []
    const { arrange } = this.cluster.options
    if (arrange === undefined) {
      for (const connection of ready) connection.flush()
      return
    }
    const { now, later } = arrange(ready)
    for (const connection of now) connection.flush()
    for (const connection of later) this.flushLater(connection)
  }

  /** Lets answers out and closes connections. Resolves when every socket is closed. */
  async close(): Promise<void> {
    for (const connection of this.toFlush.splice(0)) connection.flush()
    const closed = [...this.connections].map((connection) => connection.end())
    await Promise.all(closed)
  }
}
