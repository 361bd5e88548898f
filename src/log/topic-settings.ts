// The settings of a topic that have an effect on its log: what was set for it, else what the broker says. Looked up once
// per topic: an altered topic is another object.

import type { Topic } from '../metadata/image.js'
import type { Settings } from '../metadata/settings.js'

export interface TopicSettings {
  /** cleanup.policy has 'delete': retention applies, and clients may delete records. */
  readonly deletes: boolean
  readonly compacts: boolean
  /** -1: for ever. */
  readonly retentionMs: number
  /** Of one partition; -1: without bounds. */
  readonly retentionBytes: number
  readonly deleteRetentionMs: number
  readonly minCompactionLagMs: number
  readonly maxMessageBytes: number
  readonly minInsyncReplicas: number
  readonly appendTime: boolean
  readonly timestampBeforeMaxMs: bigint
  readonly timestampAfterMaxMs: bigint
}

/** Kafka's way to say: without bounds. */
const LONG_MAX = 2n ** 63n - 1n

const known = new WeakMap<Topic, { settings: Settings; read: TopicSettings }>()

export function topicSettings(topic: Topic, settings: Settings): TopicSettings {
  const before = known.get(topic)
  if (before?.settings === settings) return before.read
  const read = readSettings(topic, settings)
  known.set(topic, { settings, read })
  return read
}

function readSettings({ configs }: Topic, settings: Settings): TopicSettings {
  const number = (name: string, usual: number) => Number(configs.get(name) ?? usual)
  const long = (name: string, usual: number) => {
    const given = configs.get(name)
    if (given != null) return BigInt(given.trim())
    return usual >= Number.MAX_SAFE_INTEGER ? LONG_MAX : BigInt(usual)
  }
  const policy = (configs.get('cleanup.policy') ?? settings.logCleanupPolicy).split(',').map((p) => p.trim())
  return {
    deletes: policy.includes('delete'),
    compacts: policy.includes('compact'),
    retentionMs: number('retention.ms', settings.logRetentionMs),
    retentionBytes: number('retention.bytes', settings.logRetentionBytes),
    deleteRetentionMs: number('delete.retention.ms', 86_400_000),
    minCompactionLagMs: number('min.compaction.lag.ms', 0),
    maxMessageBytes: number('max.message.bytes', settings.messageMaxBytes),
    minInsyncReplicas: number('min.insync.replicas', settings.minInsyncReplicas),
    appendTime:
      (configs.get('message.timestamp.type') ?? settings.logMessageTimestampType) === 'LogAppendTime',
    timestampBeforeMaxMs: long('message.timestamp.before.max.ms', settings.logMessageTimestampBeforeMaxMs),
    timestampAfterMaxMs: long('message.timestamp.after.max.ms', settings.logMessageTimestampAfterMaxMs),
  }
}
