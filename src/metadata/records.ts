// What is kept of the cluster, record by record, and what an image becomes by one (Kafka: the records of __cluster_metadata and
// their deltas). Live and at load alike, an image changes only by these.

import { type ClientQuota, quotaKey } from './client-quotas.js'
import type { ClusterImage, Configs, ResourceType, Topic } from './image.js'

export type MetadataRecord =
  | { readonly kind: 'ClusterId'; readonly clusterId: string }
  /** A topic as it is from now on. */
  | { readonly kind: 'Topic'; readonly topic: Topic }
  | { readonly kind: 'TopicRemoved'; readonly name: string; readonly id: string }
  /** The settings of a broker, a group or a client metrics subscription, as a whole. */
  | {
      readonly kind: 'Configs'
      readonly resourceType: ResourceType
      readonly resourceName: string
      readonly configs: Configs
    }
  /** All that an entity is limited to. */
  | { readonly kind: 'ClientQuota'; readonly quota: ClientQuota }
  /** Producer ids below this one may have been handed out (Kafka: ProducerIdsRecord). */
  | { readonly kind: 'ProducerIds'; readonly nextProducerId: bigint }

export function topicRecords(topics: readonly Topic[]): MetadataRecord[] {
  return topics.map((topic) => ({ kind: 'Topic', topic }))
}

export function removalRecords(topics: readonly Topic[]): MetadataRecord[] {
  return topics.map(({ name, id }) => ({ kind: 'TopicRemoved', name, id }))
}

/** After these nothing is set but of topics: no settings of brokers, groups and client metrics, no quotas. */
export function unsetRecords({ configs, clientQuotas }: ClusterImage): MetadataRecord[] {
  const unset = [...configs].flatMap(([resourceType, ofType]) =>
    Array.from(ofType.keys(), (resourceName): MetadataRecord => {
      return { kind: 'Configs', resourceType, resourceName, configs: new Map() }
    }),
  )
  const unlimited = Array.from(clientQuotas.values(), ({ entity }): MetadataRecord => {
    return { kind: 'ClientQuota', quota: { entity, values: new Map() } }
  })
  return [...unset, ...unlimited]
}

/** The image after these records. Whoever holds the old one holds a consistent view of the cluster. */
export function withRecords(image: ClusterImage, records: readonly MetadataRecord[]): ClusterImage {
  const topicsByName = new Map(image.topicsByName)
  const topicsById = new Map(image.topicsById)
  let { clusterId, configs, clientQuotas } = image
  for (const record of records) {
    if (record.kind === 'Topic') {
      topicsByName.set(record.topic.name, record.topic)
      topicsById.set(record.topic.id, record.topic)
    } else if (record.kind === 'TopicRemoved') {
      topicsByName.delete(record.name)
      topicsById.delete(record.id)
    } else if (record.kind === 'ClusterId') {
      clusterId = record.clusterId
    } else if (record.kind === 'Configs') {
      const ofType = configs.get(record.resourceType) ?? new Map()
      configs = new Map(configs).set(record.resourceType, put(ofType, record.resourceName, record.configs))
    } else if (record.kind === 'ClientQuota') {
      const { quota } = record
      clientQuotas = put(clientQuotas, quotaKey(quota.entity), quota.values.size === 0 ? null : quota)
    }
  }
  const version = image.version + 1
  return { ...image, version, clusterId, topicsByName, topicsById, configs, clientQuotas }
}

/** Nothing, or no settings: it is not there. */
function put<V extends object>(
  all: ReadonlyMap<string, V>,
  key: string,
  value: V | null,
): ReadonlyMap<string, V> {
  const changed = new Map(all)
  const isNothing = value === null || (value instanceof Map && value.size === 0)
  if (isNothing) changed.delete(key)
  else changed.set(key, value)
  return changed
}
