// A consumer group under a test's hand: waiting for what it should come to, and provoking what it should survive.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { Provocation } from '../coordinator/provoke.js'
import { type Duration, toMs } from '../observe/duration.js'
import { ErrorCodes, errorName } from '../protocol/errors.js'
import type { JoinGroupResponse } from '../protocol/messages/join-group.js'
import type { LeaveGroupResponse } from '../protocol/messages/leave-group.js'
import { ask, Refused } from '../server/local.js'
import { readOptions } from './fields.js'
import { GroupView } from './group-view.js'
import { assignedIn } from './lag.js'
import { destination } from './nodes.js'
import {
  checkGeneration,
  checkOffset,
  checkPlace,
  moveCoordinatorOptions,
  readWait,
  stableOptions,
} from './options.js'
import { ProvocationError } from './provocation-error.js'

export interface WaitOptions {
  /** How long at the most; unless given, what the broker was started with. */
  readonly timeout?: Duration
}

export interface MoveOptions {
  /** Node id. */
  readonly to?: number
  /** How long it answers COORDINATOR_LOAD_IN_PROGRESS; 0 unless given. */
  readonly loading?: Duration
}

const NEWEST = { JoinGroup: 9, LeaveGroup: 5 } as const

export class Group extends GroupView {
  // waiting

  /** Resolves when it is Stable, with so many members when given, and none owes its SyncGroup. */
  async stable(wanted: WaitOptions & { readonly members?: number } = {}): Promise<GroupSnapshot> {
    const { members, ...options } = readOptions(stableOptions, wanted, 'stable')
    const which = members === undefined ? '' : ` with ${members} ${members === 1 ? 'member' : 'members'}`
    return this.until(`group '${this.id}' Stable${which}`, options, (group) => {
      const isSettled = group.state === 'Stable' && group.members.every(({ owes }) => owes === null)
      return isSettled && (members === undefined || group.members.length === members)
    })
  }

  /** Resolves when it has no members; a group that does not exist has none. */
  async empty(options: WaitOptions = {}): Promise<void> {
    readWait(options, 'empty')
    await this.wait(`group '${this.id}' Empty`, options, async () => {
      const group = await this.snapshot()
      return group === null || group.state === 'Empty' ? true : undefined
    })
  }

  /** Resolves when its generation is at least this one, or fulfils the condition. */
  async generation(
    wanted: number | ((generation: number) => boolean),
    options: WaitOptions = {},
  ): Promise<GroupSnapshot> {
    checkGeneration(wanted, 'generation')
    readWait(options, 'generation')
    const meets = typeof wanted === 'number' ? (generation: number) => generation >= wanted : wanted
    const what = typeof wanted === 'number' ? `${wanted} or later` : `with ${wanted}`
    return this.until(`group '${this.id}' in generation ${what}`, options, ({ generation }) =>
      meets(generation),
    )
  }

  /** Resolves to the id of the member that a partition is assigned to. */
  async assigned(topic: string, partition: number, options: WaitOptions = {}): Promise<string> {
    checkPlace(topic, partition, 'assigned')
    readWait(options, 'assigned')
    return this.wait(`${topic}-${partition} assigned in group '${this.id}'`, options, async () => {
      const group = await this.snapshot()
      if (group?.state !== 'Stable') return undefined
      return group.members.find(({ assignment }) => owns(assignment, topic, partition))?.memberId
    })
  }

  /** Resolves when at least this offset is committed. */
  async committed(
    topic: string,
    partition: number,
    offset: number | bigint,
    options: WaitOptions = {},
  ): Promise<bigint> {
    checkPlace(topic, partition, 'committed')
    const wanted = checkOffset(offset, 'committed')
    readWait(options, 'committed')
    const what = `offset ${offset} of ${topic}-${partition} committed by group '${this.id}'`
    return this.wait(what, options, async () => {
      const committed = await this.committedOffset(topic, partition)
      return committed >= wanted ? committed : undefined
    })
  }

  /** Resolves when all records of the partitions that it owns, or has committed to, are committed. */
  async caughtUp(options: WaitOptions = {}): Promise<void> {
    readWait(options, 'caughtUp')
    await this.wait(`group '${this.id}' caught up`, options, async () => {
      const lags = await this.lag()
      return lags.length > 0 && lags.every(({ lag }) => lag <= 0n) ? true : undefined
    })
  }

  private until(
    what: string,
    options: WaitOptions,
    isSo: (group: GroupSnapshot) => boolean,
  ): Promise<GroupSnapshot> {
    return this.wait(what, options, async () => {
      const group = await this.snapshot()
      return group !== null && isSo(group) ? group : undefined
    })
  }

  private async wait<T>(
    what: string,
    { timeout }: WaitOptions,
    look: () => Promise<T | undefined>,
  ): Promise<T> {
    const { signal, timeoutMs } = this.environment
    this.environment.checkWatched()
    const limitMs = timeout === undefined ? timeoutMs : toMs(timeout)
    const lookIfLoaded = () => look().catch(ifLoading)
    return signal.until(what, limitMs, lookIfLoaded, () => this.describe())
  }

  // provoking

  /** Makes its members rejoin. Rejects with ProvocationError when it has none in a generation. */
  rebalance(reason = 'a test asked for it'): Promise<void> {
    return this.provoke({ what: 'rebalance', groupId: this.id, reason })
  }

  /** The member's session runs out now, as if it had been silent. Id of the member, or of its client, or its instance. */
  async expire(member: string): Promise<void> {
    return this.provoke({ what: 'expire', groupId: this.id, memberId: await this.memberId(member) })
  }

  /** Removes the member, as an administrator's LeaveGroup does. */
  async kick(member: string, reason = 'a test removed it'): Promise<void> {
    const memberId = await this.memberId(member)
    const members = [{ memberId, groupInstanceId: null, reason }]
    const request = { groupId: this.id, memberId, members }
    const answer = await ask<LeaveGroupResponse>(NEWEST.LeaveGroup, (ticket) =>
      this.shard().submit({ type: 'LeaveGroup', ticket, request }),
    )
    const errorCode = answer.errorCode || answer.members[0]?.errorCode || ErrorCodes.NONE
    if (errorCode !== ErrorCodes.NONE)
      throw new ProvocationError(`'${member}' was not removed: ${errorName(errorCode)}`)
  }

  /** Another process joins under the instance id: the member that has it is told FENCED_INSTANCE_ID from now on. */
  async fence(instanceId: string): Promise<void> {
    const group = await this.snapshot()
    const member = group?.members.find((each) => each.instanceId === instanceId)
    if (group === null || member === undefined)
      throw new ProvocationError(
        `group '${this.id}' has no instance '${instanceId}'\n${await this.describe()}`,
      )
    const request = {
      groupId: this.id,
      sessionTimeoutMs: member.sessionTimeoutMs,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      memberId: '',
      groupInstanceId: instanceId,
      protocolType: group.protocolType ?? '',
      protocols: member.protocols.map((name) => ({ name, metadata: member.metadata ?? Buffer.alloc(0) })),
      reason: 'a test fenced it',
    }
    const joined = ask<JoinGroupResponse>(NEWEST.JoinGroup, (ticket) =>
      this.shard().submit({ type: 'JoinGroup', ticket, request }),
    )
    joined.catch(() => {}) // parked until the rebalance that it may have started ends
  }

  /** Takes it away with its offsets, whoever is in it: members are told UNKNOWN_MEMBER_ID, and join anew. */
  remove(): Promise<void> {
    return this.provoke({ what: 'remove', groupId: this.id })
  }

  /** Its coordinator loads for so long: COORDINATOR_LOAD_IN_PROGRESS, and whoever waits is sent to look for it anew. */
  loading(duration: Duration): Promise<void> {
    const ms = toMs(duration)
    this.environment.reloaded()
    const shard = this.shard()
    return shard.move(shard.leader, this.environment.pause(ms))
  }

  /** The node that leads its coordinator; -1 while nobody does. */
  coordinator(): number {
    return this.shard().leader
  }

  /**
   * Its coordinator moves: to the next node that runs unless one is named. Whoever waits is told NOT_COORDINATOR, and so is who asks
   * the old one; the new one loads for so long. Resolves to its node id once it answers.
   */
  async moveCoordinator(options: MoveOptions = {}): Promise<number> {
    const { to, loading = 0 } = readOptions(moveCoordinatorOptions, options, 'moveCoordinator')
    const shard = this.shard()
    const leader = destination(this.environment.cluster, shard.leader, to, 'moveCoordinator')
    this.environment.reloaded()
    const ms = toMs(loading)
    await shard.move(leader, ms === 0 ? Promise.resolve() : this.environment.pause(ms))
    return leader
  }

  private async provoke(provocation: Provocation): Promise<void> {
    const { refused } = await ask<{ refused: string | null }>(0, (ticket) =>
      this.shard().submit({ type: 'Provoke', ticket, request: provocation }),
    )
    if (refused !== null) throw new ProvocationError(`${refused}\n${await this.describe()}`)
  }

  /** By its id, its client's id, or its instance id. Throws ProvocationError when none or several are meant. */
  private async memberId(text: string): Promise<string> {
    const group = await this.snapshot()
    const members = group?.members ?? []
    const meant = members.filter(({ memberId, clientId, instanceId }) =>
      [memberId, clientId, instanceId].includes(text),
    )
    const exact = meant.find(({ memberId }) => memberId === text)
    if (exact !== undefined) return text
    if (meant.length === 1) return meant[0]?.memberId as string
    if (group?.pendingIds.includes(text)) return text
    const why = meant.length === 0 ? 'is no member' : `is ${meant.length} members`
    throw new ProvocationError(`'${text}' ${why} of group '${this.id}'\n${await this.describe()}`)
  }
}

const owns = (assignment: Buffer, topic: string, partition: number) =>
  assignedIn(assignment).some((each) => each.topic === topic && each.partition === partition)

/** What cannot be asked yet is not seen yet. */
function ifLoading(error: unknown): undefined {
  if (!(error instanceof Refused)) throw error
  return undefined
}
