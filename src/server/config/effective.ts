// The broker settings that change what Cohort does: Kafka's name, the member of Settings it becomes, its bounds, and what
// is our own. Defaults are Kafka's but where `default` says otherwise.

import type { Settings } from '../../metadata/settings.js'

type NumberKey = { [K in keyof Settings]: Settings[K] extends number ? K : never }[keyof Settings]
type ChoiceKey = { [K in keyof Settings]: Settings[K] extends string ? K : never }[keyof Settings]
type BooleanKey = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings]

export interface NumberSetting {
  readonly kind: 'number'
  readonly name: string
  readonly key: NumberKey
  readonly min: number
  readonly max: number
  readonly default?: string
  /** What one of Kafka's units is in ours: retention is in minutes there and in milliseconds here. */
  readonly scale: number
}

export interface BooleanSetting {
  readonly kind: 'boolean'
  readonly name: string
  readonly key: BooleanKey
  readonly default?: string
}

/** One of `values`; several, with commas between them, where it is a list. */
export interface ChoiceSetting {
  readonly kind: 'choice'
  readonly name: string
  readonly key: ChoiceKey
  readonly values: readonly string[]
  readonly isList: boolean
  readonly default?: string
}

export type EffectiveSetting = NumberSetting | BooleanSetting | ChoiceSetting

const INT_MAX = 0x7fffffff
/** Java's Long.MAX_VALUE and more: beyond what a number counts exactly, which no duration or size here comes near. */
const LONG_MAX = 2 ** 63

function number(
  name: string,
  key: NumberKey,
  min: number,
  more: { max?: number; default?: string; scale?: number } = {},
): NumberSetting {
  return { kind: 'number', name, key, min, max: INT_MAX, scale: 1, ...more }
}

function boolean(name: string, key: BooleanKey, more: { default?: string } = {}): BooleanSetting {
  return { kind: 'boolean', name, key, ...more }
}

function choice(name: string, key: ChoiceKey, values: readonly string[], isList = false): ChoiceSetting {
  return { kind: 'choice', name, key, values, isList }
}

export const EFFECTIVE: readonly EffectiveSetting[] = [
  number('group.min.session.timeout.ms', 'groupMinSessionTimeoutMs', 0),
  number('group.max.session.timeout.ms', 'groupMaxSessionTimeoutMs', 0),
  // Kafka waits 3000 ms for more members of a new group; whoever tests or learns need not.
  number('group.initial.rebalance.delay.ms', 'groupInitialRebalanceDelayMs', 0, { default: '0' }),
  number('group.max.size', 'groupMaxSize', 1),
  number('offset.metadata.max.bytes', 'offsetMetadataMaxBytes', 0),
  number('offsets.retention.minutes', 'offsetsRetentionMs', 1, { scale: 60_000 }),
  number('offsets.retention.check.interval.ms', 'offsetsRetentionCheckIntervalMs', 1),
  number('offsets.topic.num.partitions', 'offsetsTopicNumPartitions', 1, { max: 10_000 }),
  number('num.partitions', 'numPartitions', 1, { max: 10_000 }),
  number('default.replication.factor', 'defaultReplicationFactor', 1, { max: 0x7fff }),
  number('message.max.bytes', 'messageMaxBytes', 0),
  number('fetch.max.bytes', 'fetchMaxBytes', 1024),
  number('socket.request.max.bytes', 'socketRequestMaxBytes', 1),
  // The narrower unit is the stronger one: what comes later in this list wins where it was given.
  number('log.retention.hours', 'logRetentionMs', -1, { scale: 3_600_000 }),
  number('log.retention.minutes', 'logRetentionMs', -1, { scale: 60_000 }),
  number('log.retention.ms', 'logRetentionMs', -1, { max: LONG_MAX }),
  number('log.retention.bytes', 'logRetentionBytes', -1, { max: LONG_MAX }),
  number('log.retention.check.interval.ms', 'logRetentionCheckIntervalMs', 1),
  choice('log.cleanup.policy', 'logCleanupPolicy', ['compact', 'delete'], true),
  number('min.insync.replicas', 'minInsyncReplicas', 1),
  choice('log.message.timestamp.type', 'logMessageTimestampType', ['CreateTime', 'LogAppendTime']),
  number('log.message.timestamp.before.max.ms', 'logMessageTimestampBeforeMaxMs', 0, { max: LONG_MAX }),
  number('log.message.timestamp.after.max.ms', 'logMessageTimestampAfterMaxMs', 0, { max: LONG_MAX }),
  number('max.incremental.fetch.session.cache.slots', 'maxIncrementalFetchSessionCacheSlots', 0),
  number('cohort.log.max.bytes', 'logMaxBytes', 1, { max: LONG_MAX, default: '1073741824' }),
  number('cohort.topic.max.bytes', 'topicMaxBytes', 1, { max: LONG_MAX, default: '536870912' }),
  boolean('auto.create.topics.enable', 'autoCreateTopicsEnable'),
  boolean('delete.topic.enable', 'deleteTopicEnable'),
  boolean('cohort.expire.sessions.at.start', 'expireSessionsAtStart', { default: 'true' }),
  boolean('cohort.strict.replication.factor', 'strictReplicationFactor', { default: 'false' }),
]

/** Understood, but not as a member of Settings: they say where to listen and who this is. */
export const IDENTITY_SETTINGS = [
  'listeners',
  'advertised.listeners',
  'node.id',
  'broker.id',
  'broker.rack',
] as const
