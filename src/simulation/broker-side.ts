// The broker's end of a connection, with Kafka's discipline: one request is handled at a time, the next when the one before
// is decided, answers leave in the order of requests. A JoinGroup that is parked therefore holds up what comes behind it.

import type { ShardEvent } from '../coordinator/types.js'
import type { ClusterImage, Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import { describePartition } from '../server/handlers/partitions.js'
import { refusal, refusedOffsetFetch } from '../server/refusal.js'
import type { ServerTicket } from '../server/ticket.js'
import type { Cluster } from './cluster.js'
import type { RequestOf, SimulatedApi } from './exchanges.js'

/** One request, from its arrival to its answer. */
class Handled implements ServerTicket {
  readonly side: BrokerSide
  readonly api: SimulatedApi
  readonly apiVersion: number
  readonly body: object
  readonly send: (response: object) => void
  response: object | undefined = undefined

  constructor(
    side: BrokerSide,
    api: SimulatedApi,
    apiVersion: number,
    body: object,
    send: (response: object) => void,
  ) {
    this.side = side
    this.api = api
    this.apiVersion = apiVersion
    this.body = body
    this.send = send
  }

  get clientId(): string {
    return this.side.clientId
  }

  get clientHost(): string {
    return this.side.clientHost
  }

  get isAnswered(): boolean {
    return this.response !== undefined
  }

  decided(): void {
    this.side.decided(this)
  }

  answer(response: object): void {
    this.side.cluster.watch?.answered(this, response)
    this.response = this.api === 'OffsetFetch' ? inOffsetFetch(response) : response
    this.side.decided(this)
    this.side.flush()
  }

  refuse(errorCode: ErrorCode): void {
    this.answer(refuse(this, errorCode))
  }
}

export class BrokerSide {
  readonly cluster: Cluster
  private readonly nodeId: number
  readonly clientId: string
  readonly clientHost: string
  private readonly queued: Handled[] = []
  /** Begun and not sent yet, oldest first. */
  private readonly begun: Handled[] = []
  private undecided: Handled | null = null
  private readonly heartbeat: (groupId: string) => void
  private isClosed = false

  /** `heartbeat` is told of every Heartbeat that comes to be handled. */
  constructor(
    cluster: Cluster,
    nodeId: number,
    clientId: string,
    clientHost: string,
    heartbeat: (groupId: string) => void,
  ) {
    this.heartbeat = heartbeat
    this.cluster = cluster
    this.nodeId = nodeId
    this.clientId = clientId
    this.clientHost = clientHost
  }

  receive(api: SimulatedApi, apiVersion: number, body: object, send: (response: object) => void): void {
    if (this.isClosed) return
    this.queued.push(new Handled(this, api, apiVersion, body, send))
    this.next()
  }

  /** What the answer will be is decided: the next request may be handled. */
  decided(handled: Handled): void {
    if (this.undecided !== handled) return
    this.undecided = null
    this.next()
  }

  /** Sends what is answered, in order. */
  flush(): void {
    while (this.begun[0]?.response !== undefined) {
      const { send, response } = this.begun.shift() as Handled
      if (response !== undefined) send(response)
    }
  }

  /** Its parked fetches are forgotten; parked joins and syncs stay, as only timers remove members. */
  close(): void {
    this.isClosed = true
    this.queued.length = 0
    for (const dropped of this.begun.splice(0)) this.cluster.log.submit({ type: 'dropTicket', dropped })
  }

  private next(): void {
    while (this.undecided === null) {
      const handled = this.queued.shift()
      if (handled === undefined) return
      this.undecided = handled
      this.begun.push(handled)
      this.handle(handled)
    }
  }

  private handle(ticket: Handled): void {
    const { cluster, nodeId } = this
    const { api, body } = ticket
    cluster.watch?.asked(ticket, api, body)
    switch (api) {
      case 'JoinGroup':
      case 'SyncGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'OffsetDelete':
      case 'OffsetCommit': {
        const request = body as { groupId: string }
        if (api === 'Heartbeat') this.heartbeat(request.groupId)
        const event = { type: api, ticket, request } as unknown as ShardEvent & { ticket: ServerTicket }
        return cluster.toShard(nodeId, request.groupId, event)
      }
      case 'OffsetFetch':
        return this.offsetFetch(ticket, body as RequestOf<'OffsetFetch'>)
      case 'DescribeGroups': {
        const request = body as RequestOf<'DescribeGroups'>
        return cluster.toShard(nodeId, request.groups[0] ?? '', { type: api, ticket, request })
      }
      case 'DeleteGroups': {
        const request = body as RequestOf<'DeleteGroups'>
        return cluster.toShard(nodeId, request.groupsNames[0] ?? '', { type: api, ticket, request })
      }
      case 'Fetch':
      case 'ListOffsets':
      case 'Produce':
        if (!this.leads(api, body)) return ticket.refuse(ErrorCodes.NOT_LEADER_OR_FOLLOWER)
        return cluster.log.submit({ type: api, ticket, request: body } as never)
      case 'FindCoordinator':
        return ticket.answer(this.coordinators(body as RequestOf<'FindCoordinator'>))
      case 'Metadata':
        return ticket.answer(this.metadata(body as RequestOf<'Metadata'>))
    }
  }

  private offsetFetch(ticket: Handled, { groups, requireStable }: RequestOf<'OffsetFetch'>): void {
    const [request] = groups
    if (request === undefined) throw new Error('OffsetFetch without a group')
    const event = { type: 'OffsetFetch', ticket, request, requireStable } as const
    this.cluster.toShard(this.nodeId, request.groupId, event)
  }

  /** Of partitions that exist; the log itself answers for others. */
  private leads(api: SimulatedApi, body: object): boolean {
    const { image } = this.cluster
    for (const { topic, partition } of partitionsIn(api, body)) {
      const found = image.topicsByName.get(topic)?.partitions[partition]
      if (found !== undefined && found.leader !== this.nodeId) return false
    }
    return true
  }

  private coordinators({ coordinatorKeys }: RequestOf<'FindCoordinator'>): object {
    const coordinators = coordinatorKeys.map((key) => {
      const nodeId = this.cluster.coordinatorOf(key)
      const errorCode = nodeId < 0 ? ErrorCodes.COORDINATOR_NOT_AVAILABLE : ErrorCodes.NONE
      return { key, nodeId, host: `broker-${nodeId}`, port: 9092, errorCode, errorMessage: '' }
    })
    return { throttleTimeMs: 0, coordinators }
  }

  private metadata({ topics }: RequestOf<'Metadata'>): object {
    const { image } = this.cluster
    const found = (topics ?? []).map(({ name }) => {
      const topic = image.topicsByName.get(name ?? '')
      return topic === undefined
        ? { errorCode: ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, name, partitions: [] }
        : { errorCode: ErrorCodes.NONE, name, partitions: describe(topic, image.brokers) }
    })
    return { throttleTimeMs: 0, brokers: image.brokers, topics: found }
  }
}

function refuse({ api, apiVersion, body }: Handled, errorCode: ErrorCode): object {
  if (api !== 'OffsetFetch') return refusal(api, apiVersion, body, errorCode)
  const [group] = (body as RequestOf<'OffsetFetch'>).groups
  if (group === undefined) throw new Error('OffsetFetch without a group')
  return refusedOffsetFetch(group, apiVersion, errorCode)
}

/** The same for everybody who asks, and never changed. */
const described = new WeakMap<Topic, object[]>()

function describe(topic: Topic, brokers: ClusterImage['brokers']): object[] {
  const known = described.get(topic)
  if (known !== undefined) return known
  const partitions = topic.partitions.map((each) => describePartition(each, brokers))
  described.set(topic, partitions)
  return partitions
}

const inOffsetFetch = (group: object) => ({ throttleTimeMs: 0, topics: [], errorCode: 0, groups: [group] })

function partitionsIn(api: SimulatedApi, body: object): { topic: string; partition: number }[] {
  switch (api) {
    case 'Fetch':
      return (body as RequestOf<'Fetch'>).topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition }) => ({ topic, partition })),
      )
    case 'ListOffsets':
      return (body as RequestOf<'ListOffsets'>).topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
      )
    case 'Produce':
      return (body as RequestOf<'Produce'>).topicData.flatMap(({ name, partitionData }) =>
        partitionData.map(({ index }) => ({ topic: name, partition: index })),
      )
    default:
      return []
  }
}
