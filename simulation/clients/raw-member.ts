// A client that sends whatever a group can be asked, mostly as a member would and now and then as it should not: with an old
// generation, another's id or instance, twice, on another connection, to another broker, without waiting for the answer. It
// leads when it is told to, and hands out bytes that are its own.

import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import type { RequestOf, ResponseOf, SimulatedApi } from '../../src/simulation/exchanges.js'
import type { Connection } from '../../src/simulation/network.js'
import type { SimulatedProcess } from '../../src/simulation/proc.js'
import type { Random } from '../../src/simulation/random.js'
import type { Task } from '../../src/simulation/task.js'
import { wait } from '../../src/simulation/task.js'
import type { World } from '../../src/simulation/world.js'

export interface RawSettings {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly partitions: number
  readonly instanceId: string | null
  readonly sessionMs: number
  readonly rebalanceMs: number
  /** Names of protocols, in order of preference. */
  readonly protocols: readonly string[]
  /** Between two requests, on average. */
  readonly pauseMs: number
  /** Of 1: how many requests are wrong in some way. */
  readonly wrong: number
  /** Versions that it speaks: those of an old client, or of a new one. */
  readonly versions: 'old' | 'new'
}

interface Identity {
  readonly memberId: string
  readonly generationId: number
}

const VERSIONS = {
  old: { JoinGroup: 3, SyncGroup: 2, Heartbeat: 2, LeaveGroup: 2, OffsetCommit: 6 },
  new: { JoinGroup: 9, SyncGroup: 5, Heartbeat: 4, LeaveGroup: 5, OffsetCommit: 9 },
} as const
const NOBODY: Identity = { memberId: '', generationId: -1 }
const TIMEOUT_MS = 10_000
/** Of a commit, the last one longer than it may be. */
const METADATA = ['', 'm', '\u20ac'.repeat(2000), 'm'.repeat(5000)]

/** What all raw clients of a run share: whom they may pretend to be, and what no other commit has. */
export interface RawShared {
  readonly world: World
  /** Group -> ids of its members, now and before. */
  readonly ids: Map<string, Identity[]>
  nextOffset: number
}

export class RawMember {
  private readonly proc: SimulatedProcess
  private readonly shared: RawShared
  private readonly settings: RawSettings
  private readonly random: Random
  private readonly connections: Connection[] = []
  private own: Identity = NOBODY
  private protocolName: string | null = null
  private isSynced = false
  private joined: JoinGroupResponse | null = null
  private isStopping = false
  private joinsInFlight = 0

  constructor(proc: SimulatedProcess, shared: RawShared, settings: RawSettings, random: Random) {
    this.proc = proc
    this.shared = shared
    this.settings = settings
    this.random = random
    proc.onDeath(() => {
      for (const connection of this.connections) connection.close()
    })
    proc.spawn(this.run())
  }

  stop(): void {
    this.isStopping = true
  }

  private *run(): Task {
    const { random, settings } = this
    while (!this.isStopping) {
      yield* this.proc.sleep(random.exponential(settings.pauseMs))
      if (!this.isStopping) yield* this.act()
    }
  }

  private *act(): Task {
    const { random } = this
    if (random.chance(0.03)) return yield* this.administrate()
    if (this.joinsInFlight > 0 && random.chance(0.9)) return
    if (this.own.memberId === '' || this.own.generationId < 0) return yield* this.join()
    if (!this.isSynced) return yield* random.chance(0.9) ? this.sync() : this.join()
    const dice = random.next()
    if (dice < 0.45) yield* this.heartbeat()
    else if (dice < 0.72) yield* this.commit()
    else if (dice < 0.84) yield* this.fetchOffsets()
    else if (dice < 0.9) yield* this.join()
    else if (dice < 0.94) yield* this.sync()
    else if (dice < 0.97) yield* this.leave()
    else this.forget()
  }

  /** As after a restart. */
  private forget(): void {
    this.own = NOBODY
    this.isSynced = false
  }

  /** Its own, or, for a while, another's or what it was before. */
  private identity(): Identity {
    const { random, settings } = this
    if (!random.chance(settings.wrong)) return this.own
    const known = this.shared.ids.get(settings.groupId) ?? []
    const other = known[random.below(known.length + 1)] ?? { memberId: 'nobody', generationId: 1 }
    switch (random.below(4)) {
      case 0:
        return other
      case 1:
        return { ...this.own, generationId: this.own.generationId - 1 }
      case 2:
        return { ...this.own, generationId: this.own.generationId + 1 }
      default:
        return { ...other, generationId: this.own.generationId }
    }
  }

  private get instance(): string | null {
    const { random, settings } = this
    if (settings.versions === 'old') return null
    if (!random.chance(settings.wrong / 3)) return settings.instanceId
    return random.chance(0.5) ? null : `s${random.below(3)}`
  }

  private *join(): Task {
    const { random, settings } = this
    const { groupId, sessionMs, rebalanceMs } = settings
    const { memberId } = random.chance(settings.wrong / 2) ? this.identity() : this.own
    const names = random.chance(0.1) ? [...settings.protocols].reverse() : settings.protocols
    const topics = random.chance(0.8) ? settings.topics : settings.topics.slice(0, 1)
    const metadata = writeSubscription({ topics: [...topics], userData: null, ownedPartitions: [] }, 1)
    const body: RequestOf<'JoinGroup'> = {
      ...{ groupId, memberId, groupInstanceId: this.instance, protocolType: 'consumer', reason: null },
      sessionTimeoutMs: sessionMs,
      rebalanceTimeoutMs: rebalanceMs,
      protocols: names.map((name) => ({ name, metadata })),
    }
    this.joinsInFlight++
    const response = yield* this.ask('JoinGroup', body)
    this.joinsInFlight--
    if (response === null) return
    const { errorCode, generationId } = response
    if (errorCode === ErrorCodes.MEMBER_ID_REQUIRED) {
      this.own = { memberId: response.memberId, generationId: -1 }
    } else if (errorCode === ErrorCodes.NONE) {
      this.own = { memberId: response.memberId, generationId }
      this.protocolName = response.protocolName
      this.joined = response
      this.isSynced = false
      const known = this.shared.ids.get(groupId) ?? []
      this.shared.ids.set(groupId, [...known.slice(-9), this.own])
    } else if (isGone(errorCode)) {
      this.forget()
    }
  }

  private *sync(): Task {
    const { groupId } = this.settings
    const { memberId, generationId } = this.identity()
    const isNamed = this.settings.versions === 'new'
    const leads = this.joined !== null && this.joined.leader === this.own.memberId
    const body: RequestOf<'SyncGroup'> = {
      ...{ groupId, generationId, memberId, groupInstanceId: this.instance },
      protocolType: isNamed ? 'consumer' : null,
      protocolName: isNamed ? this.protocolName : null,
      assignments: leads ? this.assignments() : [],
    }
    const response = yield* this.ask('SyncGroup', body)
    if (response === null || memberId !== this.own.memberId) return
    if (response.errorCode === ErrorCodes.NONE) this.isSynced = true
    else this.failed(response.errorCode)
  }

  private assignments(): RequestOf<'SyncGroup'>['assignments'] {
    const userData = Buffer.from(`${this.shared.nextOffset++}`)
    return (this.joined?.members ?? []).map(({ memberId }) => ({
      memberId,
      assignment: writeAssignment({ assignedPartitions: [], userData }, 1),
    }))
  }

  private failed(errorCode: number): void {
    if (isGone(errorCode)) this.forget()
    else if (errorCode === ErrorCodes.ILLEGAL_GENERATION) this.own = { ...this.own, generationId: -1 }
    else if (errorCode === ErrorCodes.REBALANCE_IN_PROGRESS) this.own = { ...this.own, generationId: -1 }
  }

  private *heartbeat(): Task {
    const { groupId } = this.settings
    const { memberId, generationId } = this.identity()
    const body = { groupId, memberId, generationId, groupInstanceId: this.instance }
    const response = yield* this.ask('Heartbeat', body)
    if (response !== null && memberId === this.own.memberId) this.failed(response.errorCode)
  }

  private *commit(): Task {
    const { random, settings } = this
    const isSimple = random.chance(settings.wrong / 4)
    const { memberId, generationId } = isSimple ? NOBODY : this.identity()
    const count = 1 + random.below(3)
    const partitions = Array.from({ length: count }, (_, i) => ({
      partitionIndex: random.chance(0.02)
        ? 99
        : (random.below(settings.partitions) + i) % settings.partitions,
      committedOffset: BigInt(this.shared.nextOffset++),
      ...{
        committedLeaderEpoch: -1,
        commitTimestamp: -1n,
        committedMetadata: METADATA[random.below(20)] ?? null,
      },
    }))
    const unique = [...new Map(partitions.map((each) => [each.partitionIndex, each])).values()]
    const name = settings.topics[random.below(settings.topics.length)] ?? ''
    const body: RequestOf<'OffsetCommit'> = {
      ...{ groupId: settings.groupId, memberId, generationIdOrMemberEpoch: generationId },
      ...{ groupInstanceId: this.instance, retentionTimeMs: -1n },
      topics: [{ name, topicId: ZERO_UUID, partitions: unique }],
    }
    yield* this.ask('OffsetCommit', body)
  }

  private *fetchOffsets(): Task {
    const { groupId, topics, partitions } = this.settings
    const partitionIndexes = Array.from({ length: partitions }, (_, i) => i)
    const named = topics.map((name) => ({ name, topicId: ZERO_UUID, partitionIndexes }))
    const group = { groupId, memberId: null, memberEpoch: -1, topics: this.random.chance(0.3) ? null : named }
    yield* this.ask('OffsetFetch', { groupId: '', topics: [], groups: [group], requireStable: false })
  }

  private *leave(): Task {
    const { groupId } = this.settings
    const count = 1 + this.random.below(3)
    const members = Array.from({ length: count }, () => {
      const isNamed = this.random.chance(0.8)
      return {
        memberId: isNamed ? this.identity().memberId : '',
        groupInstanceId: this.instance,
        reason: null,
      }
    })
    const { memberId } = this.identity()
    const response = yield* this.ask('LeaveGroup', { groupId, memberId, members })
    if (response !== null && this.random.chance(0.8)) this.forget()
  }

  private *administrate(): Task {
    const { random, settings } = this
    const { groupId, topics } = settings
    switch (random.below(4)) {
      case 0: {
        const partitions = [{ partitionIndex: random.below(settings.partitions) }]
        yield* this.ask('OffsetDelete', { groupId, topics: [{ name: topics[0] ?? '', partitions }] })
        return
      }
      case 1:
        yield* this.ask('DeleteGroups', { groupsNames: [groupId] })
        return
      default:
        yield* this.ask('DescribeGroups', { groups: [groupId], includeAuthorizedOperations: false })
    }
  }

  /** Waits for the answer, or does not, or loses the connection meanwhile; null then. */
  private *ask<A extends SimulatedApi>(api: A, body: RequestOf<A>): Task<ResponseOf<A> | null> {
    const { random } = this
    const connection = this.connection()
    const versions: Partial<Record<SimulatedApi, number>> = VERSIONS[this.settings.versions]
    const version =
      versions[api] ?? { OffsetFetch: 9, DescribeGroups: 5, DeleteGroups: 2 }[api as string] ?? 0
    const copies = random.chance(this.settings.wrong / 5) ? 2 : 1
    if (random.chance(0.02)) this.shared.world.queue.after(random.exponential(50), () => connection.close())
    return yield* wait<ResponseOf<A> | null>((resume) => {
      let isOver = false
      const once = (response: ResponseOf<A> | null) => {
        if (isOver) return
        isOver = true
        resume(response)
      }
      const ms = random.chance(0.1) ? random.exponential(100) : TIMEOUT_MS
      this.shared.world.queue.after(ms, () => once(null))
      for (let i = 0; i < copies; i++)
        connection.send(api, version, body, (answer) => once(answer as ResponseOf<A>))
    })
  }

  /** Up to three, mostly to its coordinator. */
  private connection(): Connection {
    const { random, shared, settings } = this
    const { cluster, network } = shared.world
    const coordinator = cluster.coordinatorOf(settings.groupId)
    const anyNode = cluster.nodeIds[random.below(cluster.nodeIds.length)] ?? 1
    const nodeId = coordinator > 0 && !random.chance(settings.wrong / 2) ? coordinator : anyNode
    const open = this.connections.filter((each) => !each.isClosed && each.nodeId === nodeId)
    const found = open[random.below(3)]
    if (found !== undefined) return found
    const connection = network.connect(this.proc, `raw-${this.proc.name}`, nodeId)
    this.connections.splice(0, this.connections.length, ...this.connections.filter((each) => !each.isClosed))
    this.connections.push(connection)
    return connection
  }
}

const isGone = (errorCode: number) =>
  errorCode === ErrorCodes.UNKNOWN_MEMBER_ID || errorCode === ErrorCodes.FENCED_INSTANCE_ID
