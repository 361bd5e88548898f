// A new image from an old one. Images are never changed: whoever holds one holds a consistent view of the cluster.

import type { BrokerNode, ClusterImage, Partition, Topic } from './image.js'
import type { Settings } from './settings.js'

export interface ImageChange {
  readonly image: ClusterImage
  readonly created: readonly Topic[]
  readonly deleted: readonly Topic[]
  /** As they are afterwards. */
  readonly grown: readonly Topic[]
}

export function emptyImage(
  clusterId: string,
  brokers: readonly BrokerNode[],
  settings: Settings,
): ClusterImage {
  return {
    version: 0,
    clusterId,
    controllerId: brokers[0]?.nodeId ?? -1,
    brokers,
    topicsByName: new Map(),
    topicsById: new Map(),
    settings,
  }
}

export function withTopics(image: ClusterImage, created: readonly Topic[]): ImageChange {
  return { image: replaceTopics(image, created, []), created, deleted: [], grown: [] }
}

export function withoutTopics(image: ClusterImage, deleted: readonly Topic[]): ImageChange {
  return { image: replaceTopics(image, [], deleted), created: [], deleted, grown: [] }
}

export function withGrownTopics(image: ClusterImage, grown: readonly Topic[]): ImageChange {
  return { image: replaceTopics(image, grown, []), created: [], deleted: [], grown }
}

/** Topics whose settings changed. Nobody keeps anything of a topic's settings, so nobody is told. */
export function withAlteredTopics(image: ClusterImage, altered: readonly Topic[]): ImageChange {
  return { image: replaceTopics(image, altered, []), created: [], deleted: [], grown: [] }
}

function replaceTopics(image: ClusterImage, put: readonly Topic[], gone: readonly Topic[]): ClusterImage {
  const topicsByName = new Map(image.topicsByName)
  const topicsById = new Map(image.topicsById)
  for (const topic of gone) {
    topicsByName.delete(topic.name)
    topicsById.delete(topic.id)
  }
  for (const topic of put) {
    topicsByName.set(topic.name, topic)
    topicsById.set(topic.id, topic)
  }
  return { ...image, version: image.version + 1, topicsByName, topicsById }
}

/** Partitions from index `first` on, their replicas spread over the brokers in turn. */
export function spreadPartitions(
  brokers: readonly BrokerNode[],
  first: number,
  count: number,
  replicationFactor: number,
): Partition[] {
  return Array.from({ length: count }, (_, i) => {
    const index = first + i
    const replicas = Array.from({ length: replicationFactor }, (_, r) => {
      return (brokers[(index + r) % brokers.length] as BrokerNode).nodeId
    })
    return assignedPartition(index, replicas)
  })
}

/** The first replica leads. */
export function assignedPartition(index: number, replicas: readonly number[]): Partition {
  return { index, leader: replicas[0] as number, leaderEpoch: 0, replicas }
}
