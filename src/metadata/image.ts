// The shape of the cluster as one immutable value: brokers, topics, settings. Machines receive it in their
// context and never change it; changes.ts makes a new image from an old one (Kafka: MetadataImage).

import type { ClientQuotas } from './client-quotas.js'
import type { Settings } from './settings.js'

/** Settings that were set, by Kafka's name. */
export type Configs = ReadonlyMap<string, string | null>

/** What has settings that are kept beside the topics' (Kafka: ConfigResource.Type). */
export const ResourceTypes = { BROKER: 4, CLIENT_METRICS: 16, GROUP: 32 } as const
export type ResourceType = (typeof ResourceTypes)[keyof typeof ResourceTypes]

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
  readonly configs: Configs
}

export interface ClusterImage {
  /** Grows by one with every change. */
  readonly version: number
  readonly clusterId: string
  readonly controllerId: number
  readonly brokers: readonly BrokerNode[]
  readonly topicsByName: ReadonlyMap<string, Topic>
  readonly topicsById: ReadonlyMap<string, Topic>
  /**
   * By type and name; who has none set is not there. Of brokers those that were changed while they ran: a node's by its id,
   * the defaults of all by ''.
   */
  readonly configs: ReadonlyMap<ResourceType, ReadonlyMap<string, Configs>>
  readonly clientQuotas: ClientQuotas
  readonly settings: Settings
}

/** What a machine may know of the world at the moment of a step. */
export interface Context {
  readonly nowMs: number
  readonly image: ClusterImage
  /** Somebody listens to events; when false a machine makes none. */
  readonly observed: boolean
  /** Somebody also wants to hear of every offset that is committed: they are many. */
  readonly commitsObserved: boolean
}
