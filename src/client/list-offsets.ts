// Where partitions begin and end, and which record was the first at a time: asked of each partition's leader, again when
// leaders have moved meanwhile.

import { ErrorCodes } from '../protocol/errors.js'
import type { BrokerNode, Cluster, PartitionInfo } from './cluster.js'
import { AdminError, answered } from './errors.js'
import type { TopicPartition } from './members.js'
import { byTopic, placeOf } from './offsets.js'
import { type Patience, rounds } from './patience.js'

/** 'earliest', 'latest', or the first record at or after a time (ms since the epoch). */
export type OffsetAt = 'earliest' | 'latest' | { readonly timestampMs: number }

export interface FoundOffset extends TopicPartition {
  /** null with an error; also when no record is as young as the time asked for. */
  readonly offset: bigint | null
  readonly error: AdminError | null
}

const CLIENT = -1
const TRIES = 5
/** What mends itself when the leader is looked up again. */
const LEADER_ERRORS: readonly number[] = [
  ErrorCodes.NOT_LEADER_OR_FOLLOWER,
  ErrorCodes.LEADER_NOT_AVAILABLE,
  ErrorCodes.REPLICA_NOT_AVAILABLE,
  ErrorCodes.OFFSET_NOT_AVAILABLE,
  ErrorCodes.FENCED_LEADER_EPOCH,
  ErrorCodes.UNKNOWN_LEADER_EPOCH,
]

/** In the order of `partitions`. */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: OffsetAt,
): Promise<readonly FoundOffset[]> {
  const found = new Map<string, FoundOffset>()
  const patience: Patience = { ...cluster.patience, tries: Math.min(cluster.patience.tries, TRIES) }
  await rounds(patience, partitions, async (pending) => {
    const topics = await cluster.topics([...new Set(pending.map(({ topic }) => topic))])
    const leaders = new Map<number, [BrokerNode, TopicPartition[]]>()
    for (const place of pending) {
      const leader = leaderOf(topics, place)
      if (leader instanceof AdminError) {
        found.set(placeOf(place), { ...place, offset: null, error: leader })
        continue
      }
      const those = leaders.get(leader.nodeId) ?? [leader, []]
      leaders.set(leader.nodeId, those)
      those[1].push(place)
    }
    const ask = async ([node, those]: [BrokerNode, TopicPartition[]]) => {
      for (const each of await offsetsAt(cluster, node, those, at)) found.set(placeOf(each), each)
    }
    await Promise.all(Array.from(leaders.values(), ask))
    return pending.filter((place) => {
      const name = found.get(placeOf(place))?.error?.errorName
      return LEADER_ERRORS.some((code) => ErrorCodes[name as keyof typeof ErrorCodes] === code)
    })
  })
  return partitions.map((place) => found.get(placeOf(place)) ?? { ...place, offset: null, error: null })
}

function leaderOf(
  topics: ReadonlyMap<string, readonly PartitionInfo[]>,
  { topic, partition }: TopicPartition,
): BrokerNode | AdminError {
  const info = topics.get(topic)?.find((each) => each.partition === partition)
  if (info?.leader) return info.leader
  return info === undefined
    ? new AdminError(`${topic}-${partition} does not exist`, 'UNKNOWN_TOPIC_OR_PARTITION', 'Metadata', null)
    : new AdminError(
        `${topic}-${partition} has no leader: its replicas are offline`,
        'LEADER_NOT_AVAILABLE',
        'Metadata',
        null,
        true,
      )
}

async function offsetsAt(
  cluster: Cluster,
  node: BrokerNode,
  places: readonly TopicPartition[],
  at: OffsetAt,
): Promise<FoundOffset[]> {
  const timestamp = at === 'earliest' ? -2n : at === 'latest' ? -1n : BigInt(at.timestampMs)
  const asked = byTopic(places).map(([name, those]) => ({
    name,
    partitions: those.map(({ partition }) => ({ partitionIndex: partition, timestamp })),
  }))
  const body = { replicaId: CLIENT, isolationLevel: 0, topics: asked, timeoutMs: cluster.requestTimeoutMs }
  const { response, connection } = await cluster.send(node, 'ListOffsets', body)
  return response.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex: partition, errorCode, offset }) => {
      const error =
        errorCode === ErrorCodes.NONE
          ? null
          : answered(errorCode, 'ListOffsets', connection.peer, { topic: name })
      return { topic: name, partition, offset: error !== null || offset < 0n ? null : offset, error }
    }),
  )
}
