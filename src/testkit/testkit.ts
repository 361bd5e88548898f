// What a test has in its hand: what is in the broker, groups to wait for and to provoke, faults, time, and looking back.

import { unsetRecords } from '../metadata/records.js'
import type { RecordedEvent } from '../observe/events.js'
import type { ExchangeFilter, RecordedExchange } from '../observe/exchanges.js'
import type { Journal } from '../observe/journal.js'
import type { ApiName } from '../protocol/api-names.js'
import { ConfigError } from '../server/config/errors.js'
import type { Connection } from '../server/connection.js'
import { sinceStartMs } from '../server/os-timers.js'
import { Contents, type ContentsParts } from './contents.js'
import { checkApi } from './fault-options.js'
import type { Fault, FaultOptions } from './faults.js'
import { readOptions } from './fields.js'
import type { WaitOptions } from './group.js'
import type { Kit } from './kit.js'
import { type Node, Nodes, toNode } from './nodes.js'
import { checkText, readWait, requestsFilter, verifyOptions } from './options.js'
import { ownedTwice } from './ownership.js'
import { isQuiet, unrest } from './quiet.js'
import type { TestClock } from './time.js'

/** A client that is connected. */
export interface ConnectedClient {
  readonly clientId: string | null
  /** What its ApiVersions said (KIP-511): name and version of the client library. */
  readonly software: string | null
  /** The node that it is connected to. */
  readonly nodeId: number
  /** Address as Kafka prints it, '/127.0.0.1'. */
  readonly host: string
  /** How long, in ms of real time. */
  readonly connectedMs: number
}

/** Something that must not be, found by verify(); the message has one line for each. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`${problems.length === 1 ? '' : `${problems.length} problems:\n`}${problems.join('\n')}`)
    this.problems = problems
  }
}

/** @internal */
export interface TestKitParts extends ContentsParts {
  /** Null on real time. */
  readonly clock: TestClock | null
  /** Those that there were at the start. */
  readonly topics: Readonly<Record<string, number>>
  readonly verify: boolean | 'strict'
}

export class TestKit extends Contents {
  /** What happened to groups, entry by entry; empty where nobody watches. */
  readonly journal: Journal
  private readonly kit: Kit
  private readonly clusterNodes: Nodes
  private readonly testClock: TestClock | null
  private readonly topicsAtStart: Readonly<Record<string, number>>
  private readonly verifiesAtStop: boolean | 'strict'

  /** @internal */
  constructor(parts: TestKitParts) {
    super(parts)
    this.kit = parts.kit
    this.clusterNodes = new Nodes(parts.cluster, this.fixtures, () => parts.kit.promises.forget())
    this.journal = parts.kit.journal
    this.testClock = parts.clock
    this.topicsAtStart = parts.topics
    this.verifiesAtStop = parts.verify
  }

  /** The coordinator's time. Throws ConfigError unless the broker was started with clock: 'virtual'. */
  get clock(): TestClock {
    if (this.testClock !== null) return this.testClock
    throw new ConfigError("time cannot be moved: start the broker with clock: 'virtual'")
  }

  /** ms since the epoch on the coordinator's clock, and whether only `advance` moves it. */
  time(): { readonly nowMs: number; readonly isVirtual: boolean } {
    return { nowMs: this.cluster.nowMs(), isVirtual: this.testClock !== null }
  }

  /** Puts a fault in the way. Throws ConfigError for names that do not exist. */
  fault(options: FaultOptions): Fault {
    this.checkWatched()
    return this.kit.fault(options)
  }

  /** Resolves when nothing is under way: every group is Stable or Empty and nobody waits but for records. */
  async quiesce(options: WaitOptions = {}): Promise<void> {
    const limitMs = readWait(options, 'quiesce') ?? this.timeoutMs
    const underWay = () => [...this.kit.underWay.values()]
    await this.kit.signal.until(
      'nothing under way',
      limitMs,
      async () => (this.isReady && isQuiet(underWay(), await this.groupSnapshots()) ? true : undefined),
      async () => unrest(underWay(), await this.groupSnapshots(), (id) => this.group(id).describe()),
    )
  }

  /**
   * Back to the beginning: groups, offsets, records, later topics, settings that were changed and faults are gone, and what is
   * remembered of requests and events; nodes that were stopped run. Connections stay.
   */
  async reset(): Promise<void> {
    await this.clusterNodes.startAll()
    for (const { groupId } of await this.groupSnapshots()) await this.group(groupId).remove()
    for (const name of [...this.cluster.image.topicsByName.keys()]) this.fixtures.deleteTopic(name)
    for (const [name, partitions] of Object.entries(this.topicsAtStart))
      this.fixtures.createTopic(name, partitions)
    this.cluster.change(unsetRecords(this.cluster.image))
    this.kit.forget()
  }

  // nodes

  nodes(): Node[] {
    return this.cluster.brokers.map(toNode)
  }

  /** The node that leads a partition; -1 while nobody does. Throws FixtureError, ConfigError. */
  leaderOf(topic: string, partition: number): number {
    return this.clusterNodes.leaderOf(topic, partition, 'leaderOf')
  }

  /** Another node leads the partition from now on: the next that runs unless one is named. Returns its node id. */
  moveLeader(topic: string, partition: number, to?: number): number {
    return this.clusterNodes.moveLeader(topic, partition, to)
  }

  /** Shuts a node down: the others lead what it led, its connections are closed. Resolves when they are. */
  stopBroker(nodeId: number): Promise<void> {
    return this.clusterNodes.stop(nodeId)
  }

  /** A node that was stopped is back, at the port that it had. */
  startBroker(nodeId: number): Promise<void> {
    return this.clusterNodes.start(nodeId)
  }

  // connections

  connectedClients(): ConnectedClient[] {
    return [...this.cluster.connections()].map(toClient)
  }

  /** Cuts connections: of one client, or all. Returns how many. */
  disconnect(clientId?: string): number {
    if (clientId !== undefined) checkText(clientId, 'disconnect: the client id')
    const meant = [...this.cluster.connections()].filter(
      (connection) => clientId === undefined || connection.clientId === clientId,
    )
    for (const connection of meant) connection.close('a test cut it')
    return meant.length
  }

  // looking back

  /** What clients asked and were answered, oldest first. */
  requests(api?: ApiName, filter: ExchangeFilter = {}): RecordedExchange[] {
    this.checkWatched()
    if (api !== undefined) checkApi(checkText(api, 'requests: the API'), 'requests')
    return this.kit.exchanges.of(api, readOptions(requestsFilter, filter, 'requests'))
  }

  /** What the coordinator told of itself, oldest first. */
  events(group?: string): RecordedEvent[] {
    this.checkWatched()
    if (group !== undefined) checkText(group, 'events: the group')
    return this.kit.events.of(group)
  }

  /**
   * Throws VerificationError for a fault never met, an API or version that we lack, a broken promise of the coordinator.
   * Returns what need not be wrong: clients left connected, partitions owned twice; with `strict` it throws for those too.
   */
  verify(options: { readonly strict?: boolean } = {}): { readonly warnings: readonly string[] } {
    const { strict = false } = readOptions(verifyOptions, options, 'verify')
    const [problems, warnings] = [this.problems(), this.warnings()]
    const thrown = strict ? [...problems, ...warnings] : problems
    if (thrown.length > 0) throw new VerificationError(thrown)
    return { warnings }
  }

  /** Nothing where stop() does not verify. */
  protected problemsAtStop(): string[] {
    if (this.verifiesAtStop === false) return []
    return this.verifiesAtStop === 'strict' ? [...this.problems(), ...this.warnings()] : this.problems()
  }

  private problems(): string[] {
    const unmet = this.kit.allFaults.filter(({ hits }) => hits.length === 0)
    return [
      ...unmet.map((fault) => `a fault was never met: ${fault}`),
      ...this.kit.lacks,
      ...this.kit.promises.broken,
    ]
  }

  /** @internal Before the broker stops. */
  protected end(): Promise<void> {
    return this.kit.end()
  }

  protected warnings(): string[] {
    return [...ownedTwice(this.kit.answers.of(undefined, {})), ...this.connectedClients().map(clientLine)]
  }
}

const clientLine = ({ clientId, software, connectedMs }: ConnectedClient) =>
  `client '${clientId}' (${software ?? 'unknown software'}) was left connected, for ${connectedMs} ms`

function toClient({ clientId, software, nodeId, clientHost, sinceMs }: Connection): ConnectedClient {
  return { clientId, software, nodeId, host: clientHost, connectedMs: Math.round(sinceStartMs() - sinceMs) }
}
