// The entries that an answered request makes: joins, syncs and leaves in full, of anything else its errors. Commits: journal-commits.ts.
// Which member is behind a request is learnt on the way.

import { readAssignment, readSubscription } from '../protocol/embedded/consumer-protocol.js'
import { type ErrorCode, ErrorCodes, errorName } from '../protocol/errors.js'
import type { JoinGroupRequest, JoinGroupResponse } from '../protocol/messages/join-group.js'
import type { LeaveGroupRequest, LeaveGroupResponse } from '../protocol/messages/leave-group.js'
import type { SyncGroupRequest, SyncGroupResponse } from '../protocol/messages/sync-group.js'
import type { RecordedExchange } from './exchanges.js'
import { type EntryOf, entryOf } from './journal-entry.js'
import { knownList, NO_NAMES } from './known-lists.js'

/** A null response: none left. */
type Answer<T> = Partial<T>

export const nameOf = (errorCode: number | undefined): string | null =>
  errorCode === undefined ? null : errorName(errorCode as ErrorCode)

/** When an exchange was answered, or given up. */
export const finishedMs = ({ answeredAtMs, atMs }: RecordedExchange): number => answeredAtMs ?? atMs

export function answered(exchange: RecordedExchange) {
  const { clientId: client, connection, atMs, fault, group, memberId } = exchange
  const waitedMs = finishedMs(exchange) - atMs
  return { group, member: memberId, client, connection, waitedMs, fault }
}

/** Written out: an object of many fields that is put together of others is a dictionary, which is ten times as large and as slow. */
export function joinEntry(exchange: RecordedExchange): EntryOf<'join'> {
  const body = exchange.body as JoinGroupRequest
  const answer = (exchange.response ?? {}) as Answer<JoinGroupResponse>
  const { clientId: client, connection, fault, group, software, version } = exchange
  const { topics, owned } = subscriptionOf(body, answer.protocolName ?? null)
  const isIn = answer.errorCode === ErrorCodes.NONE
  const atMs = finishedMs(exchange)
  return {
    type: 'join',
    atMs,
    group,
    member: answer.memberId || body.memberId || null,
    generation: isIn ? (answer.generationId ?? null) : null,
    cause: body.reason || null, // KIP-800
    client,
    connection,
    error: nameOf(answer.errorCode),
    waitedMs: atMs - exchange.atMs,
    fault,
    sessionTimeoutMs: body.sessionTimeoutMs,
    rebalanceTimeoutMs: version === 0 ? body.sessionTimeoutMs : body.rebalanceTimeoutMs,
    software,
    version,
    askedAs: body.memberId,
    instance: body.groupInstanceId ?? null,
    protocolType: body.protocolType,
    protocols: knownList(body.protocols.map(({ name }) => name)),
    topics,
    owned,
    protocol: isIn ? (answer.protocolName ?? null) : null,
    leader: isIn ? (answer.leader ?? null) : null,
    skipAssignment: answer.skipAssignment ?? false,
  }
}

/** Of the protocol that was chosen, or the first: what the member subscribes to and what it says it owns (KIP-429). */
function subscriptionOf({ protocols, protocolType }: JoinGroupRequest, chosen: string | null) {
  const protocol = protocols.find(({ name }) => name === chosen) ?? protocols[0]
  const nothing = { topics: NO_NAMES, owned: NO_NAMES }
  if (protocol === undefined || protocolType !== 'consumer') return nothing
  try {
    const { topics, ownedPartitions } = readSubscription(protocol.metadata)
    return { topics: knownList([...topics].sort()), owned: listed(ownedPartitions) }
  } catch {
    return nothing // opaque to a coordinator, and so to us
  }
}

export function syncEntry(exchange: RecordedExchange): EntryOf<'sync'> {
  const body = exchange.body as SyncGroupRequest
  const answer = (exchange.response ?? {}) as Answer<SyncGroupResponse>
  const { clientId: client, connection, fault, group, memberId: member } = exchange
  const atMs = finishedMs(exchange)
  return {
    type: 'sync',
    atMs,
    group,
    member,
    generation: body.generationId,
    cause: null,
    client,
    connection,
    error: nameOf(answer.errorCode),
    waitedMs: atMs - exchange.atMs,
    fault,
    protocol: answer.protocolName ?? body.protocolName ?? null,
    leads: body.assignments.length > 0,
    partitions: partitionsIn(answer.assignment),
  }
}

function partitionsIn(assignment: Buffer | undefined): readonly string[] {
  if (assignment === undefined || assignment.length === 0) return NO_NAMES
  try {
    return listed(readAssignment(assignment).assignedPartitions)
  } catch {
    return NO_NAMES
  }
}

function listed(topics: readonly { topic: string; partitions: readonly number[] }[]): readonly string[] {
  const names = topics
    .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
    .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
    .map(({ topic, partition }) => `${topic}-${partition}`)
  return knownList(names)
}

/** One for each member that was to leave. */
export function leaveEntries(exchange: RecordedExchange, generation: number | null): EntryOf<'leave'>[] {
  const body = exchange.body as LeaveGroupRequest
  const answer = (exchange.response ?? {}) as Answer<LeaveGroupResponse>
  const leaving =
    exchange.version <= 2 ? [{ memberId: body.memberId, groupInstanceId: null, reason: null }] : body.members
  return leaving.map(({ memberId, groupInstanceId, reason }, i) => {
    const own = answer.members?.[i]?.errorCode ?? ErrorCodes.NONE
    const error = answer.errorCode === undefined ? undefined : answer.errorCode || own
    return entryOf('leave', finishedMs(exchange), {
      ...answered(exchange),
      member: memberId || null,
      generation,
      cause: reason ?? null,
      error: nameOf(error),
      instance: groupInstanceId,
    })
  })
}
