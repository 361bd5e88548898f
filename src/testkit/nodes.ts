// The nodes of the cluster under a test's hand: who leads what, moving that, stopping nodes and bringing them back.

import { movedTo } from '../metadata/leaders.js'
import { topicRecords } from '../metadata/records.js'
import type { Broker } from '../server/broker.js'
import type { Cluster } from '../server/cluster.js'
import { ConfigError } from '../server/config/errors.js'
import { startNode, stopNode } from '../server/nodes.js'
import type { Fixtures } from './fixtures.js'
import { checkNode, checkPlace } from './options.js'
import { ProvocationError } from './provocation-error.js'

/** A broker of the cluster. */
export interface Node {
  readonly nodeId: number
  /** host:port */
  readonly address: string
  /** false: it was stopped, and can be started again. */
  readonly isRunning: boolean
}

/** @internal */
export const addressOf = ({ node: { host, port } }: Broker): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** @internal */
export const toNode = (broker: Broker): Node => ({
  nodeId: broker.nodeId,
  address: addressOf(broker),
  isRunning: broker.isRunning,
})

/** @internal Throws ConfigError for a node that there is not. */
export function nodeOf({ brokers }: Cluster, nodeId: unknown, call: string): Broker {
  const wanted = checkNode(nodeId, call)
  const broker = brokers.find((each) => each.nodeId === wanted)
  if (broker !== undefined) return broker
  const there = brokers.map((each) => each.nodeId).join(', ')
  throw new ConfigError(
    `${call}: there is no node ${wanted}; there are ${there} (startCohort's brokers says how many)`,
  )
}

/** @internal Where to move what `leader` leads: to the one that is named, else to the next that runs. Throws ConfigError, ProvocationError. */
export function destination(cluster: Cluster, leader: number, to: unknown, call: string): number {
  if (to !== undefined) {
    const { nodeId, isRunning } = nodeOf(cluster, to, call)
    if (!isRunning) throw new ProvocationError(`${call}: node ${nodeId} is stopped: start it first`)
    if (nodeId === leader) throw new ProvocationError(`${call}: node ${nodeId} leads it already`)
    return nodeId
  }
  const others = cluster.brokers.filter(({ isRunning, nodeId }) => isRunning && nodeId !== leader)
  const next = others.find(({ nodeId }) => nodeId > leader) ?? others[0]
  if (next !== undefined) return next.nodeId
  throw new ProvocationError(`${call}: no other node runs: start the broker with brokers: 2, or more`)
}

/** @internal */
export class Nodes {
  private readonly cluster: Cluster
  private readonly fixtures: Fixtures
  /** What was not durable may have been told: its promises no longer hold. */
  private readonly moved: () => void

  constructor(cluster: Cluster, fixtures: Fixtures, moved: () => void) {
    this.cluster = cluster
    this.fixtures = fixtures
    this.moved = moved
  }

  leaderOf(topic: string, partition: number, call: string): number {
    checkPlace(topic, partition, call)
    const { partitions } = this.fixtures.topic(topic)
    const found = partitions[partition]
    if (found !== undefined) return found.leader
    throw new ConfigError(
      `${call}: topic '${topic}' has ${partitions.length} partitions, and no ${partition}`,
    )
  }

  moveLeader(topic: string, partition: number, to?: number): number {
    const call = 'moveLeader'
    const leader = destination(this.cluster, this.leaderOf(topic, partition, call), to, call)
    this.cluster.change(topicRecords([movedTo(this.fixtures.topic(topic), partition, leader)]))
    return leader
  }

  async stop(nodeId: number): Promise<void> {
    const broker = nodeOf(this.cluster, nodeId, 'stopBroker')
    if (!broker.isRunning) throw new ProvocationError(`stopBroker: node ${nodeId} is stopped already`)
    this.moved()
    await stopNode(this.cluster, broker)
  }

  async start(nodeId: number): Promise<void> {
    const broker = nodeOf(this.cluster, nodeId, 'startBroker')
    if (broker.isRunning) throw new ProvocationError(`startBroker: node ${nodeId} runs`)
    await startNode(this.cluster, broker)
  }

  /** Those that were stopped run again. */
  async startAll(): Promise<void> {
    for (const { nodeId, isRunning } of this.cluster.brokers) if (!isRunning) await this.start(nodeId)
  }
}
