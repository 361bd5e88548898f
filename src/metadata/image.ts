// The shape of the cluster as one immutable value: brokers, topics, settings. Machines receive it in their
// context and never change it; changes.ts makes a new image from an old one (Kafka: MetadataImage).

import type { Settings } from './settings.js'

export interface BrokerNode {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

export interface Partition {
  readonly index: number
  /** Node id of the leader. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
}

export interface Topic {
  readonly name: string
  /** Uuid as 22 characters of URL-safe base64. */
  readonly id: string
  readonly internal: boolean
  /** partitions[i].index === i */
  readonly partitions: readonly Partition[]
  /** Topic settings that were set, by Kafka's name; what is absent has the broker's default. */
  readonly configs: ReadonlyMap<string, string | null>
}

export interface ClusterImage {
  /** Grows by one with every change. */
  readonly version: number
  readonly clusterId: string
  readonly controllerId: number
  readonly brokers: readonly BrokerNode[]
  readonly topicsByName: ReadonlyMap<string, Topic>
  readonly topicsById: ReadonlyMap<string, Topic>
  readonly settings: Settings
}

/** What a machine may know of the world at the moment of a step. */
export interface Context {
  readonly nowMs: number
  readonly image: ClusterImage
  /** Somebody listens to events; when false a machine makes none. */
  readonly observed: boolean
}
