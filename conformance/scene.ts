// What a case works with: a group of its own, connections of its own, and the steps that most cases begin with.

import { type Api, type ApiName, Apis } from '../src/protocol/apis.js'
import { writeSubscription } from '../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes as E } from '../src/protocol/errors.js'
import type { JoinGroupResponse } from '../src/protocol/messages/join-group.js'
import type { Draft, Infer } from '../src/protocol/schema.js'
import { expectMatch, Mismatch } from './case.js'
import { Client } from './client.js'
import type { Target } from './target.js'
import { TOPIC } from './topic.js'

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

type RequestOf<A extends ApiName> = Infer<(typeof Apis)[A]['request']>
type ResponseOf<A extends ApiName> = Infer<(typeof Apis)[A]['response']>

/** How long an answer that must not come is waited for, behind a request that was answered. */
const PARKED_MS = 60

export const subscription = (...topics: string[]) => writeSubscription({ topics })
export const protocols = (...names: string[]) =>
  names.map((name) => ({ name, metadata: subscription('foo') }))

export class Scene {
  readonly target: Target
  readonly group: string
  private readonly clients: Client[] = []
  private readonly idle: Client[] = []

  constructor(target: Target, group: string) {
    this.target = target
    this.group = group
  }

  /** On a connection that nothing is parked on. */
  async send<A extends ApiName>(
    api: A,
    version: number,
    body: Draft<RequestOf<A>>,
    clientId: string | null = 'conformance',
  ): Promise<ResponseOf<A>> {
    const client = this.idle.pop() ?? (await this.open())
    const response = await client.send(Apis[api] as Api, version, body as Draft<object>, clientId)
    this.idle.push(client)
    return response as ResponseOf<A>
  }

  async open(): Promise<Client> {
    const client = await Client.open(this.target.address)
    this.clients.push(client)
    return client
  }

  join(body: Draft<RequestOf<'JoinGroup'>> = {}, version = 9, clientId: string | null = 'conformance') {
    const usual = {
      groupId: this.group,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: 'consumer',
      protocols: protocols('range'),
    }
    return this.send('JoinGroup', version, { ...usual, ...body }, clientId)
  }

  sync(member: Membership, assignments: Record<string, string> = {}, more: object = {}, version = 5) {
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

  async heartbeat(member: Membership, more: object = {}, version = 4): Promise<number> {
    return (await this.send('Heartbeat', version, { groupId: this.group, ...member, ...more })).errorCode
  }

  leave(members: Draft<RequestOf<'LeaveGroup'>['members']>, version = 5) {
    return this.send('LeaveGroup', version, { groupId: this.group, members })
  }

  /** The error of committing one offset, of partition 0 of TOPIC unless told otherwise. */
  async commit(
    offset: number,
    member: Partial<Membership> = {},
    more: CommitOptions = {},
    version = 9,
  ): Promise<number> {
    const { topic = TOPIC, partition = 0, groupInstanceId = null, ...value } = more
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

  /** What is committed for partition 0 of TOPIC. */
  async fetched() {
    const topics = [{ name: TOPIC, partitionIndexes: [0] }]
    const { groups } = await this.send('OffsetFetch', 8, { groups: [{ groupId: this.group, topics }] })
    return groups[0]?.topics[0]?.partitions[0]
  }

  async committed(): Promise<bigint | undefined> {
    return (await this.fetched())?.committedOffset
  }

  async describe(version = 5) {
    const { groups } = await this.send('DescribeGroups', version, { groups: [this.group] })
    return groups[0] as ResponseOf<'DescribeGroups'>['groups'][number]
  }

  async expectState(groupState: string): Promise<void> {
    expectMatch('state of the group', (await this.describe()).groupState, groupState)
  }

  /** An id of a member that has not joined yet. */
  async pending(body: Draft<RequestOf<'JoinGroup'>> = {}): Promise<string> {
    const { errorCode, memberId } = await this.join(body)
    expectMatch('a new dynamic member is given an id', errorCode, E.MEMBER_ID_REQUIRED)
    return memberId
  }

  /** A member with an id whose JoinGroup is under way. */
  async newcomer(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ id: string; joined: Promise<JoinGroupResponse> }> {
    const id = await this.pending(body)
    const joined = this.join({ ...body, memberId: id })
    joined.catch(() => {})
    return { id, joined }
  }

  /** One member in a Stable group, its leader. */
  async alone(body: Draft<RequestOf<'JoinGroup'>> = {}): Promise<Membership> {
    const joined = body.groupInstanceId ? await this.join(body) : await (await this.newcomer(body)).joined
    const member = { memberId: joined.memberId, generationId: joined.generationId }
    const names = {
      protocolName: joined.protocolName,
      protocolType: joined.protocolType,
      groupInstanceId: body.groupInstanceId ?? null,
    }
    const { errorCode } = await this.sync(member, { [member.memberId]: 'alone' }, names)
    expectMatch('the leader syncs', errorCode, E.NONE)
    return member
  }

  /** Leader and follower in a Stable group; each is assigned 'leader' or 'follower'. */
  async pair(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ leader: Membership; follower: Membership }> {
    const { leader, follower } = await this.syncing(body)
    const waiting = this.sync(follower)
    await this.sync(leader, { [leader.memberId]: 'leader', [follower.memberId]: 'follower' })
    expectMatch('the follower is assigned', await waiting, {
      errorCode: E.NONE,
      assignment: Buffer.from('follower'),
    })
    return { leader, follower }
  }

  /** Leader and follower in the sync phase. */
  async syncing(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ leader: Membership; follower: Membership }> {
    const first = await this.alone(body)
    const second = await this.newcomer(body)
    await this.parked(second.joined)
    const rejoined = await this.join({ ...body, memberId: first.memberId })
    const other = await second.joined
    expectMatch('both are in one generation', other.generationId, rejoined.generationId)
    const { generationId } = rejoined
    return {
      leader: { memberId: first.memberId, generationId },
      follower: { memberId: second.id, generationId },
    }
  }

  /** Fails if it is answered although it must wait. */
  async parked(request: Promise<unknown>): Promise<void> {
    let answer: { value: unknown } | null = null
    request.then(
      (value) => {
        answer = { value }
      },
      (error: unknown) => {
        answer = { value: String(error) }
      },
    )
    await this.describe()
    await new Promise((resolve) => setTimeout(resolve, PARKED_MS))
    if (answer !== null)
      throw new Mismatch('the request is parked', 'no answer yet', (answer as { value: unknown }).value)
  }

  /** Leaves nothing behind. */
  async cleanUp(): Promise<void> {
    const client = await Client.open(this.target.address)
    try {
      const { groups } = await client.send(Apis.DescribeGroups, 4, { groups: [this.group] })
      const members = (groups[0]?.members ?? []).map(({ memberId }) => ({ memberId }))
      if (members.length > 0) await client.send(Apis.LeaveGroup, 3, { groupId: this.group, members })
      await client.send(Apis.DeleteGroups, 1, { groupsNames: [this.group] })
    } finally {
      client.close()
      for (const each of this.clients) each.close()
    }
  }
}
