// A client that sends whatever a group can be asked, mostly as a member would and now and then as it should not: with an old
// generation, another's id or instance, twice, on another connection, to another broker, without waiting for the answer. It
// leads when it is told to, and hands out bytes that are its own.

import { writeAssignment } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import type { RequestOf } from '../../src/simulation/exchanges.js'
import type { SimulatedProcess } from '../../src/simulation/proc.js'
import type { Random } from '../../src/simulation/random.js'
import type { Task } from '../../src/simulation/task.js'
import { RawLink } from './raw-link.js'
import {
  commitPartitions,
  type Identity,
  joinRequest,
  offsetFetchRequest,
  type RawSettings,
  type RawShared,
} from './raw-requests.js'

const NOBODY: Identity = { memberId: '', generationId: -1 }

export class RawMember {
  private readonly proc: SimulatedProcess
  private readonly shared: RawShared
  private readonly settings: RawSettings
  private readonly random: Random
  private readonly link: RawLink
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
    this.link = new RawLink(proc, shared.world, settings, random)
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
    if (this.settings.role === 'administrator') {
      const isLooking = random.chance(0.3)
      if (isLooking) return yield* this.fetchOffsets()
      return yield* random.chance(0.5) ? this.commit() : this.administrate()
    }
    if (random.chance(0.03)) return yield* this.administrate()
    if (this.joinsInFlight > 0 && random.chance(0.9)) return
    const isPending = this.own.memberId !== '' && this.own.generationId < 0
    if (isPending && random.chance(0.1)) return yield* this.leave()
    if (this.own.memberId === '' || this.own.generationId < 0) return yield* this.join()
    const dice = random.next()
    if (!this.isSynced) {
      if (dice < 0.8) return yield* this.sync()
      if (dice < 0.86) return yield* this.join()
      return yield* dice < 0.94 ? this.commit() : this.heartbeat()
    }
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
    const { memberId } = random.chance(settings.wrong / 2) ? this.identity() : this.own
    const body = joinRequest(settings, random, memberId, this.instance)
    this.joinsInFlight++
    const response = yield* this.link.ask('JoinGroup', body)
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
      const { groupId } = settings
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
    const response = yield* this.link.ask('SyncGroup', body)
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
    const response = yield* this.link.ask('Heartbeat', body)
    if (response !== null && memberId === this.own.memberId) this.failed(response.errorCode)
  }

  private *commit(): Task {
    const { random, settings } = this
    const isSimple = settings.role === 'administrator' || random.chance(settings.wrong / 4)
    const { memberId, generationId } = isSimple ? NOBODY : this.identity()
    const partitions = commitPartitions(settings, random, this.shared)
    const name = settings.topics[random.below(settings.topics.length)] ?? ''
    const body: RequestOf<'OffsetCommit'> = {
      ...{ groupId: settings.groupId, memberId, generationIdOrMemberEpoch: generationId },
      ...{ groupInstanceId: this.instance, retentionTimeMs: -1n },
      topics: [{ name, topicId: ZERO_UUID, partitions }],
    }
    yield* this.link.ask('OffsetCommit', body)
  }

  private *fetchOffsets(): Task {
    yield* this.link.ask('OffsetFetch', offsetFetchRequest(this.settings, this.random))
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
    const response = yield* this.link.ask('LeaveGroup', { groupId, memberId, members })
    if (response !== null && this.random.chance(0.8)) this.forget()
  }

  private *administrate(): Task {
    const { random, settings } = this
    const { groupId, topics } = settings
    switch (random.below(4)) {
      case 0: {
        const partitions = [{ partitionIndex: random.below(settings.partitions) }]
        yield* this.link.ask('OffsetDelete', { groupId, topics: [{ name: topics[0] ?? '', partitions }] })
        return
      }
      case 1:
        yield* this.link.ask('DeleteGroups', { groupsNames: [groupId] })
        return
      default:
        yield* this.link.ask('DescribeGroups', { groups: [groupId], includeAuthorizedOperations: false })
    }
  }
}

const isGone = (errorCode: number) =>
  errorCode === ErrorCodes.UNKNOWN_MEMBER_ID || errorCode === ErrorCodes.FENCED_INSTANCE_ID
