// The records of the cluster in the store: plain values, which JSON keeps. A later record of the same key is all that counts.

import { quotaKey } from '../metadata/client-quotas.js'
import type { MetadataRecord } from '../metadata/records.js'
import type { StoredRecord } from '../store/store.js'
import type { Hosted } from './hosting.js'

const SEPARATOR = '\u0000'

export function metadataRecords<Event>(
  create: Hosted<Event, MetadataRecord>['create'],
): Hosted<Event, MetadataRecord> {
  return { log: '__cluster_metadata', create, toStored, fromStored }
}

function toStored(record: MetadataRecord): StoredRecord {
  switch (record.kind) {
    case 'Topic': {
      const { topic } = record
      const value = { ...record, topic: { ...topic, configs: [...topic.configs] } }
      return { key: key('topic', topic.id), value }
    }
    case 'TopicRemoved':
      return { key: key('topic', record.id), value: null }
    case 'Configs': {
      const { resourceType, resourceName, configs } = record
      const value = configs.size === 0 ? null : { ...record, configs: [...configs] }
      return { key: key('configs', String(resourceType), resourceName), value }
    }
    case 'ClientQuota': {
      const { entity, values } = record.quota
      const value = { kind: record.kind, quota: { entity: [...entity], values: [...values] } }
      return { key: key('quota', quotaKey(entity)), value: values.size === 0 ? null : value }
    }
    case 'ProducerIds':
      return { key: record.kind, value: { ...record, nextProducerId: String(record.nextProducerId) } }
    case 'ClusterId':
      return { key: record.kind, value: record }
  }
}

const key = (...parts: string[]) => parts.join(SEPARATOR)

type Entries<V> = readonly (readonly [string, V])[]

/** As toStored leaves them. */
type Plain =
  | (Omit<Extract<MetadataRecord, { kind: 'Topic' }>, 'topic'> & { readonly topic: PlainTopic })
  | Extract<MetadataRecord, { kind: 'TopicRemoved' | 'ClusterId' }>
  | (Omit<Extract<MetadataRecord, { kind: 'Configs' }>, 'configs'> & {
      readonly configs: Entries<string | null>
    })
  | {
      readonly kind: 'ClientQuota'
      readonly quota: { readonly entity: Entries<string | null>; readonly values: Entries<number> }
    }
  | { readonly kind: 'ProducerIds'; readonly nextProducerId: string }

type PlainTopic = Omit<Extract<MetadataRecord, { kind: 'Topic' }>['topic'], 'configs'> & {
  readonly configs: Entries<string | null>
}

function fromStored({ value }: StoredRecord): MetadataRecord {
  const record = value as Plain
  switch (record.kind) {
    case 'Topic':
      return { ...record, topic: { ...record.topic, configs: new Map(record.topic.configs) } }
    case 'Configs':
      return { ...record, configs: new Map(record.configs) }
    case 'ClientQuota': {
      const { entity, values } = record.quota
      return { kind: record.kind, quota: { entity: new Map(entity), values: new Map(values) } }
    }
    case 'ProducerIds':
      return { ...record, nextProducerId: BigInt(record.nextProducerId) }
    case 'TopicRemoved':
    case 'ClusterId':
      return record
  }
}
