// Who is in the group: adding, updating, removing, fencing; the count of supported protocols and the vote.
// Upholds that counts, leader and the static-member index always agree with the members (Kafka: ClassicGroup).

import type { Ticket } from '../../machine/decision.js'
import { readSubscribedTopics } from '../../protocol/embedded/consumer-protocol.js'
import { type ErrorCode, ErrorCodes, ProtocolError } from '../../protocol/errors.js'
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE } from './group.js'
import { type Member, NO_BYTES, type Protocol } from './member.js'
import { NONE, put, type ReadonlySmallMap, SmallMap, without } from './small-map.js'

/** The member, or UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID (KIP-345). Pending members are not members yet. */
export function findMember(
  group: ClassicGroup,
  memberId: string,
  instanceId: string | null,
): Member | ErrorCode {
  if (instanceId !== null) {
    const owner = group.staticMembers.get(instanceId)
    if (owner === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
    if (owner !== memberId) return ErrorCodes.FENCED_INSTANCE_ID
  }
  return group.members.get(memberId) ?? ErrorCodes.UNKNOWN_MEMBER_ID
}

/** What `findMember` says against it, or NONE. */
export function validateMember(group: ClassicGroup, memberId: string, instanceId: string | null): ErrorCode {
  const found = findMember(group, memberId, instanceId)
  return typeof found === 'number' ? found : ErrorCodes.NONE
}

/** Adds a member whose JoinGroup is parked on it. The first member decides the protocol type and leads. */
export function addMember(group: ClassicGroup, member: Member, protocolType: string): void {
  if (group.members.size === 0) group.protocolType = protocolType
  group.members.set(member.id, member)
  countMember(group, member)
  if (member.parkedJoin !== null) group.numAwaitingJoin++
  if (member.instanceId !== null) group.staticMembers = put(group.staticMembers, member.instanceId, member.id)
  group.leaderId ??= member.id
  group.pendingJoin = without(group.pendingJoin, member.id)
}

/** Takes a member out with all its traces but its timer and its parked requests, which the caller answers. */
export function removeMember(group: ClassicGroup, memberId: string): Member | undefined {
  const member = group.members.get(memberId)
  if (member !== undefined) {
    group.members.delete(memberId)
    if (group.members.size < 2) group.supportedProtocols = null
    countProtocols(group, member.protocols, -1)
    if (member.parkedJoin !== null) group.numAwaitingJoin--
    if (member.instanceId !== null) group.staticMembers = without(group.staticMembers, member.instanceId)
  }
  if (group.leaderId === memberId) group.leaderId = firstId(group.members)
  group.pendingJoin = without(group.pendingJoin, memberId)
  group.pendingSync = without(group.pendingSync, memberId)
  return member
}

/** The member under a new id, in the old one's place. `pendingSync` keeps the old id, as in Kafka. */
export function replaceMember(group: ClassicGroup, old: Member, replacement: Member): void {
  group.members.delete(old.id)
  group.members.set(replacement.id, replacement)
  if (old.parkedJoin !== null) group.numAwaitingJoin--
  if (group.leaderId === old.id) group.leaderId = replacement.id
  if (replacement.instanceId !== null)
    group.staticMembers = put(group.staticMembers, replacement.instanceId, replacement.id)
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
  if (group.supportedProtocols !== null) return group.supportedProtocols.get(name) === group.members.size
  for (const { protocols } of group.members.values()) return protocols.some((each) => each.name === name)
  return true
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

type Topics = ReadonlySmallMap<true>

/** The topics that members subscribe to under the chosen protocol; null when that can't be known. */
export function computeSubscribedTopics(group: ClassicGroup): Topics | null {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return null
  // members that say the same share it
  const said = new Set(Array.from(group.members.values(), (member) => metadataOf(member, group.protocolName)))
  let topics: Topics = NONE
  for (const metadata of said) {
    const subscribed = subscribedTopicsOf(metadata)
    if (subscribed === null) return null
    if (said.size === 1) return subscribed
    for (const topic of subscribed.keys()) topics = put(topics, topic, true)
  }
  return topics
}

/** What was read last, and from what: groups may be alike, and then share it. */
let latest: { readonly metadata: Buffer; readonly topics: Topics | null } = {
  metadata: NO_BYTES,
  topics: null,
}

function subscribedTopicsOf(metadata: Buffer): Topics | null {
  if (metadata !== latest.metadata) latest = { metadata, topics: readTopics(metadata) }
  return latest.topics
}

/** Metadata is opaque: what is no subscription only means that the topics are not known. */
function readTopics(metadata: Buffer): Topics | null {
  try {
    let topics: Topics = NONE
    for (const topic of readSubscribedTopics(metadata)) topics = put(topics, topic, true)
    return topics
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}

/** A member that was added. With the second one counting begins. */
function countMember(group: ClassicGroup, member: Member): void {
  if (group.supportedProtocols !== null) return countProtocols(group, member.protocols, 1)
  if (group.members.size < 2) return
  group.supportedProtocols = new SmallMap()
  for (const { protocols } of group.members.values()) countProtocols(group, protocols, 1)
}

function countProtocols(group: ClassicGroup, protocols: readonly Protocol[], change: 1 | -1): void {
  const { supportedProtocols: counts } = group
  if (counts === null) return
  for (const { name } of protocols) {
    const count = (counts.get(name) ?? 0) + change
    if (count === 0) counts.delete(name)
    else counts.set(name, count)
  }
}

function firstId(members: SmallMap<Member>): string | null {
  for (const id of members.keys()) return id
  return null
}
