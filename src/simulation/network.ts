// The network between clients and brokers: connections that behave like TCP. What is sent arrives in order within a
// connection, after a delay; a packet that is lost, or sent while the path is down, is sent again after 200 ms, then 400,
// 800 and so on (as Linux does), so that an outage lasts longer for a connection than for the network. Opening a
// connection takes no time, and no bandwidth is ever short.

import type { BrokerSide } from './broker-side.js'
import type { SimulatedApi } from './exchanges.js'
import type { SimulatedProcess } from './proc.js'
import type { EventQueue } from './queue.js'
import type { Random } from './random.js'

export interface LinkSettings {
  /** Of every packet at least, one way. */
  readonly delayMs: number
  /** On average on top of that; some packets take several times as long. */
  readonly jitterMs: number
  /** Of 1: how many packets are lost. */
  readonly lossRate: number
}

export const GOOD_NETWORK: LinkSettings = { delayMs: 0.5, jitterMs: 0.2, lossRate: 0 }

const MIN_RETRANSMISSION_MS = 200
const MAX_RETRANSMISSION_MS = 120_000

/** Who cannot reach whom; what is left out means all. */
export interface Cut {
  readonly client?: string
  readonly node?: number
}

export type Answered = (response: object | null) => void

export class Network {
  readonly queue: EventQueue
  link: LinkSettings
  private readonly random: Random
  private readonly cuts = new Set<Cut>()
  /** Nodes whose broker does not run: their machine refuses connections. */
  private readonly down = new Set<number>()
  private readonly connections = new Set<Connection>()
  private readonly open: (nodeId: number, clientId: string, clientHost: string) => BrokerSide

  constructor(
    queue: EventQueue,
    random: Random,
    link: LinkSettings,
    open: (nodeId: number, clientId: string, clientHost: string) => BrokerSide,
  ) {
    this.queue = queue
    this.random = random
    this.link = link
    this.open = open
  }

  connect(client: SimulatedProcess, clientId: string, nodeId: number): Connection {
    const broker = this.open(nodeId, clientId, `/${client.name}`)
    const connection = new Connection(this, client, nodeId, broker)
    this.connections.add(connection)
    if (this.down.has(nodeId)) this.queue.after(2 * this.delayMs(), () => connection.lose())
    return connection
  }

  /** The broker of the node ends: connections are lost, and refused until startNode. */
  stopNode(node: number): void {
    this.down.add(node)
    this.reset({ node })
  }

  startNode(node: number): void {
    this.down.delete(node)
  }

  /** Nothing gets through until the function that is returned has been called; connections stay open meanwhile. */
  cut(what: Cut): () => void {
    this.cuts.add(what)
    return () => this.cuts.delete(what)
  }

  cutFor(what: Cut, ms: number): void {
    this.queue.after(ms, this.cut(what))
  }

  /** Connections are lost at once, with what is under way on them; both ends learn it. */
  reset(what: Cut): void {
    for (const connection of [...this.connections]) if (touches(what, connection)) connection.lose()
  }

  isDown(connection: Connection): boolean {
    for (const cut of this.cuts) if (touches(cut, connection)) return true
    return false
  }

  forget(connection: Connection): void {
    this.connections.delete(connection)
  }

  losesPacket(connection: Connection): boolean {
    if (this.down.has(connection.nodeId)) return true
    return this.isDown(connection) || (this.link.lossRate > 0 && this.random.chance(this.link.lossRate))
  }

  delayMs(): number {
    const { delayMs, jitterMs } = this.link
    return delayMs + (jitterMs === 0 ? 0 : this.random.exponential(jitterMs))
  }
}

function touches({ client, node }: Cut, connection: Connection): boolean {
  return (
    (client === undefined || client === connection.client.name) &&
    (node === undefined || node === connection.nodeId)
  )
}

/** One direction of a connection: delivers in the order of sending. */
class Stream {
  private sent = 0
  private arrived = 0
  private readonly early = new Map<number, () => void>()

  send(connection: Connection, deliver: () => void): void {
    this.attempt(connection, this.sent++, deliver, MIN_RETRANSMISSION_MS)
  }

  private attempt(connection: Connection, number: number, deliver: () => void, retryMs: number): void {
    const { network } = connection
    if (connection.isClosed) return
    if (network.losesPacket(connection)) {
      const nextMs = Math.min(2 * retryMs, MAX_RETRANSMISSION_MS)
      network.queue.after(retryMs, () => this.attempt(connection, number, deliver, nextMs))
    } else {
      network.queue.after(network.delayMs(), () => this.arrive(number, deliver))
    }
  }

  private arrive(number: number, deliver: () => void): void {
    this.early.set(number, deliver)
    for (let next = this.early.get(this.arrived); next !== undefined; next = this.early.get(this.arrived)) {
      this.early.delete(this.arrived++)
      next()
    }
  }
}

export class Connection {
  readonly network: Network
  readonly client: SimulatedProcess
  readonly nodeId: number
  isClosed = false
  private readonly broker: BrokerSide
  private readonly requests = new Stream()
  private readonly answers = new Stream()
  private readonly outstanding = new Set<Answered>()

  constructor(network: Network, client: SimulatedProcess, nodeId: number, broker: BrokerSide) {
    this.network = network
    this.client = client
    this.nodeId = nodeId
    this.broker = broker
  }

  /** `answered` gets the response, or null when the connection is gone before it is there. */
  send(api: SimulatedApi, apiVersion: number, body: object, answered: Answered): void {
    if (this.isClosed) {
      this.network.queue.after(0, () => this.client.run(() => answered(null)))
      return
    }
    this.outstanding.add(answered)
    this.requests.send(this, () => {
      this.broker.receive(api, apiVersion, body, (response) => {
        this.answers.send(this, () => this.deliver(answered, response))
      })
    })
  }

  private deliver(answered: Answered, response: object): void {
    if (!this.outstanding.delete(answered)) return
    this.client.run(() => answered(response))
  }

  /** By the client: what it waits for on it comes to nothing. What has been sent may still have its effect. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.network.forget(this)
    const { network, broker } = this
    if (!network.isDown(this)) network.queue.after(network.delayMs(), () => broker.close())
    this.failOutstanding()
  }

  /** By the network or the broker. */
  lose(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.network.forget(this)
    this.broker.close()
    this.failOutstanding()
  }

  private failOutstanding(): void {
    for (const answered of [...this.outstanding]) {
      this.outstanding.delete(answered)
      this.network.queue.after(0, () => this.client.run(() => answered(null)))
    }
  }
}
