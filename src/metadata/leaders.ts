// Who leads a partition: moved by hand, or elected when its leader is gone or a replica comes back (Kafka: PartitionChangeBuilder,
// ReplicationControlManager.handleBrokerFenced). Every replica that lives is in sync: brokers of one process share their log.

import type { ClusterImage, Partition, Topic } from './image.js'

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

/** Topics as they become because of who lives: a partition without a living leader is led by its first living replica, or nobody. */
export function electLeaders(image: ClusterImage): Topic[] {
  const living = new Set(image.brokers.map(({ nodeId }) => nodeId))
  const elect = (partition: Partition): Partition => {
    const { leader, replicas } = partition
    if (living.has(leader)) return partition
    const elected = replicas.find((id) => living.has(id)) ?? NO_LEADER
    return elected === leader ? partition : ledBy(partition, elected)
  }
  const elected: Topic[] = []
  for (const topic of image.topicsByName.values()) {
    const partitions = topic.partitions.map(elect)
    if (partitions.some((partition, i) => partition !== topic.partitions[i]))
      elected.push({ ...topic, partitions })
  }
  return elected
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
