// The settings of a topic: name, type, the broker setting that gives its default ('-': none), Kafka's default. A value is
// checked when it is set, in Kafka's words. What has an effect here is read by src/log/topic-settings.ts.

import {
  type ConfigType,
  invalidValue,
  listParts,
  shownNumber,
  valueError,
  type Within,
} from './config-values.js'

const LINES = `
cleanup.policy list log.cleanup.policy delete
compression.gzip.level int compression.gzip.level -1
compression.lz4.level int compression.lz4.level 9
compression.type string compression.type producer
compression.zstd.level int compression.zstd.level 3
delete.retention.ms long log.cleaner.delete.retention.ms 86400000
errors.deadletterqueue.group.enable boolean - false
file.delete.delay.ms long log.segment.delete.delay.ms 60000
flush.messages long log.flush.interval.messages 9223372036854775807
flush.ms long log.flush.interval.ms 9223372036854775807
follower.replication.throttled.replicas list - ''
index.interval.bytes int log.index.interval.bytes 4096
leader.replication.throttled.replicas list - ''
local.retention.bytes long log.local.retention.bytes -2
local.retention.ms long log.local.retention.ms -2
max.compaction.lag.ms long log.cleaner.max.compaction.lag.ms 9223372036854775807
max.decompressed.message.bytes int max.decompressed.message.bytes 2147483639
max.message.bytes int message.max.bytes 1048588
message.timestamp.after.max.ms long log.message.timestamp.after.max.ms 3600000
message.timestamp.before.max.ms long log.message.timestamp.before.max.ms 9223372036854775807
message.timestamp.type string log.message.timestamp.type CreateTime
min.cleanable.dirty.ratio double log.cleaner.min.cleanable.ratio 0.5
min.compaction.lag.ms long log.cleaner.min.compaction.lag.ms 0
min.insync.replicas int min.insync.replicas 1
preallocate boolean log.preallocate false
remote.copy.lag.bytes long log.remote.copy.lag.bytes -1
remote.copy.lag.ms long log.remote.copy.lag.ms 0
remote.log.copy.disable boolean - false
remote.log.delete.on.disable boolean - false
remote.storage.enable boolean - false
retention.bytes long log.retention.bytes -1
retention.ms long log.retention.ms 604800000
segment.bytes int log.segment.bytes 1073741824
segment.index.bytes int log.index.size.max.bytes 10485760
segment.jitter.ms long log.roll.jitter.ms 0
segment.ms long log.roll.ms 604800000
unclean.leader.election.enable boolean unclean.leader.election.enable false
`

export interface TopicConfig {
  readonly name: string
  readonly type: ConfigType
  /** The broker setting whose value a topic has unless told otherwise. */
  readonly brokerSetting: string | null
  readonly default: string
}

export const TOPIC_CONFIGS: ReadonlyMap<string, TopicConfig> = new Map(
  LINES.trim()
    .split('\n')
    .map((line) => {
      const [name = '', type, brokerSetting = '-', value = ''] = line.split(' ')
      const config: TopicConfig = {
        name,
        type: type as ConfigType,
        brokerSetting: brokerSetting === '-' ? null : brokerSetting,
        default: value === "''" ? '' : value,
      }
      return [name, config]
    }),
)

const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  'cleanup.policy': ['compact', 'delete'],
  'compression.type': ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
  'message.timestamp.type': ['CreateTime', 'LogAppendTime'],
}

/** Name -> the least value and, where there is one, the greatest (Kafka: LogConfig). */
const WITHIN: Readonly<Record<string, Within>> = {
  'compression.lz4.level': [1, 17],
  'compression.zstd.level': [-131_072, 22],
  'delete.retention.ms': [0],
  'file.delete.delay.ms': [0],
  'flush.messages': [1],
  'flush.ms': [0],
  'index.interval.bytes': [0],
  'local.retention.bytes': [-2],
  'local.retention.ms': [-2],
  'max.compaction.lag.ms': [1],
  'max.decompressed.message.bytes': [1],
  'max.message.bytes': [0],
  'message.timestamp.after.max.ms': [0],
  'message.timestamp.before.max.ms': [0],
  'min.cleanable.dirty.ratio': [0, 1],
  'min.compaction.lag.ms': [0],
  'min.insync.replicas': [1],
  'remote.copy.lag.bytes': [-1],
  'remote.copy.lag.ms': [-1],
  'retention.ms': [-1],
  'segment.bytes': [1_048_576],
  'segment.index.bytes': [4],
  'segment.jitter.ms': [0],
  'segment.ms': [1],
}

const GZIP_LEVELS = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/** Why a topic cannot be given this setting, in Kafka's words, or null. */
export function topicConfigError(name: string, value: string | null): string | null {
  const config = TOPIC_CONFIGS.get(name)
  if (config === undefined) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  const wrongValue = valueError(name, config.type, value, WITHIN[name])
  if (wrongValue !== null) return wrongValue
  const trimmed = value.trim()
  if (name === 'compression.gzip.level' && !GZIP_LEVELS.includes(Number(trimmed))) {
    return invalidValue(
      name,
      shownNumber(config.type, Number(trimmed)),
      'Value must be between 1 and 9 or equal to -1',
    )
  }
  if (name.endsWith('.throttled.replicas')) return throttledError(name, trimmed)
  const allowed = ONE_OF[name]
  const values = config.type === 'list' ? listParts(trimmed) : [trimmed]
  const wrong = allowed && values.find((part) => !allowed.includes(part))
  return wrong === undefined
    ? null
    : invalidValue(name, wrong, `String must be one of: ${allowed?.join(', ')}`)
}

function throttledError(name: string, value: string): string | null {
  const replicas = value === '' ? [] : value.split(',').map((part) => part.trim())
  if (value === '*' || replicas.every((part) => /^\d+:\d+$/.test(part))) return null
  return invalidValue(
    name,
    `[${replicas.join(', ')}]`,
    `${name} must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...`,
  )
}
