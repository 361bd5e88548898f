// Who leads a partition: moved by hand, or elected when its leader is gone or a replica comes back (Kafka: PartitionChangeBuilder,
// ReplicationControlManager.handleBrokerFenced). Every replica that lives is in sync: brokers of one process share their log.

import type { BrokerNode, ClusterImage, Partition, Topic } from './image.js'

/** The leader of what nobody leads. */
export const NO_LEADER = -1

const ledBy = (partition: Partition, leader: number): Partition => ({
  ...partition,
  leader,
  leaderEpoch: partition.leaderEpoch + 1,
})

/** Led by this node, which takes the old leader's place among the replicas unless it is one. */
export function movedTo(topic: Topic, index: number, leader: number): Topic {
  const partitions = topic.partitions.map((partition) => {
    if (partition.index !== index) return partition
    const replicas = partition.replicas.includes(leader)
      ? partition.replicas
      : [leader, ...partition.replicas.filter((id) => id !== partition.leader)]
    return ledBy({ ...partition, replicas }, leader)
  })
  return { ...topic, partitions }
}

/** Of a cluster that was begun again with fewer nodes: replicas on those that are no more are given up, and what has no other is placed anew. */
export function withoutLostNodes({ brokers, topicsByName }: ClusterImage): Topic[] {
  const isThere = (id: number) => brokers.some(({ nodeId }) => nodeId === id)
  const settle = (partition: Partition): Partition => {
    const { index, leader, replicas } = partition
    if (replicas.every(isThere)) return partition
    const kept = replicas.filter(isThere)
    const placed = kept.length > 0 ? kept : [(brokers[index % brokers.length] as BrokerNode).nodeId]
    const settled = { ...partition, replicas: placed }
    return placed.includes(leader) ? settled : ledBy(settled, placed[0] as number)
  }
  return changedBy(topicsByName.values(), settle)
}

/** Topics as they become because of who lives: a partition without a living leader is led by its first living replica, or nobody. */
export function electLeaders(image: ClusterImage): Topic[] {
  const living = new Set(image.brokers.map(({ nodeId }) => nodeId))
  const elect = (partition: Partition): Partition => {
    const { leader, replicas } = partition
    if (living.has(leader)) return partition
    const elected = replicas.find((id) => living.has(id)) ?? NO_LEADER
    return elected === leader ? partition : ledBy(partition, elected)
  }
  return changedBy(image.topicsByName.values(), elect)
}

function changedBy(topics: Iterable<Topic>, change: (partition: Partition) => Partition): Topic[] {
  const changed: Topic[] = []
  for (const topic of topics) {
    const partitions = topic.partitions.map(change)
    if (partitions.some((partition, i) => partition !== topic.partitions[i]))
      changed.push({ ...topic, partitions })
  }
  return changed
}

/** Partitions that another node leads in the later image. */
export function movedPartitions(
  before: ClusterImage,
  after: ClusterImage,
): { readonly topicId: string; readonly index: number }[] {
  const moved: { topicId: string; index: number }[] = []
  for (const [topicId, { partitions }] of after.topicsById) {
    const earlier = before.topicsById.get(topicId)?.partitions
    if (earlier === undefined || earlier === partitions) continue
    for (const { index, leader } of partitions) {
      if (earlier[index] !== undefined && earlier[index]?.leader !== leader) moved.push({ topicId, index })
    }
  }
  return moved
}
