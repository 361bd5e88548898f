// Images and partitions are made here. They are never changed: whoever holds one holds a consistent view of the cluster.

import type { BrokerNode, ClusterImage, Partition, Topic } from './image.js'
import { removalRecords, topicRecords, withRecords } from './records.js'
import type { Settings } from './settings.js'

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
    configs: new Map(),
    clientQuotas: new Map(),
    settings,
  }
}

/** With those that run; the first of them is told to be the controller. */
export function withBrokers(image: ClusterImage, brokers: readonly BrokerNode[]): ClusterImage {
  return { ...image, brokers, controllerId: brokers[0]?.nodeId ?? -1 }
}

/** These topics as they are from now on, new or not. */
export function withTopics(image: ClusterImage, topics: readonly Topic[]): ClusterImage {
  return withRecords(image, topicRecords(topics))
}

export function withoutTopics(image: ClusterImage, topics: readonly Topic[]): ClusterImage {
  return withRecords(image, removalRecords(topics))
}

/**
 * Partitions from index `first` on: the first of them is led by the broker at `start`, the next by the next one, and followers come
 * behind their leader (in the spirit of Kafka's StripedReplicaPlacer, without its dice).
 */
export function spreadPartitions(
  brokers: readonly BrokerNode[],
  first: number,
  count: number,
  replicationFactor: number,
  start: number,
): Partition[] {
  return Array.from({ length: count }, (_, i) => {
    const replicas = Array.from({ length: replicationFactor }, (_, r) => {
      return (brokers[(start + i + r) % brokers.length] as BrokerNode).nodeId
    })
    return assignedPartition(first + i, replicas)
  })
}

/** The first replica leads. */
export function assignedPartition(index: number, replicas: readonly number[]): Partition {
  return { index, leader: replicas[0] as number, leaderEpoch: 0, replicas }
}
