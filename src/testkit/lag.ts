// How far a group is behind: per partition that it owns or has committed, the end of the log less what is committed.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { OffsetFetchGroupResponse } from '../coordinator/offset-fetch.js'
import { readAssignment } from '../protocol/embedded/consumer-protocol.js'
import type { ListOffsetsResponse } from '../protocol/messages/list-offsets.js'
import type { Cluster } from '../server/cluster.js'
import { ask } from '../server/local.js'

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  /** -1n: nothing is committed. */
  readonly committed: bigint
  readonly end: bigint
  /** Records that are not committed. */
  readonly lag: bigint
}

const LATEST = -1n
const LIST_OFFSETS_VERSION = 5

/** @internal */
export async function lagOf(
  cluster: Cluster,
  group: GroupSnapshot | null,
  { topics }: OffsetFetchGroupResponse,
): Promise<PartitionLag[]> {
  const committed = new Map<string, bigint>()
  for (const { topic, partition } of (group?.members ?? []).flatMap(({ assignment }) =>
    assignedIn(assignment),
  ))
    committed.set(`${partition} ${topic}`, -1n)
  for (const { name, partitions } of topics)
    for (const { partitionIndex, committedOffset } of partitions)
      committed.set(`${partitionIndex} ${name}`, committedOffset)
  return Promise.all(
    [...committed].map(async ([key, offset]) => {
      const [index, ...name] = key.split(' ')
      const [topic, partition] = [name.join(' '), Number(index)]
      const end = await endOf(cluster, topic, partition)
      return { topic, partition, committed: offset, end, lag: end - (offset < 0n ? 0n : offset) }
    }),
  )
}

async function endOf(cluster: Cluster, name: string, partitionIndex: number): Promise<bigint> {
  const partitions = [{ partitionIndex, currentLeaderEpoch: -1, timestamp: LATEST, maxNumOffsets: 1 }]
  const request = { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions }], timeoutMs: 0 }
  const { topics } = await ask<ListOffsetsResponse>(LIST_OFFSETS_VERSION, (ticket) =>
    cluster.log.submit({ type: 'ListOffsets', ticket, request }),
  )
  return topics[0]?.partitions[0]?.offset ?? 0n
}

/** @internal What a consumer's assignment gives it; nothing when it is of another kind. */
export function assignedIn(assignment: Buffer): { readonly topic: string; readonly partition: number }[] {
  if (assignment.length === 0) return []
  try {
    const { assignedPartitions } = readAssignment(assignment)
    return assignedPartitions.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  } catch {
    return []
  }
}
