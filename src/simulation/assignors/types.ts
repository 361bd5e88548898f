// What an assignor is given and gives.

/** Topic -> partitions. */
export type Owned = ReadonlyMap<string, readonly number[]>

export interface Subscriber {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly topics: readonly string[]
  /** What it says it owns (KIP-429), or had at last where its assignor tells. */
  readonly owned: Owned
  /** The generation of what it owns; -1 where it does not say. */
  readonly generation: number
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Member id -> its partitions. `partitionCounts`: topic -> number of partitions. */
export type Assignment = Map<string, TopicPartition[]>
export type Assign = (
  subscribers: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
) => Assignment

export function emptyAssignment(subscribers: readonly Subscriber[]): Assignment {
  return new Map(subscribers.map(({ memberId }) => [memberId, []]))
}

/** Every partition that somebody subscribes to, by topic and number. */
export function allPartitions(
  subscribers: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): TopicPartition[] {
  const topics = [...new Set(subscribers.flatMap((subscriber) => subscriber.topics))].sort()
  return topics.flatMap((topic) =>
    Array.from({ length: partitionCounts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
  )
}

/** Static members by their instance id, the others by member id (Java: AbstractPartitionAssignor.MemberInfo). */
export function inOrder(subscribers: readonly Subscriber[]): Subscriber[] {
  return [...subscribers].sort((a, b) => {
    if (a.groupInstanceId !== null && b.groupInstanceId !== null)
      return compare(a.groupInstanceId, b.groupInstanceId)
    if (a.groupInstanceId !== null) return -1
    if (b.groupInstanceId !== null) return 1
    return compare(a.memberId, b.memberId)
  })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Topics and partitions in order, as they go into a message. */
export function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const list = topics.get(topic)
    if (list === undefined) topics.set(topic, [partition])
    else list.push(partition)
  }
  return [...topics].map(([topic, list]) => ({ topic, partitions: list.sort((a, b) => a - b) }))
}
