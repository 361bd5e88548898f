// The requests of a case: of its own group and topic unless told otherwise, in the newest version that both know unless the
// version matters.

import type { ApiName } from '../src/protocol/api-names.js'
import { writeSubscription } from '../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes as E } from '../src/protocol/errors.js'
import type { Draft } from '../src/protocol/schema.js'
import { Skipped } from './case.js'
import type { Address, Client } from './client.js'
import type { Conditions } from './conditions.js'
import { Connections, type RequestOf, type ResponseOf } from './connections.js'
import type { Recording } from './exchange.js'
import type { Target } from './target.js'
import { usual } from './versions.js'

export interface Membership {
  readonly memberId: string
  readonly generationId: number
}

interface CommitOptions {
  readonly topic?: string
  readonly partition?: number
  readonly groupInstanceId?: string | null
  readonly committedMetadata?: string | null
  readonly committedLeaderEpoch?: number
}

/** The first LeaveGroup of several members (KIP-345). */
const LEAVE_IN_BATCHES = 3

export const subscription = (...topics: string[]) => writeSubscription({ topics })
export const protocols = (...names: string[]) =>
  names.map((name) => ({ name, metadata: subscription('foo') }))

export class Requests {
  readonly target: Target
  readonly group: string
  /** Of the run: with three partitions at least. */
  readonly topic: string
  readonly restart: () => Promise<void>
  protected readonly conditions: Conditions
  protected readonly connections: Connections
  protected readonly others: string[] = []

  constructor(target: Target, conditions: Conditions, group: string) {
    this.target = target
    this.group = group
    this.topic = target.topic
    this.conditions = conditions
    this.connections = new Connections(target, group)
    this.restart = async () => {
      if (conditions.restart === null) throw new Skipped('it cannot be restarted')
      await conditions.restart()
      this.connections.forget()
    }
  }

  get recording(): Recording {
    return this.connections.recording
  }

  /** On a connection that nothing is parked on. Throws Skipped when the version is not advertised. */
  send<A extends ApiName>(
    api: A,
    version: number,
    body: Draft<RequestOf<A>>,
    clientId: string | null = 'conformance',
  ): Promise<ResponseOf<A>> {
    const answer = this.connections.send(api, version, body, clientId)
    answer.catch(() => {}) // whoever waits for it sees the error; a case that has ended does not
    return answer
  }

  /** A connection of one's own, to the coordinator unless told otherwise. */
  open(address?: Address): Promise<Client> {
    return this.connections.connect(address)
  }

  /** The newest version that both know, short of those that change the meaning. */
  usual(api: ApiName): number {
    return this.target.usable.get(api) ?? usual(this.target.versions, api)
  }

  /** A group that is beside the one of the case, with the same coordinator. */
  async beside(name: string): Promise<string> {
    const group = await this.connections.groupBeside(name)
    this.others.push(group)
    return group
  }

  /** Finds coordinators anew. */
  lookAgain(): void {
    this.connections.forget()
  }

  /** Lets time pass. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms * this.conditions.timeFactor))
  }

  /** The shortest session that is worth waiting for, in ms: a second, or what the broker demands. */
  get sessionMs(): number {
    return Math.max(this.ms(1000), this.target.limits.minSessionMs)
  }

  async topicId(): Promise<string> {
    const { topics } = await this.send('Metadata', this.usual('Metadata'), { topics: [{ name: this.topic }] })
    return topics[0]?.topicId ?? ''
  }

  /** Lets time pass that the broker's settings count: as long as it is, whatever the factor. */
  passing(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }

  /** A time limit or timeout of a case, as long as this run wants it. */
  ms(ms: number): number {
    return Math.round(ms * this.conditions.timeFactor)
  }

  join(
    body: Draft<RequestOf<'JoinGroup'>> = {},
    version = this.usual('JoinGroup'),
    clientId: string | null = 'conformance',
  ) {
    const usual = {
      groupId: this.group,
      sessionTimeoutMs: Math.max(30_000, this.target.limits.minSessionMs),
      rebalanceTimeoutMs: 30_000,
      protocolType: 'consumer',
      protocols: protocols('range'),
    }
    return this.send('JoinGroup', version, { ...usual, ...body }, clientId)
  }

  sync(
    member: Membership,
    assignments: Record<string, string> = {},
    more: object = {},
    version = this.usual('SyncGroup'),
  ) {
    return this.send('SyncGroup', version, {
      groupId: this.group,
      ...member,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
      ...more,
    })
  }

  async heartbeat(member: Membership, more: object = {}, version = this.usual('Heartbeat')): Promise<number> {
    return (await this.send('Heartbeat', version, { groupId: this.group, ...member, ...more })).errorCode
  }

  /** Each member is answered, also by a version that takes one at a time. */
  async leave(
    members: Draft<RequestOf<'LeaveGroup'>['members']>,
    version = this.usual('LeaveGroup'),
  ): Promise<ResponseOf<'LeaveGroup'>> {
    if (version >= LEAVE_IN_BATCHES) return this.send('LeaveGroup', version, { groupId: this.group, members })
    const left = []
    for (const { memberId = '' } of members) {
      const { errorCode } = await this.send('LeaveGroup', version, { groupId: this.group, memberId })
      left.push({ memberId, groupInstanceId: null, errorCode })
    }
    return { throttleTimeMs: 0, errorCode: E.NONE, members: left }
  }

  /** The error of committing one offset, of partition 0 unless told otherwise. */
  async commit(
    offset: number,
    member: Partial<Membership> = {},
    more: CommitOptions = {},
    version = this.usual('OffsetCommit'),
  ): Promise<number> {
    const { topic = this.topic, partition = 0, groupInstanceId = null, ...value } = more
    const partitions = [
      { partitionIndex: partition, committedOffset: BigInt(offset), committedMetadata: '', ...value },
    ]
    const { topics } = await this.send('OffsetCommit', version, {
      groupId: this.group,
      memberId: member.memberId ?? '',
      generationIdOrMemberEpoch: member.generationId ?? -1,
      groupInstanceId,
      topics: [{ name: topic, partitions }],
    })
    return topics[0]?.partitions[0]?.errorCode as number
  }

  /** What is committed for a partition. */
  async fetched(partition = 0) {
    const topics = [{ name: this.topic, partitionIndexes: [partition] }]
    const body = { groupId: this.group, topics, groups: [{ groupId: this.group, topics }] }
    const answer = await this.send('OffsetFetch', this.usual('OffsetFetch'), body)
    const [group = answer] = answer.groups
    return group.topics[0]?.partitions[0]
  }

  async committed(): Promise<bigint | undefined> {
    return (await this.fetched())?.committedOffset
  }

  async describe(version = this.usual('DescribeGroups')) {
    const { groups } = await this.send('DescribeGroups', version, { groups: [this.group] })
    return groups[0] as ResponseOf<'DescribeGroups'>['groups'][number]
  }
}
