// A group's committed offsets: read, written from outside the group (generation -1, as tools do), and removed. Writing is
// refused by the coordinator while the group has members.

import { ErrorCodes } from '../protocol/errors.js'
import { type BrokerNode, type Cluster, isCoordinatorError } from './cluster.js'
import { AdminError, answered, type Peer } from './errors.js'
import type { TopicPartition } from './members.js'
import { persist } from './patience.js'

export interface CommittedOffset extends TopicPartition {
  readonly offset: bigint
  /** -1: none was given. */
  readonly leaderEpoch: number
  readonly metadata: string | null
}

export interface NewOffset extends TopicPartition {
  readonly offset: bigint
}

/** What came of one partition. */
export interface PartitionOutcome extends TopicPartition {
  readonly error: AdminError | null
}

/** The generation of who is no member. */
const OUTSIDE_OF_GROUPS = -1

/** All that the group has committed, by topic and partition. */
export function committedOffsets(cluster: Cluster, groupId: string): Promise<readonly CommittedOffset[]> {
  const body = { groupId, topics: null, groups: [{ groupId, topics: null }] }
  return atCoordinator(cluster, groupId, async (node) => {
    const { response, connection } = await cluster.send(node, 'OffsetFetch', body)
    const [group = response] = response.groups
    refuse(group.errorCode, 'OffsetFetch', connection.peer, groupId)
    const offsets = group.topics.flatMap(({ name, partitions }) =>
      partitions.map((partition) => {
        refuse(partition.errorCode, 'OffsetFetch', connection.peer, groupId, name)
        const { partitionIndex, committedOffset, committedLeaderEpoch: leaderEpoch, metadata } = partition
        return { topic: name, partition: partitionIndex, offset: committedOffset, leaderEpoch, metadata }
      }),
    )
    return offsets.filter(({ offset }) => offset >= 0n).sort(byPlace)
  })
}

/** In the order of `offsets`. */
export function commitOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly NewOffset[],
): Promise<readonly PartitionOutcome[]> {
  const topics = byTopic(offsets).map(([name, those]) => ({
    name,
    partitions: those.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: '',
    })),
  }))
  const body = { groupId, generationIdOrMemberEpoch: OUTSIDE_OF_GROUPS, topics }
  return atCoordinator(cluster, groupId, async (node) => {
    const { response, connection } = await cluster.send(node, 'OffsetCommit', body)
    return outcomes(offsets, response.topics, 'OffsetCommit', connection.peer, groupId)
  })
}

/** In the order of `partitions`. */
export function deleteOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOutcome[]> {
  const topics = byTopic(partitions).map(([name, those]) => ({
    name,
    partitions: those.map(({ partition }) => ({ partitionIndex: partition })),
  }))
  return atCoordinator(cluster, groupId, async (node) => {
    const { response, connection } = await cluster.send(node, 'OffsetDelete', { groupId, topics })
    refuse(response.errorCode, 'OffsetDelete', connection.peer, groupId)
    return outcomes(partitions, response.topics, 'OffsetDelete', connection.peer, groupId)
  })
}

/** At the coordinator of the group, wherever that is by now. */
function atCoordinator<T>(
  cluster: Cluster,
  group: string,
  ask: (node: BrokerNode) => Promise<T>,
): Promise<T> {
  return persist(cluster.patience, async () => {
    const node = await cluster.coordinator(group)
    try {
      return await ask(node)
    } catch (error) {
      if (error instanceof AdminError) cluster.forget(group)
      throw error
    }
  })
}

type Asked = 'OffsetFetch' | 'OffsetCommit' | 'OffsetDelete'

function refuse(code: number, api: Asked, peer: Peer, group: string, topic?: string): void {
  if (code === ErrorCodes.NONE) return
  throw answered(code, api, peer, topic === undefined ? { group } : { group, topic })
}

function outcomes(
  asked: readonly TopicPartition[],
  topics: readonly {
    readonly name: string
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
  }[],
  api: Asked,
  peer: Peer,
  group: string,
): PartitionOutcome[] {
  const codes = new Map<string, number>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      // A coordinator that is not one says so of every partition.
      if (isCoordinatorError(errorCode)) refuse(errorCode, api, peer, group)
      codes.set(placeOf({ topic: name, partition: partitionIndex }), errorCode)
    }
  }
  return asked.map(({ topic, partition }) => {
    const code = codes.get(placeOf({ topic, partition })) ?? ErrorCodes.UNKNOWN_SERVER_ERROR
    const error = code === ErrorCodes.NONE ? null : answered(code, api, peer, { group, topic })
    return { topic, partition, error }
  })
}

export function byTopic<T extends TopicPartition>(all: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>()
  for (const each of all) {
    const those = topics.get(each.topic) ?? []
    topics.set(each.topic, those)
    those.push(each)
  }
  return [...topics]
}

/** A key: the partition first, because a name may hold anything. */
export const placeOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`

export function byPlace(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}
