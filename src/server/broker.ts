// One node of the cluster: its connections, which request goes to which handler, and when answers leave. It is what handlers
// are given: of what all nodes share it shows what this one may answer for.

import type { Socket } from 'node:net'
import type { IdSource } from '../machine/id-source.js'
import { type BrokerNode, type ClusterImage, ResourceTypes } from '../metadata/image.js'
import type { MetadataRecord } from '../metadata/records.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { Cluster } from './cluster.js'
import type { ResolvedConfig } from './config/resolve.js'
import { Connection } from './connection.js'
import type { ConnectionOwner } from './connection-owner.js'
import type { Row } from './dispatch.js'
import type { Exchange } from './exchange.js'
import { setImmediate } from './os-timers.js'
import type { Shard } from './shard.js'
import type { SocketServer } from './socket-server.js'
import { refuseAsking, type ServerTicket } from './ticket.js'

const ELSEWHERE: Pick<Shard, 'submit'> = {
  submit: (event) => refuseAsking(event, ErrorCodes.NOT_COORDINATOR),
}

export class Broker implements ConnectionOwner {
  readonly cluster: Cluster
  readonly node: BrokerNode
  readonly server: SocketServer
  /** false: it was stopped, and may come back. */
  isRunning = true
  readonly connections = new Set<Connection>()
  readonly maxFrameBytes: number
  /** By API key. */
  private readonly rowsByKey: readonly (Row | undefined)[]
  private toFlush: Connection[] = []

  constructor(cluster: Cluster, node: BrokerNode, server: SocketServer) {
    this.cluster = cluster
    this.node = node
    this.server = server
    this.maxFrameBytes = cluster.image.settings.socketRequestMaxBytes
    const rowsByKey: Row[] = []
    for (const row of cluster.rows) rowsByKey[row.api.key] = row
    this.rowsByKey = rowsByKey
  }

  // what handlers read

  get nodeId(): number {
    return this.node.nodeId
  }

  get image(): ClusterImage {
    return this.cluster.image
  }

  /** With what was changed of this node since it was started. */
  get config(): ResolvedConfig {
    const { config, image } = this.cluster
    const broker = image.configs.get(ResourceTypes.BROKER)?.get(String(this.nodeId)) ?? new Map()
    return config.dynamic === undefined ? config : { ...config, dynamic: { ...config.dynamic, broker } }
  }

  get ids(): IdSource {
    return this.cluster.ids
  }

  get log(): Cluster['log'] {
    return this.cluster.log
  }

  /** Those that it leads. */
  get shards(): readonly Shard[] {
    return this.cluster.shards.filter(({ leader }) => leader === this.nodeId)
  }

  /** The shard of a group; where another node leads it, all that is said is NOT_COORDINATOR. */
  shardOf(groupId: string): Pick<Shard, 'submit'> {
    const shard = this.cluster.shardOf(groupId)
    return shard.leader === this.nodeId ? shard : ELSEWHERE
  }

  /** undefined: nobody at the moment. */
  coordinatorOf(groupId: string): BrokerNode | undefined {
    const { leader } = this.cluster.shardOf(groupId)
    return this.image.brokers.find(({ nodeId }) => nodeId === leader)
  }

  rows(): readonly Row[] {
    return this.cluster.rows
  }

  // what handlers do

  change(records: readonly MetadataRecord[], ticket?: ServerTicket, response?: object): void {
    this.cluster.change(records, ticket, response)
  }

  /** The answer tells of the image: it leaves when that is durable. */
  tell(ticket: ServerTicket, response: object): void {
    this.cluster.change([], ticket, response)
  }

  info(line: string): void {
    this.cluster.options.log('info', line)
  }

  // the owner of connections

  rowFor(apiKey: number): Row | undefined {
    return this.rowsByKey[apiKey]
  }

  /** Takes connections from now on. */
  listen(): void {
    this.server.handTo((socket) => this.accept(socket))
  }

  private accept(socket: Socket): void {
    if (this.isRunning) this.connections.add(new Connection(socket, this))
    else socket.destroy()
  }

  beginRead(): void {
    this.cluster.options.clock.stand?.()
  }

  endRead(): void {
    this.cluster.options.clock.goOn?.()
  }

  dispatch(exchange: Exchange): void {
    const { observer } = this.cluster.options
    if (observer === undefined) this.handle(exchange)
    else observer.begun(exchange)
  }

  handle(exchange: Exchange): void {
    exchange.row.handle(this, exchange, exchange.body)
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
    this.log.submit({ type: 'dropTicket', dropped: exchange })
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
