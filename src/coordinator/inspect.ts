// A group as it is right now, for whoever explains or waits for it: who waits for what, who is awaited, which timers run.
// A snapshot: nothing of it changes afterwards, and nothing in it changes the group. Its timers are there to ask for their deadlines;
// they are not enumerated, so whoever prints, compares or copies a snapshot sees what it tells, not the live group behind them.

import type { Ticket } from '../machine/decision.js'
import type { ClassicGroup } from './classic/group.js'
import type { Member } from './classic/member.js'
import type { GroupState, GroupTimer } from './group-event.js'
import { reply, type Step } from './shard.js'

export interface MemberSnapshot {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly isLeader: boolean
  /** Its request that is parked. */
  readonly waitsIn: 'JoinGroup' | 'SyncGroup' | null
  /** The request that the group waits for. */
  readonly owes: 'JoinGroup' | 'SyncGroup' | null
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** In order of preference. */
  readonly protocols: readonly string[]
  readonly metadata: Buffer | null
  readonly assignment: Buffer
  /** To ask for its deadline. */
  readonly sessionTimer: GroupTimer
}

export interface GroupSnapshot {
  readonly groupId: string
  readonly state: GroupState
  readonly stateSinceMs: number
  readonly generation: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leaderId: string | null
  readonly members: readonly MemberSnapshot[]
  /** How many partitions it has committed. */
  readonly committedOffsets: number
  /** Ids that were given out and have not joined (KIP-394). */
  readonly pendingIds: readonly string[]
  /** null unless it is armed. */
  readonly joinTimer: GroupTimer | null
  /** null unless it is armed. */
  readonly syncTimer: GroupTimer | null
}

/** @internal Answers with { groups: GroupSnapshot[] }: those that have members. */
export function inspectAll(step: Step, ticket: Ticket): void {
  const groups = [...step.shard.groups.values()].filter(({ members }) => members.size > 0)
  reply(step, ticket, { groups: groups.map((group) => snapshot(step, group)) })
}

/** @internal Answers with { group: GroupSnapshot | null }. */
export function inspect(step: Step, ticket: Ticket, groupId: string): void {
  const group = step.shard.groups.get(groupId)
  reply(step, ticket, { group: group === undefined ? null : snapshot(step, group) })
}

function snapshot(step: Step, group: ClassicGroup): GroupSnapshot {
  const { id, state, stateSinceMs, generation, protocolType, protocolName, leaderId } = group
  const told = {
    ...{ groupId: id, state, stateSinceMs, generation, protocolType, protocolName, leaderId },
    members: Array.from(group.members.values(), (member) => snapshotOf(group, member)),
    committedOffsets: step.shard.offsets.count(id),
    pendingIds: [...group.pendingJoin.keys()],
  }
  return withTimers(told, { joinTimer: group.joinTimer, syncTimer: group.syncTimer })
}

function snapshotOf(group: ClassicGroup, member: Member): MemberSnapshot {
  const { id, instanceId, clientId, clientHost, parkedJoin, parkedSync } = member
  const { sessionTimeoutMs, rebalanceTimeoutMs, assignment, protocols } = member
  const chosen = protocols.find(({ name }) => name === group.protocolName)
  const told: Omit<MemberSnapshot, 'sessionTimer'> = {
    ...{ memberId: id, instanceId, clientId, clientHost, isLeader: id === group.leaderId },
    waitsIn: parkedJoin !== null ? 'JoinGroup' : parkedSync !== null ? 'SyncGroup' : null,
    owes: owedBy(group, member),
    ...{ sessionTimeoutMs, rebalanceTimeoutMs, assignment },
    protocols: protocols.map(({ name }) => name),
    metadata: chosen?.metadata ?? null,
  }
  return withTimers(told, { sessionTimer: member })
}

function withTimers<Told extends object, Timers extends object>(told: Told, timers: Timers): Told & Timers {
  for (const [name, value] of Object.entries(timers)) Object.defineProperty(told, name, { value })
  return told as Told & Timers
}

function owedBy(group: ClassicGroup, { id, parkedJoin }: Member): MemberSnapshot['owes'] {
  if (group.state === 'PreparingRebalance') return parkedJoin === null ? 'JoinGroup' : null
  return group.pendingSync.has(id) ? 'SyncGroup' : null
}
