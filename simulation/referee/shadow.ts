// A classic group as its requests, answers and events tell of it: who sits in it, what it waits for, what must happen by when.
// Kept beside the coordinator's own state, which is not looked at.

import { CONSUMER_PROTOCOL_TYPE } from '../../src/coordinator/classic/group.js'
import type { GroupMetadataValue, GroupState } from '../../src/coordinator/types.js'
import type { Ticket } from '../../src/machine/decision.js'
import { readSubscribedTopics } from '../../src/protocol/embedded/consumer-protocol.js'
import type { JoinGroupRequest } from '../../src/protocol/messages/join-group.js'
import { copyOf, isSame } from '../values.js'

export type Protocols = readonly { readonly name: string; readonly metadata: Buffer }[]

export interface Seat {
  readonly id: string
  readonly instanceId: string | null
  sessionMs: number
  rebalanceMs: number
  protocols: Protocols
  /** Its JoinGroup or SyncGroup that waits. */
  join: Ticket | null
  sync: Ticket | null
  isNew: boolean
  /** Its session does not end before that, and not after that. */
  notBeforeMs: number
  notAfterMs: number
}

/** What a join phase waits for. */
export interface JoinPhase {
  /** Of the wait in progress: a delay that is extended begins again. */
  sinceMs: number
  limitMs: number
  /** Of a group that was Empty (KIP-134). */
  readonly isInitial: boolean
  newInWindow: boolean
  remainingMs: number
}

export interface Group {
  readonly id: string
  state: GroupState
  stateSinceMs: number
  generation: number
  protocolType: string | null
  protocolName: string | null
  leader: string | null
  readonly seats: Map<string, Seat>
  /** Ids given out that have not joined -> when they lapse. */
  readonly pending: Map<string, number>
  phase: JoinPhase | null
  /** Who owes a SyncGroup of this generation, since when and for how long. */
  syncOwed: Set<string>
  syncSinceMs: number
  syncLimitMs: number
  /** Member id -> what its leader gave it in this generation. */
  assignment: Map<string, Buffer>
  /** Topics that its members consume in this generation; null where that is not known. */
  subscribed: ReadonlySet<string> | null
  /** The newest record of it that was decided. */
  record: GroupMetadataValue | null
}

/** Kafka's bound for a new member whose first join phase may outlast its session. */
export const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000

export function emptyGroup(id: string, nowMs: number): Group {
  return {
    ...{ id, state: 'Empty', stateSinceMs: nowMs, generation: 0, protocolType: null, protocolName: null },
    ...{ leader: null, seats: new Map(), pending: new Map(), phase: null, syncOwed: new Set() },
    ...{ syncSinceMs: 0, syncLimitMs: 0, assignment: new Map(), record: null, subscribed: null },
  }
}

/** As its coordinator loads it: everybody has a full session to show themselves. */
export function restoredGroup(id: string, value: GroupMetadataValue, nowMs: number): Group {
  const group = emptyGroup(id, value.currentStateTimestampMs)
  group.state = value.members.length === 0 ? 'Empty' : 'Stable'
  group.generation = value.generation
  group.protocolType = value.protocolType === '' ? null : value.protocolType
  group.protocolName = value.protocol
  group.leader = value.leader
  group.record = copyOf(value)
  for (const member of value.members) {
    const { memberId, groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs, subscription, assignment } =
      member
    const protocols = [{ name: value.protocol ?? '', metadata: Buffer.from(subscription) }]
    const seat = {
      ...{ id: memberId, instanceId: groupInstanceId, sessionMs: sessionTimeoutMs, protocols },
      ...{ rebalanceMs: rebalanceTimeoutMs, join: null, sync: null, isNew: false },
      ...{ notBeforeMs: 0, notAfterMs: 0 },
    }
    alive(seat, nowMs)
    group.seats.set(memberId, seat)
    group.assignment.set(memberId, Buffer.from(assignment))
  }
  group.subscribed = subscriptionOf(group)
  return group
}

/** A sign of life: its session begins anew. */
export function alive(seat: Seat, nowMs: number): void {
  seat.notBeforeMs = nowMs + seat.sessionMs
  seat.notAfterMs = nowMs + seat.sessionMs
}

export const waits = (seat: Seat) => seat.join !== null || seat.sync !== null

export function seatOf(request: JoinGroupRequest, id: string, ticket: Ticket, nowMs: number): Seat {
  const dueMs = nowMs + NEW_MEMBER_JOIN_TIMEOUT_MS
  return {
    ...{ id, instanceId: request.groupInstanceId, join: ticket, sync: null, isNew: true },
    ...offered(request, ticket),
    ...{ notBeforeMs: dueMs, notAfterMs: dueMs },
  }
}

/** What a JoinGroup says of its member; v0 has one timeout for both. */
export function offered(request: JoinGroupRequest, ticket: Ticket) {
  const { sessionTimeoutMs: sessionMs, rebalanceTimeoutMs } = request
  const names = new Set<string>()
  const protocols = request.protocols
    .filter(({ name }) => !names.has(name) && names.add(name))
    .map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
  return { sessionMs, rebalanceMs: ticket.apiVersion === 0 ? sessionMs : rebalanceTimeoutMs, protocols }
}

export const sameProtocols = (a: Protocols, b: Protocols) => isSame(a, b)

export const supports = ({ protocols }: Seat, name: string | null) =>
  protocols.some((protocol) => protocol.name === name)

export function maxRebalanceMs({ seats }: Group): number {
  let max = 0
  for (const { rebalanceMs } of seats.values()) max = Math.max(max, rebalanceMs)
  return max
}

export function ownerOf({ seats }: Group, instanceId: string): string | undefined {
  for (const { id, instanceId: own } of seats.values()) if (own === instanceId) return id
  return undefined
}

/** Under the protocol that is in force. What is no subscription says nothing. */
export function subscriptionOf({ protocolType, protocolName, seats }: Group): ReadonlySet<string> | null {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return null
  const topics = new Set<string>()
  for (const { protocols } of seats.values()) {
    const metadata = protocols.find(({ name }) => name === protocolName)?.metadata
    try {
      for (const topic of metadata === undefined ? [] : readSubscribedTopics(metadata)) topics.add(topic)
    } catch {
      return null
    }
  }
  return topics
}
