// A cluster as an administrator reaches it: one connection per broker, opened when it is first needed; which broker
// coordinates which group, remembered until a broker says otherwise.

import type { ApiName } from '../protocol/api-names.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { Draft } from '../protocol/schema.js'
import type { Address } from './addresses.js'
import { Connection, type RequestOf, type ResponseOf } from './connection.js'
import { AdminError, answered, type Peer, peerText } from './errors.js'
import { type Patience, patient } from './patience.js'

export interface ClusterOptions {
  /** Of a request, and of making a connection. 10 s. */
  readonly requestTimeoutMs?: number
  readonly clientId?: string
  /** How often what is not ready yet is asked again, and how long between. */
  readonly patience?: Patience
}

/** A broker of the cluster, where it says that it can be reached. */
export interface BrokerNode extends Address {
  readonly nodeId: number
}

export interface PartitionInfo {
  readonly partition: number
  /** null: none at the moment. */
  readonly leader: BrokerNode | null
}

const REQUEST_TIMEOUT_MS = 10_000
const GROUP_KEY = 0
/** FindCoordinator takes several groups from here on (KIP-699). */
const MANY_COORDINATORS = 4
/** Metadata can ask for a topic without making it from here on. */
const NO_AUTO_CREATION = 4
const COORDINATOR_ERRORS: readonly number[] = [
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.NOT_COORDINATOR,
]

/** Whether asking again, perhaps another broker, may mend it. */
export const isCoordinatorError = (code: number) => COORDINATOR_ERRORS.includes(code)

export class Cluster {
  readonly patience: Patience
  private readonly bootstrap: readonly Address[]
  private readonly options: { readonly requestTimeoutMs: number; readonly clientId: string }
  private readonly connections = new Map<string, Promise<Connection>>()
  private readonly coordinators = new Map<string, BrokerNode>()

  constructor(bootstrap: readonly Address[], options: ClusterOptions = {}) {
    const { requestTimeoutMs = REQUEST_TIMEOUT_MS, clientId = 'cohort-admin' } = options
    this.bootstrap = bootstrap
    this.options = { requestTimeoutMs, clientId }
    this.patience = options.patience ?? patient
  }

  get requestTimeoutMs(): number {
    return this.options.requestTimeoutMs
  }

  /** Of one broker, or of any. Rejects with AdminError. */
  async send<A extends ApiName>(
    node: BrokerNode | null,
    api: A,
    body: Draft<RequestOf<A>>,
  ): Promise<{ readonly response: ResponseOf<A>; readonly connection: Connection }> {
    const connection = node === null ? await this.any() : await this.connectionTo(node)
    return { response: await connection.send(api, body), connection }
  }

  /** The brokers that are alive, as the cluster tells. */
  async brokers(): Promise<readonly BrokerNode[]> {
    const { response } = await this.send(null, 'Metadata', { topics: [] })
    return response.brokers.map(nodeOf)
  }

  /** Topic -> its partitions, in order; a topic that does not exist is left out. Rejects for one that may not be seen. */
  async topics(names: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionInfo[]>> {
    const any = await this.any()
    const one = any.version('Metadata') >= NO_AUTO_CREATION
    const body = { topics: one ? names.map((name) => ({ name })) : null, allowAutoTopicCreation: false }
    const { brokers, topics } = await any.send('Metadata', body)
    const nodes = new Map(brokers.map((broker) => [broker.nodeId, nodeOf(broker)]))
    const found = new Map<string, readonly PartitionInfo[]>()
    for (const { name, errorCode, partitions } of topics) {
      if (name === null || !names.includes(name) || isUnknownTopic(errorCode)) continue
      const isLeaderless = errorCode === ErrorCodes.LEADER_NOT_AVAILABLE
      if (errorCode !== ErrorCodes.NONE && !isLeaderless)
        throw answered(errorCode, 'Metadata', any.peer, { topic: name })
      const infos = partitions.map(({ partitionIndex, leaderId }) => ({
        partition: partitionIndex,
        leader: nodes.get(leaderId) ?? null,
      }))
      found.set(
        name,
        infos.sort((a, b) => a.partition - b.partition),
      )
    }
    return found
  }

  /** Rejects with AdminError: a group whose coordinator is not there yet may be asked for again. */
  async coordinator(group: string): Promise<BrokerNode> {
    const failure = (await this.findCoordinators([group])).get(group)
    if (failure !== undefined) throw failure
    return this.coordinators.get(group) as BrokerNode
  }

  /** Finds those that are not known, so that `known` has them; returns group -> why it was not found. */
  async findCoordinators(groups: readonly string[]): Promise<ReadonlyMap<string, AdminError>> {
    const failures = new Map<string, AdminError>()
    const unknown = groups.filter((group) => !this.coordinators.has(group))
    if (unknown.length === 0) return failures
    const any = await this.any()
    const all = any.version('FindCoordinator') >= MANY_COORDINATORS
    for (const keys of all ? [unknown] : unknown.map((group) => [group])) {
      const body = { key: keys[0] ?? '', keyType: GROUP_KEY, coordinatorKeys: keys }
      const answer = await any.send('FindCoordinator', body)
      const found = all ? answer.coordinators : [{ ...answer, key: keys[0] as string }]
      for (const { key, errorCode, errorMessage, nodeId, host, port } of found) {
        const subject = { group: key, message: errorMessage }
        if (errorCode === ErrorCodes.NONE) this.coordinators.set(key, { nodeId, host, port })
        else failures.set(key, answered(errorCode, 'FindCoordinator', any.peer, subject))
      }
    }
    return failures
  }

  /** The coordinator, if it was found before. */
  known(group: string): BrokerNode | undefined {
    return this.coordinators.get(group)
  }

  remember(group: string, node: BrokerNode): void {
    this.coordinators.set(group, node)
  }

  forget(group: string): void {
    this.coordinators.delete(group)
  }

  /** Whichever bootstrap server answers first; they are tried in order. */
  private async any(): Promise<Connection> {
    const failures: unknown[] = []
    for (const { host, port } of this.bootstrap) {
      try {
        return await this.connectionTo({ nodeId: null, host, port })
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        failures.push(error)
      }
    }
    throw failures[0] ?? new TypeError('no bootstrap servers')
  }

  private async connectionTo(peer: Peer): Promise<Connection> {
    const key = peerText(peer)
    const known = this.connections.get(key)
    if (known !== undefined) {
      const connection = await known
      if (connection.isOpen) return connection
      if (this.connections.get(key) === known) this.connections.delete(key)
      return this.connectionTo(peer)
    }
    const opening = Connection.open(peer, this.options)
    this.connections.set(key, opening)
    opening.catch(() => this.connections.delete(key))
    return opening
  }

  /** Ends every connection, also those that are being made. */
  async close(): Promise<void> {
    const all = [...this.connections.values()]
    this.connections.clear()
    for (const each of await Promise.allSettled(all)) if (each.status === 'fulfilled') each.value.close()
  }
}

const nodeOf = ({ nodeId, host, port }: BrokerNode): BrokerNode => ({ nodeId, host, port })
const isUnknownTopic = (code: number) =>
  code === ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION || code === ErrorCodes.INVALID_TOPIC_EXCEPTION
