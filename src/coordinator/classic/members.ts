// Who is in the group: adding, updating, removing, fencing; the count of supported protocols and the vote.
// Upholds that counts, leader and the static-member index always agree with the members (Kafka: ClassicGroup).

import type { Ticket } from '../../machine/decision.js'
import { readSubscribedTopics } from '../../protocol/embedded/consumer-protocol.js'
import { type ErrorCode, ErrorCodes, ProtocolError } from '../../protocol/errors.js'
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE } from './group.js'
import type { Member, Protocol } from './member.js'
import { SmallMap } from './small-map.js'

/** NONE, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID (KIP-345). Pending members are not members yet. */
export function validateMember(group: ClassicGroup, memberId: string, instanceId: string | null): ErrorCode {
  if (instanceId !== null) {
    const owner = group.staticMembers.get(instanceId)
    if (owner === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
    if (owner !== memberId) return ErrorCodes.FENCED_INSTANCE_ID
  }
  return group.members.has(memberId) ? ErrorCodes.NONE : ErrorCodes.UNKNOWN_MEMBER_ID
}

/** Adds a member whose JoinGroup is parked on it. The first member decides the protocol type and leads. */
export function addMember(group: ClassicGroup, member: Member, protocolType: string): void {
  if (group.members.size === 0) group.protocolType = protocolType
  group.members.set(member.id, member)
  countProtocols(group, member.protocols, 1)
  if (member.parkedJoin !== null) group.numAwaitingJoin++
  if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.id)
  group.leaderId ??= member.id
  group.pendingJoin.delete(member.id)
}

/** Takes a member out with all its traces but its timer and its parked requests, which the caller answers. */
export function removeMember(group: ClassicGroup, memberId: string): Member | undefined {
  const member = group.members.get(memberId)
  if (member !== undefined) {
    group.members.delete(memberId)
    countProtocols(group, member.protocols, -1)
    if (member.parkedJoin !== null) group.numAwaitingJoin--
    if (member.instanceId !== null) group.staticMembers.delete(member.instanceId)
  }
  if (group.leaderId === memberId) group.leaderId = firstId(group.members)
  group.pendingJoin.delete(memberId)
  group.pendingSync.delete(memberId)
  return member
}

/** The member under a new id, in the old one's place. `pendingSync` keeps the old id, as in Kafka. */
export function replaceMember(group: ClassicGroup, old: Member, replacement: Member): void {
  group.members.delete(old.id)
  group.members.set(replacement.id, replacement)
  if (old.parkedJoin !== null) group.numAwaitingJoin--
  if (group.leaderId === old.id) group.leaderId = replacement.id
  if (replacement.instanceId !== null) group.staticMembers.set(replacement.instanceId, replacement.id)
}

export function updateProtocols(group: ClassicGroup, member: Member, protocols: readonly Protocol[]): void {
  countProtocols(group, member.protocols, -1)
  countProtocols(group, protocols, 1)
  member.protocols = protocols
}

export function parkJoin(group: ClassicGroup, member: Member, ticket: Ticket): void {
  if (member.parkedJoin === null) group.numAwaitingJoin++
  member.parkedJoin = ticket
}

export function unparkJoin(group: ClassicGroup, member: Member): Ticket | null {
  const ticket = member.parkedJoin
  if (ticket !== null) {
    member.parkedJoin = null
    group.numAwaitingJoin--
  }
  return ticket
}

/** Same names and metadata in the same order: re-ordering is a change. */
export function sameProtocols(a: readonly Protocol[], b: readonly Protocol[]): boolean {
  return (
    a.length === b.length &&
    a.every((protocol, i) => protocol.name === b[i]?.name && protocol.metadata.equals(b[i].metadata))
  )
}

/** An empty group takes any protocol; otherwise type must agree and one name be supported by every member. */
export function supportsProtocols(
  group: ClassicGroup,
  protocolType: string,
  protocols: readonly Protocol[],
): boolean {
  if (group.state === 'Empty') return protocolType !== '' && protocols.length > 0
  return group.protocolType === protocolType && protocols.some(({ name }) => supportedByAll(group, name))
}

/** Of no members all support anything: a group may be left with pending members alone in its join phase. */
function supportedByAll(group: ClassicGroup, name: string): boolean {
  return (group.supportedProtocols.get(name) ?? 0) === group.members.size
}

/**
 * Each member votes for the first of its protocols that all support; most votes win. Kafka leaves a tie to
 * hashing; here the leader's order decides it. Called only with at least one member.
 */
export function selectProtocol(group: ClassicGroup): string {
  const votes = new Map<string, number>()
  for (const member of group.members.values()) {
    const vote = member.protocols.find(({ name }) => supportedByAll(group, name))?.name
    if (vote === undefined)
      throw new Error(`member '${member.id}' supports no protocol of group '${group.id}'`)
    votes.set(vote, (votes.get(vote) ?? 0) + 1)
  }
  const most = Math.max(...votes.values())
  const tied = [...votes.keys()].filter((name) => votes.get(name) === most)
  const leader = group.leaderId === null ? undefined : group.members.get(group.leaderId)
  return leader?.protocols.find(({ name }) => tied.includes(name))?.name ?? (tied[0] as string)
}

export function metadataOf(member: Member, protocolName: string | null): Buffer {
  const protocol = member.protocols.find(({ name }) => name === protocolName)
  if (protocol === undefined) throw new Error(`member '${member.id}' does not support '${protocolName}'`)
  return protocol.metadata
}

/** The topics that members subscribe to under the chosen protocol; null when that can't be known. */
export function computeSubscribedTopics(group: ClassicGroup): SmallMap<true> | null {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return null
  const topics = new SmallMap<true>()
  let last: Buffer | null = null
  for (const member of group.members.values()) {
    const metadata = metadataOf(member, group.protocolName)
    if (metadata === last) continue // members that say the same share it
    last = metadata
    const subscribed = subscribedTopicsOf(metadata)
    if (subscribed === null) return null
    for (const topic of subscribed) topics.set(topic, true)
  }
  return topics
}

/** Metadata is opaque: what is no subscription only means that the topics are not known. */
function subscribedTopicsOf(metadata: Buffer): readonly string[] | null {
  try {
    return readSubscribedTopics(metadata)
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}

function countProtocols(group: ClassicGroup, protocols: readonly Protocol[], change: 1 | -1): void {
  for (const { name } of protocols) {
    const count = (group.supportedProtocols.get(name) ?? 0) + change
    if (count === 0) group.supportedProtocols.delete(name)
    else group.supportedProtocols.set(name, count)
  }
}

function firstId(members: SmallMap<Member>): string | null {
  for (const id of members.keys()) return id
  return null
}
