// The group protocol's requests as a consumer writes them, and what it reads from the answers: subscriptions, the leader's
// assignment, its own share. In the versions that each client sends (clients captured before a real broker).

import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../protocol/embedded/consumer-protocol.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import { ASSIGNORS, type AssignorName } from '../assignors/assignors.js'
import { readStickyUserData } from '../assignors/sticky.js'
import { byTopic, type Owned, type Subscriber, type TopicPartition } from '../assignors/types.js'
import type { RequestOf, ResponseOf } from '../exchanges.js'
import type { ConsumerSettings } from './settings.js'

export interface GroupVersions {
  readonly JoinGroup: number
  readonly SyncGroup: number
  readonly Heartbeat: number
  readonly LeaveGroup: number
  readonly OffsetCommit: number
}

export const JAVA_VERSIONS: GroupVersions = {
  ...{ JoinGroup: 9, SyncGroup: 5, Heartbeat: 4, LeaveGroup: 5, OffsetCommit: 9 },
}
export const KAFKAJS_VERSIONS: GroupVersions = {
  ...{ JoinGroup: 5, SyncGroup: 3, Heartbeat: 3, LeaveGroup: 3, OffsetCommit: 5 },
}
/** JoinGroup v1 knows no MEMBER_ID_REQUIRED. */
export const RUBY_VERSIONS: GroupVersions = {
  ...{ JoinGroup: 1, SyncGroup: 0, Heartbeat: 0, LeaveGroup: 0, OffsetCommit: 2 },
}

const PROTOCOL_TYPE = 'consumer'

export interface Identity {
  readonly generationId: number
  readonly memberId: string
  /** Chosen for the generation; null before. */
  readonly protocolName: string | null
}

export const NOBODY: Identity = { generationId: -1, memberId: '', protocolName: null }

/** What a member tells the assignors of itself. */
export interface Told {
  readonly topics: readonly string[]
  /** What it owns now: nothing once it has revoked all. */
  readonly owned: readonly TopicPartition[]
  /** -1 when it is in none. */
  readonly generation: number
  /** What it had at last, and in which generation: StickyAssignor remembers it. */
  readonly last: readonly TopicPartition[]
  readonly lastGeneration: number
}

export function joinGroupRequest(
  settings: ConsumerSettings,
  memberId: string,
  reason: string | null,
  told: Told,
): RequestOf<'JoinGroup'> {
  const ownedPartitions = byTopic(told.owned)
  const last: Owned = new Map(byTopic(told.last).map(({ topic, partitions }) => [topic, partitions]))
  const protocols = settings.assignors.map((name) => {
    const userData = ASSIGNORS[name].userData(last, told.lastGeneration)
    const { generation: generationId } = told
    const subscription = { topics: [...told.topics], userData, ownedPartitions, generationId }
    return { name, metadata: writeSubscription(subscription, 2) }
  })
  return {
    groupId: settings.groupId,
    sessionTimeoutMs: settings.sessionTimeoutMs,
    rebalanceTimeoutMs: settings.maxPollIntervalMs,
    memberId,
    groupInstanceId: settings.groupInstanceId,
    protocolType: PROTOCOL_TYPE,
    protocols,
    reason,
  }
}

type Member = ResponseOf<'JoinGroup'>['members'][number]

export function subscriberOf({ memberId, groupInstanceId, metadata }: Member): Subscriber {
  const { topics, ownedPartitions, generationId, userData } = readSubscription(metadata)
  const owned = new Map(ownedPartitions.map(({ topic, partitions }) => [topic, partitions]))
  const base = { memberId, groupInstanceId, topics }
  if (userData === null) return { ...base, owned, generation: generationId }
  return { ...base, ...readStickyUserData(userData) }
}

/** Run by the leader of a generation. */
export function assignAll(
  { members, protocolName }: ResponseOf<'JoinGroup'>,
  partitionCounts: ReadonlyMap<string, number>,
): RequestOf<'SyncGroup'>['assignments'] {
  const { assign } = ASSIGNORS[protocolName as AssignorName]
  const assignment = assign(members.map(subscriberOf), partitionCounts)
  return [...assignment].map(([memberId, partitions]) => ({
    memberId,
    assignment: writeAssignment({ assignedPartitions: byTopic(partitions) }, 1),
  }))
}

/** Topics that anybody in the group subscribes to: what its leader watches. */
export function topicsOf({ members }: ResponseOf<'JoinGroup'>): string[] {
  return [...new Set(members.flatMap((member) => subscriberOf(member).topics))].sort()
}

export function readShare(assignment: Buffer): TopicPartition[] {
  if (assignment.length === 0) return []
  return readAssignment(assignment).assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

export function syncGroupRequest(
  { groupId, groupInstanceId }: ConsumerSettings,
  { generationId, memberId, protocolName }: Identity,
  assignments: RequestOf<'SyncGroup'>['assignments'],
  version: number,
): RequestOf<'SyncGroup'> {
  const isNamed = version >= 5
  return {
    ...{ groupId, generationId, memberId, groupInstanceId, assignments },
    protocolType: isNamed ? PROTOCOL_TYPE : null,
    protocolName: isNamed ? protocolName : null,
  }
}

export function heartbeatRequest(
  { groupId, groupInstanceId }: ConsumerSettings,
  { generationId, memberId }: Identity,
): RequestOf<'Heartbeat'> {
  return { groupId, generationId, memberId, groupInstanceId }
}

export function leaveGroupRequest(
  { groupId }: ConsumerSettings,
  memberId: string,
  reason: string | null,
): RequestOf<'LeaveGroup'> {
  return { groupId, memberId, members: [{ memberId, groupInstanceId: null, reason }] }
}

export function offsetCommitRequest(
  { groupId, groupInstanceId }: ConsumerSettings,
  { generationId, memberId }: Identity,
  offsets: readonly (TopicPartition & { offset: number })[],
): RequestOf<'OffsetCommit'> {
  const topics = [...new Set(offsets.map(({ topic }) => topic))].map((name) => ({
    name,
    topicId: ZERO_UUID,
    partitions: offsets
      .filter(({ topic }) => topic === name)
      .map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        commitTimestamp: -1n,
        committedMetadata: '',
      })),
  }))
  return {
    ...{ groupId, memberId, groupInstanceId, topics },
    generationIdOrMemberEpoch: generationId,
    retentionTimeMs: -1n,
  }
}
