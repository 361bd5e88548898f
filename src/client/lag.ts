// How far a group is behind: of every partition that it has committed or owns, the end of the log less what is committed.
// A partition without a commit counts from the beginning of its log, as the test kit's `lag` does: its records are not committed.

import type { Cluster } from './cluster.js'
import type { AdminError } from './errors.js'
import type { DescribedGroup, DescribedMember } from './groups.js'
import { listOffsets } from './list-offsets.js'
import type { TopicPartition } from './members.js'
import { byPlace, committedOffsets, placeOf } from './offsets.js'

export interface PartitionLag extends TopicPartition {
  /** null: nothing is committed. */
  readonly committed: bigint | null
  /** null: not known, see error. */
  readonly end: bigint | null
  /** Records that are not committed; below zero when the log ends before what is committed: a topic made anew. */
  readonly lag: bigint | null
  /** Who is assigned it; null: nobody, or not known while the group rebalances. */
  readonly owner: DescribedMember | null
  readonly error: AdminError | null
}

/** By topic and partition. */
export async function lagOf(
  cluster: Cluster,
  groupId: string,
  { members }: Pick<DescribedGroup, 'members'>,
): Promise<readonly PartitionLag[]> {
  const places = new Map<string, TopicPartition>()
  const owners = new Map<string, DescribedMember>()
  const committed = new Map<string, bigint>()
  for (const { topic, partition, offset } of await committedOffsets(cluster, groupId)) {
    places.set(placeOf({ topic, partition }), { topic, partition })
    committed.set(placeOf({ topic, partition }), offset)
  }
  for (const member of members) {
    for (const place of member.assigned?.kind === 'consumer' ? member.assigned.partitions : []) {
      places.set(placeOf(place), place)
      owners.set(placeOf(place), member)
    }
  }
  const all = [...places.values()].sort(byPlace)
  const uncommitted = all.filter((place) => !committed.has(placeOf(place)))
  const [ends, begins] = await Promise.all([
    listOffsets(cluster, all, 'latest'),
    listOffsets(cluster, uncommitted, 'earliest'),
  ])
  const beginOf = new Map(begins.map((begin) => [placeOf(begin), begin.offset]))
  return ends.map(({ topic, partition, offset: end, error }) => {
    const key = placeOf({ topic, partition })
    const from = committed.get(key) ?? beginOf.get(key) ?? null
    return {
      topic,
      partition,
      committed: committed.get(key) ?? null,
      end,
      lag: end === null || from === null ? null : end - from,
      owner: owners.get(key) ?? null,
      error,
    }
  })
}

/** What is below zero does not make up for what is above. */
export function totalLag(partitions: readonly PartitionLag[]): bigint {
  return partitions.reduce((total, { lag }) => (lag !== null && lag > 0n ? total + lag : total), 0n)
}
