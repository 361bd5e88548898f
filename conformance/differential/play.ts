// One sequence played on one broker: keeps what each actor was told, sends what a command means for it, and tells what was
// answered in names that do not depend on the broker.

import { type Api, Apis } from '../../src/protocol/apis.js'
import { writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import type { Draft, Infer } from '../../src/protocol/schema.js'
import { type Address, Client } from '../client.js'
import { ACTORS, FIRST_STATIC, type Flaw, type Step } from './commands.js'
import { type Names, normalise } from './normalise.js'

const subscription = (topic: string) => writeSubscription({ topics: [topic] })
const range = { name: 'range', metadata: subscription('foo') }
const sticky = { name: 'sticky', metadata: subscription('foo') }
const OFFERS = [
  [range],
  [range, sticky],
  [sticky, range],
  [{ name: 'range', metadata: subscription('bar') }],
  [{ name: 'range', metadata: Buffer.from('opaque') }],
  [sticky],
]
const LONG_MS = 600_000
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** An answer, or none yet. */
export interface Exchange {
  readonly what: string
  answer: unknown
  /** Parked when its actor sent a newer one or was made to leave: Apache never answers it, we do (docs/skipped.md). */
  isSuperseded: boolean
}

export class Play {
  readonly exchanges: Exchange[] = []
  private readonly address: Address
  private readonly group: string
  private readonly topics: Readonly<Record<string, string>>
  private readonly names: Names = { ids: new Map() }
  private readonly memberIds: string[] = Array<string>(ACTORS).fill('')
  private readonly generations: number[] = Array<number>(ACTORS).fill(-1)
  /** How many JoinGroups each has sent: an actor is what its newest one made of it. */
  private readonly joins: number[] = Array<number>(ACTORS).fill(0)
  private readonly idle: Client[] = []
  private readonly clients: Client[] = []

  /** `topics`: name -> id of the topics there are on this broker. */
  constructor(address: Address, group: string, topics: Readonly<Record<string, string>>) {
    this.address = address
    this.group = group
    this.topics = topics
  }

  private async client(): Promise<Client> {
    const free = this.idle.findIndex((client) => !client.isBusy)
    if (free >= 0) return this.idle.splice(free, 1)[0] as Client
    const client = await Client.open(this.address)
    this.clients.push(client)
    return client
  }

  /** Sends and goes on: a parked answer comes later, or never. */
  private async begin<A extends Api>(
    what: string,
    api: A,
    version: number,
    body: Draft<Infer<A['request']>>,
    learn: (response: Infer<A['response']>) => void = () => {},
  ): Promise<void> {
    const client = await this.client()
    const exchange: Exchange = {
      what: `${what} (${api.name} v${version})`,
      answer: undefined,
      isSuperseded: false,
    }
    this.exchanges.push(exchange)
    client.send(api, version, body, 'client').then(
      (response) => {
        learn(response)
        exchange.answer = response
        this.idle.push(client)
      },
      (error: Error) => {
        exchange.answer = error.name
      },
    )
  }

  async step(command: Step): Promise<void> {
    if (command.do === 'join' || command.do === 'sync') this.supersede([command.actor])
    if (command.do === 'leave') this.supersede(command.actors)
    switch (command.do) {
      case 'join':
        return this.join(command.actor, command.version, command.offer, command.forget, command.flaw)
      case 'sync':
        return this.sync(command.actor, command.version, command.flaw)
      case 'heartbeat': {
        const { memberId, generationId, groupInstanceId, groupId } = this.identity(
          command.actor,
          command.flaw,
        )
        const body = { groupId, memberId, generationId, groupInstanceId }
        return this.begin(`actor ${command.actor} heartbeats`, Apis.Heartbeat, command.version, body)
      }
      case 'leave':
        return this.leave(command.actors, command.version, command.flaw)
      case 'commit': {
        const { memberId, generationId, groupInstanceId, groupId } = this.identity(
          command.actor,
          command.flaw,
        )
        const member = { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId }
        return this.commit(command.version, command.offset, command.target, member)
      }
      case 'simple commit':
        return this.commit(command.version, command.offset, 0, { groupId: this.group })
      case 'fetch':
        return this.fetch(command.version, command.all, command.stable)
      case 'delete offset': {
        const topics = [
          {
            name: TARGETS[command.target]!.topic,
            partitions: [{ partitionIndex: TARGETS[command.target]!.partition }],
          },
        ]
        return this.begin('offset delete', Apis.OffsetDelete, 0, { groupId: this.group, topics })
      }
      case 'delete group':
        return this.begin('delete group', Apis.DeleteGroups, command.version, { groupsNames: [this.group] })
      case 'describe':
        return this.begin('describe', Apis.DescribeGroups, command.version, { groups: [this.group] })
      case 'list':
        return this.list(command.version)
    }
  }

  private supersede(actors: readonly number[]): void {
    for (const exchange of this.exchanges) {
      const mine = actors.some((actor) => exchange.what.startsWith(`actor ${actor} `))
      if (mine && exchange.answer === undefined) exchange.isSuperseded = true
    }
  }

  private instanceOf(actor: number): string | null {
    return actor >= FIRST_STATIC ? `instance-${actor}` : null
  }

  private identity(actor: number, flaw: Flaw) {
    const own = this.memberIds[actor] as string
    const generation = this.generations[actor] as number
    return {
      groupId: flaw === 'group' ? '' : this.group,
      memberId: flaw === 'member' ? 'nobody' : flaw === 'no member' ? '' : own,
      generationId: generation + (flaw === 'generation' ? 1 : flaw === 'older generation' ? -1 : 0),
      groupInstanceId: flaw === 'instance' ? 'instance-of-nobody' : this.instanceOf(actor),
    }
  }

  private join(actor: number, version: number, offer: number, forget: boolean, flaw: Flaw): Promise<void> {
    const { groupId, memberId } = this.identity(actor, flaw)
    const join = (this.joins[actor] as number) + 1
    this.joins[actor] = join
    const groupInstanceId =
      version >= 5 ? (flaw === 'instance' ? 'instance-of-nobody' : this.instanceOf(actor)) : null
    const body = {
      groupId,
      memberId: forget ? '' : memberId,
      groupInstanceId,
      sessionTimeoutMs: flaw === 'generation' ? 0 : LONG_MS,
      rebalanceTimeoutMs: LONG_MS,
      protocolType: flaw === 'protocol' ? 'connect' : 'consumer',
      protocols: flaw === 'older generation' ? [] : (OFFERS[offer] as (typeof OFFERS)[number]),
    }
    return this.begin(
      `actor ${actor} joins as '${body.memberId && actor}' offering ${offer}`,
      Apis.JoinGroup,
      version,
      body,
      (response) => this.joined(actor, join, response),
    )
  }

  private joined(
    actor: number,
    join: number,
    { memberId, generationId, errorCode }: JoinGroupResponse,
  ): void {
    const isNewest = this.joins[actor] === join
    if (errorCode === ErrorCodes.NONE || errorCode === ErrorCodes.MEMBER_ID_REQUIRED) {
      if (!this.names.ids.has(memberId)) this.names.ids.set(memberId, `<member ${actor}.${join}>`)
      if (isNewest) this.memberIds[actor] = memberId
    }
    if (errorCode === ErrorCodes.NONE && isNewest) this.generations[actor] = generationId
  }

  private sync(actor: number, version: number, flaw: Flaw): Promise<void> {
    const identity = this.identity(actor, flaw)
    const assignments = [...this.names.ids].map(([memberId, name]) => ({
      memberId,
      assignment: Buffer.from(`for ${name} in ${identity.generationId}`),
    }))
    const body = {
      ...identity,
      groupInstanceId: version >= 3 ? identity.groupInstanceId : null,
      protocolType: flaw === 'protocol' ? 'connect' : 'consumer',
      protocolName: 'range',
      assignments,
    }
    return this.begin(`actor ${actor} syncs`, Apis.SyncGroup, version, body)
  }

  private leave(actors: readonly number[], version: number, flaw: Flaw): Promise<void> {
    const members = actors.map((actor) => {
      const { memberId, groupInstanceId } = this.identity(actor, flaw)
      return { memberId, groupInstanceId }
    })
    const { groupId } = this.identity(actors[0] as number, flaw)
    const body = { groupId, memberId: members[0]?.memberId, members }
    return this.begin(`actors ${actors} leave`, Apis.LeaveGroup, version, body)
  }

  private commit(version: number, offset: number, target: number, member: object): Promise<void> {
    const { topic, partition } = TARGETS[target] as (typeof TARGETS)[number]
    const topics = [
      {
        name: topic,
        topicId: this.topics[topic] ?? UNKNOWN_ID,
        partitions: [
          {
            partitionIndex: partition,
            committedOffset: BigInt(offset),
            committedMetadata: target === 1 ? null : target === 5 ? 'x'.repeat(4097) : 'm',
            committedLeaderEpoch: offset % 3,
          },
        ],
      },
    ]
    return this.begin(`commit ${offset} of ${topic}-${partition}`, Apis.OffsetCommit, version, {
      ...member,
      topics,
    })
  }

  private fetch(version: number, all: boolean, requireStable: boolean): Promise<void> {
    const named = ['foo', 'bar', 'none'].map((name) => {
      return { name, topicId: this.topics[name] ?? UNKNOWN_ID, partitionIndexes: [0, 1] }
    })
    const topics = all && version >= 2 ? null : named
    const groupId = this.group
    const body = { groupId, topics, groups: [{ groupId, topics }], requireStable }
    return this.begin(`fetch ${topics === null ? 'all' : 'named'}`, Apis.OffsetFetch, version, body)
  }

  private async list(version: number): Promise<void> {
    const client = await this.client()
    const { groups } = await client.send(Apis.ListGroups, version, {})
    this.idle.push(client)
    const listed = groups.filter(({ groupId }) => groupId === this.group)
    this.exchanges.push({
      what: `list (ListGroups v${version})`,
      answer: normalise(this.names, listed),
      isSuperseded: false,
    })
  }

  /** When it is answered, all that was sent before has been decided: the broker has one queue for all its groups. */
  async barrier(): Promise<void> {
    for (let i = 0; i < 2; i++) {
      const client = await this.client()
      const partitions = [{ partitionIndex: 0, committedOffset: 0n, committedMetadata: '' }]
      const topics = [{ name: 'foo', partitions }]
      await client.send(Apis.OffsetCommit, 8, { groupId: `${this.group}-barrier`, topics })
      this.idle.push(client)
    }
  }

  /** An answer in names, once all ids in it may be known: another answer of the same moment may tell them. */
  named(answer: unknown): unknown {
    return normalise(this.names, answer)
  }

  /** What can be seen of the group between steps. */
  async look(): Promise<unknown> {
    const client = await this.client()
    const described = await client.send(Apis.DescribeGroups, 6, { groups: [this.group] })
    const groups = [{ groupId: this.group, topics: null }]
    const offsets = await client.send(Apis.OffsetFetch, 8, { groups })
    this.idle.push(client)
    return normalise(this.names, { described: described.groups, offsets: offsets.groups })
  }

  close(): void {
    for (const client of this.clients) client.close()
  }

  /** Leaves nothing behind on a broker that is not ours. */
  async cleanUp(): Promise<void> {
    const client = await Client.open(this.address)
    const { groups } = await client.send(Apis.DescribeGroups, 5, { groups: [this.group] })
    const members = (groups[0]?.members ?? []).map(({ memberId }) => ({ memberId }))
    if (members.length > 0) await client.send(Apis.LeaveGroup, 3, { groupId: this.group, members })
    await client.send(Apis.DeleteGroups, 1, { groupsNames: [this.group, `${this.group}-barrier`] })
    client.close()
  }
}

/** Partitions that exist, one that does not, a topic that does not, and one commit that is too large. */
const TARGETS = [
  { topic: 'foo', partition: 0 },
  { topic: 'foo', partition: 1 },
  { topic: 'bar', partition: 0 },
  { topic: 'none', partition: 0 },
  { topic: 'foo', partition: 99 },
  { topic: 'foo', partition: 0 },
]
