// A simulation: virtual time, brokers, a network, clients, and the books of what happened. The same seed and the same calls
// give the same run, to the letter.

import type { GroupEvent } from '../coordinator/types.js'
import type { Settings } from '../metadata/settings.js'
import type { Store } from '../store/store.js'
import type { App } from './apps/app.js'
import { BrokerSide } from './broker-side.js'
import type { ClientSurroundings } from './client/surroundings.js'
import { Cluster } from './cluster.js'
import { GroupJournal } from './journal.js'
import { Ledger } from './ledger.js'
import { GOOD_NETWORK, type LinkSettings, Network } from './network.js'
import { SimulatedProcess } from './proc.js'
import { Producer } from './produce.js'
import { EventQueue } from './queue.js'
import { Random } from './random.js'
import type { Watch } from './watch.js'

export interface WorldOptions {
  readonly seed: number
  /** Topic -> partitions. */
  readonly topics: Readonly<Record<string, number>>
  readonly nodes?: number
  /** Of the brokers; Kafka's defaults where nothing is given. */
  readonly settings?: Partial<Settings>
  readonly link?: LinkSettings
  /** In memory unless given. */
  readonly store?: (queue: EventQueue, random: Random) => Store
  /** After every step of the coordinator; what it throws ends the run. */
  readonly checks?: boolean
  readonly watch?: Watch
}

/** A client that runs. */
export interface Client {
  readonly name: string
  readonly proc: SimulatedProcess
  readonly app: App
  /** SIGTERM. */
  stop(): void
  /** SIGKILL, or its machine is gone. */
  crash(): void
  /** Stands still: garbage collection, no CPU. */
  freeze(ms: number): void
}

export class World {
  readonly queue = new EventQueue()
  readonly random: Random
  readonly cluster: Cluster
  readonly network: Network
  readonly producer: Producer
  private readonly journals = new Map<string, GroupJournal>()
  private readonly ledgers = new Map<string, Ledger>()

  constructor({
    seed,
    topics,
    nodes = 1,
    settings = {},
    link = GOOD_NETWORK,
    store,
    checks,
    watch,
  }: WorldOptions) {
    this.random = new Random(seed)
    const publish = (events: readonly GroupEvent[], atMs: number) => {
      for (const event of events) {
        // commits are many, and counted by who sends them
        if (event.type !== 'committed') this.journal(event.groupId).events.push({ ...event, atMs })
      }
      if (checks) this.cluster.checkInvariants()
    }
    const options = {
      nodes,
      settings,
      publish,
      ...(store && { store: store(this.queue, this.random.fork('store')) }),
      ...(watch && { watch }),
    }
    this.cluster = new Cluster(this.queue, this.random.fork('ids'), options)
    for (const [name, partitions] of Object.entries(topics)) this.cluster.createTopic(name, partitions)
    this.network = new Network(this.queue, this.random.fork('network'), link, (nodeId, clientId, host) => {
      return new BrokerSide(this.cluster, nodeId, clientId, host, (groupId) => {
        this.journal(groupId).heartbeatArrived(this.queue.nowMs, host.slice(1))
      })
    })
    this.producer = new Producer(this.queue, this.cluster)
  }

  get nowMs(): number {
    return this.queue.nowMs
  }

  journal(groupId: string): GroupJournal {
    return entry(this.journals, groupId, () => new GroupJournal())
  }

  ledger(groupId: string): Ledger {
    return entry(this.ledgers, groupId, () => new Ledger())
  }

  at(atMs: number, run: () => void): void {
    this.queue.at(atMs, run)
  }

  /** Everything up to that moment. */
  runUntil(endMs: number): void {
    this.queue.runUntil(endMs)
  }

  /** The broker of a node ends, with its coordinators and its connections. */
  stopNode(nodeId: number): void {
    this.network.stopNode(nodeId)
    this.cluster.stopNode(nodeId)
  }

  /** The process that all brokers live in ends; whoever connects is refused until startAll(). */
  crashAll(): void {
    for (const nodeId of this.cluster.nodeIds) this.network.stopNode(nodeId)
    this.cluster.crash()
  }

  startAll(): void {
    this.cluster.restart()
    for (const nodeId of this.cluster.nodeIds) this.network.startNode(nodeId)
  }

  /** Starts a client of a group now. One that has ended may be started again under its name. */
  start(name: string, groupId: string, makeApp: (around: ClientSurroundings) => App): Client {
    const journal = this.journal(groupId)
    const proc = new SimulatedProcess(name, this.queue, {
      stoodStill: (who, fromMs, toMs) => journal.stoodStill.push({ who, fromMs, toMs }),
      died: (who, atMs) => journal.died(atMs, who),
    })
    journal.mark(this.nowMs, name, 'started')
    const app = makeApp({
      ...{ proc, journal, network: this.network, ledger: this.ledger(groupId) },
      random: this.random.fork(`client ${name} ${this.nowMs}`),
      bootstrap: this.cluster.nodeIds,
    })
    return {
      ...{ name, proc, app },
      stop: () => proc.run(() => app.stop()),
      crash: () => {
        if (!proc.isAlive) return
        journal.mark(this.nowMs, name, 'crashed')
        proc.kill()
      },
      freeze: (ms) => proc.freeze(ms),
    }
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key)
  if (found === undefined) {
    found = make()
    map.set(key, found)
  }
  return found
}
