// A shard in virtual time: requests go in, answers come out, deadlines fire when time is moved. Every answer is checked
// to come once; every record is kept, so that the state can be rebuilt.

import { createShard, type ShardMachine } from '../../src/coordinator/coordinator.js'
import { checkInvariants } from '../../src/coordinator/invariants.js'
import type {
  GroupEvent,
  GroupRecord,
  GroupTimer,
  ShardDecision,
  ShardEvent,
  ShardLifecycle,
} from '../../src/coordinator/types.js'
import { DISARM, type Ticket } from '../../src/machine/decision.js'
import { emptyImage, withTopics } from '../../src/metadata/changes.js'
import type { ClusterImage, Topic } from '../../src/metadata/image.js'
import { DEFAULT_SETTINGS, type Settings } from '../../src/metadata/settings.js'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import type { JoinGroupRequest, JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import type { OffsetFetchResponse } from '../../src/protocol/messages/offset-fetch.js'
import type { Draft, Infer } from '../../src/protocol/schema.js'
import { absentValue } from '../../src/protocol/tagged.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { countedIds } from '../../src/server/ids.js'

type GroupApi = 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit' | 'OffsetDelete'
type RequestOf<A extends ApiName> = Infer<(typeof Apis)[A]['request']>
type ResponseOf<A extends ApiName> = Infer<(typeof Apis)[A]['response']>
type FetchedGroup = OffsetFetchResponse['groups'][number]

/** A request on its way: `answer` is undefined while it is parked. */
export class Pending<R> implements Ticket {
  readonly clientHost = '/127.0.0.1'
  readonly apiVersion: number
  readonly clientId: string | null
  answer: R | undefined

  constructor(apiVersion: number, clientId: string | null) {
    this.apiVersion = apiVersion
    this.clientId = clientId
  }

  /** The answer, which must be there. */
  get now(): R {
    if (this.answer === undefined) throw new Error('still parked')
    return this.answer
  }
}

export const FOO: Topic = topic('foo', 'AAAAAAAAAAAAAAAAAAAA-A', 3)

export function topic(name: string, id: string, partitions: number): Topic {
  return {
    name,
    id,
    internal: false,
    configs: new Map(),
    partitions: Array.from({ length: partitions }, (_, index) => {
      return { index, leader: 1, leaderEpoch: 0, replicas: [1] }
    }),
  }
}

export const TEST_SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  groupInitialRebalanceDelayMs: 0,
  groupMinSessionTimeoutMs: 1000,
}

export class Harness {
  machine: ShardMachine
  nowMs = 1_000_000
  image: ClusterImage
  readonly timers = new Map<GroupTimer, number>()
  readonly records: GroupRecord[] = []
  readonly events: GroupEvent[] = []
  clientId: string | null = 'client'
  /** Sees each decision before it is carried out. */
  onDecision: (decision: ShardDecision) => void = () => {}
  /** Called when the replies of a step have been taken. */
  onReplies: () => void = () => {}
  private readonly ids = countedIds()

  constructor(settings: Partial<Settings> = {}) {
    const node = { nodeId: 1, host: 'localhost', port: 9092, rack: null }
    this.image = withTopics(emptyImage('cluster', [node], { ...TEST_SETTINGS, ...settings }), [FOO])
    this.machine = createShard({ ids: this.ids })
    this.step({ type: 'loaded' })
  }

  step(event: ShardEvent | ShardLifecycle): void {
    const context = { nowMs: this.nowMs, image: this.image, observed: true, commitsObserved: true }
    const decision = this.machine.step(event, context)
    this.onDecision(decision)
    this.records.push(...decision.records)
    this.events.push(...decision.events)
    for (const { key, deadlineMs } of decision.timers) {
      this.timers.delete(key) // re-armed, it goes behind others of the same moment
      if (deadlineMs !== DISARM) this.timers.set(key, deadlineMs)
    }
    for (const { ticket, response } of decision.replies) {
      const pending = ticket as Pending<object>
      if (pending.answer !== undefined) throw new Error('answered twice')
      pending.answer = response
    }
    this.onReplies()
    checkInvariants(this.machine.state)
  }

  /** Moves time, firing what is due in order. */
  advance(byMs: number): void {
    const end = this.nowMs + byMs
    for (;;) {
      let due: [GroupTimer, number] | undefined
      for (const entry of this.timers) {
        if (entry[1] <= end && (due === undefined || entry[1] < due[1])) due = entry
      }
      if (due === undefined) break
      this.nowMs = Math.max(this.nowMs, due[1])
      this.timers.delete(due[0])
      this.step({ type: 'timer', key: due[0] })
    }
    this.nowMs = end
  }

  /** Fires what is due now: a join phase with an initial delay of 0 ends so. */
  settle(): void {
    this.advance(0)
  }

  ask<A extends GroupApi>(type: A, version: number, request: Draft<RequestOf<A>>): Pending<ResponseOf<A>> {
    const ticket = new Pending<ResponseOf<A>>(version, this.clientId)
    const complete = { ...defaults(type), ...(request as object) }
    this.step({ type, ticket, request: complete } as unknown as ShardEvent)
    return ticket
  }

  join(request: Draft<JoinGroupRequest> = {}, version = 9): Pending<JoinGroupResponse> {
    return this.ask('JoinGroup', version, { ...JOIN, ...request })
  }

  sync(member: Membership, assignments: Record<string, string> = {}, more: object = {}, version = 5) {
    return this.ask('SyncGroup', version, {
      groupId: GROUP,
      ...member,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
      ...more,
    })
  }

  heartbeat(member: Membership, more: object = {}): number {
    const request = { groupId: GROUP, groupInstanceId: null, ...member, ...more }
    return this.ask('Heartbeat', 4, request).now.errorCode
  }

  leave(members: { memberId?: string; groupInstanceId?: string | null }[], groupId = GROUP) {
    const complete = members.map((member) => ({
      memberId: '',
      groupInstanceId: null,
      reason: null,
      ...member,
    }))
    return this.ask('LeaveGroup', 5, { groupId, members: complete }).now
  }

  /** The error of committing one offset of foo-0. */
  commit(offset: number, member: Partial<Membership> = {}, more: object = {}, version = 9): number {
    const { memberId = '', generationId = -1 } = member
    const partition = { ...COMMIT_PARTITION, committedOffset: BigInt(offset) }
    const { now } = this.ask('OffsetCommit', version, {
      groupId: GROUP,
      memberId,
      generationIdOrMemberEpoch: generationId,
      topics: [{ name: 'foo', topicId: version >= 10 ? FOO.id : ZERO_UUID, partitions: [partition] }],
      ...more,
    })
    return now.topics[0]?.partitions[0]?.errorCode as number
  }

  fetch(
    topics: { name: string; topicId?: string; partitionIndexes: number[] }[] | null,
    version = 9,
  ): FetchedGroup {
    const ticket = new Pending<FetchedGroup>(version, 'client')
    const asked = topics?.map((each) => ({ topicId: ZERO_UUID, ...each })) ?? null
    const request = { groupId: GROUP, memberId: null, memberEpoch: -1, topics: asked }
    this.step({ type: 'OffsetFetch', ticket, request, requireStable: false })
    return ticket.now
  }

  /** The committed offset of foo-0. */
  committed(partition = 0): bigint {
    const { topics } = this.fetch([{ name: 'foo', partitionIndexes: [partition] }])
    return topics[0]?.partitions[0]?.committedOffset as bigint
  }

  describe(groupId = GROUP, version = 6, includeAuthorizedOperations = false) {
    const ticket = new Pending<Pick<ResponseOf<'DescribeGroups'>, 'groups'>>(version, 'client')
    const request = { groups: [groupId], includeAuthorizedOperations }
    this.step({ type: 'DescribeGroups', ticket, request })
    return ticket.now.groups[0] as ResponseOf<'DescribeGroups'>['groups'][number]
  }

  list(statesFilter: string[] = [], typesFilter: string[] = []) {
    const ticket = new Pending<Pick<ResponseOf<'ListGroups'>, 'groups'>>(5, 'client')
    this.step({ type: 'ListGroups', ticket, request: { statesFilter, typesFilter } })
    return ticket.now.groups
  }

  deleteGroup(groupId = GROUP): number {
    const ticket = new Pending<Pick<ResponseOf<'DeleteGroups'>, 'results'>>(3, 'client')
    this.step({ type: 'DeleteGroups', ticket, request: { groupsNames: [groupId] } })
    return ticket.now.results[0]?.errorCode as number
  }

  get state(): string {
    return this.describe().groupState
  }

  /** A new member that has been given its id and has joined; parked where others must rejoin first. */
  newcomer(request: Draft<JoinGroupRequest> = {}): { id: string; joined: Pending<JoinGroupResponse> } {
    const { memberId } = this.join(request).now
    const joined = this.join({ ...request, memberId })
    this.settle()
    return { id: memberId, joined }
  }

  /** Members in a Stable group, the leader first; each assigned its own id. */
  stable(members: Draft<JoinGroupRequest>[] = [{}]): Membership[] {
    const joins: Pending<JoinGroupResponse>[] = []
    const ids: { memberId: string; request: Draft<JoinGroupRequest> }[] = []
    for (const request of members) {
      if (request.groupInstanceId) {
        joins.push(this.join(request))
        continue
      }
      const { memberId } = this.join(request).now
      ids.push({ memberId, request })
    }
    for (const { memberId, request } of ids) joins.push(this.join({ ...request, memberId }))
    this.settle()
    const joined = joins.map(({ now }) => ({ memberId: now.memberId, generationId: now.generationId }))
    const leaderId = joins[0]?.now.leader as string
    joined.sort((a, b) => Number(b.memberId === leaderId) - Number(a.memberId === leaderId))
    const assignments = Object.fromEntries(joined.map(({ memberId }) => [memberId, memberId]))
    for (const [i, member] of joined.entries()) {
      this.sync(member, i === 0 ? assignments : {}, { protocolName: null, protocolType: null }, 3)
    }
    return joined
  }

  /** The same group after a restart: everything it knows comes from its records. `downMs`: so long nobody was there. */
  restart(downMs?: number): void {
    this.step({ type: 'unload' })
    this.timers.clear()
    this.machine = createShard({ ids: this.ids })
    for (const record of this.records) this.machine.replay(record)
    const downSinceMs = this.nowMs
    this.nowMs += downMs ?? 0
    this.step({ type: 'loaded', ...(downMs !== undefined && { downSinceMs }) })
  }
}

export interface Membership {
  readonly memberId: string
  readonly generationId: number
}

export const GROUP = 'group'

export const subscription = (...topics: string[]): Buffer => writeSubscription({ topics }, 0)

export const protocols = (...names: string[]) =>
  names.map((name) => ({ name, metadata: subscription('foo') }))

export const JOIN = {
  groupId: GROUP,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: protocols('range'),
  reason: null,
}

const COMMIT_PARTITION = {
  partitionIndex: 0,
  committedOffset: 0n,
  committedLeaderEpoch: -1,
  committedMetadata: '',
  commitTimestamp: -1n,
}

function defaults(api: GroupApi): object {
  const { fields } = Apis[api].request
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, absentValue(field)()]))
}
