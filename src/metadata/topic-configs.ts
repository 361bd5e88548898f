// The settings of a topic: name, type, the broker setting that gives its default ('-': none), Kafka's default. A value is
// checked when a topic is created; what has an effect here is message.timestamp.type, message.timestamp.after.max.ms and
// max.message.bytes.

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
flush.ms long - 9223372036854775807
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
retention.ms long - 604800000
segment.bytes int log.segment.bytes 1073741824
segment.index.bytes int log.index.size.max.bytes 10485760
segment.jitter.ms long - 0
segment.ms long - 604800000
unclean.leader.election.enable boolean unclean.leader.election.enable false
`

export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

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

const AT_LEAST: Readonly<Record<string, number>> = {
  'max.message.bytes': 0,
  'min.insync.replicas': 1,
  'retention.ms': -1,
  'delete.retention.ms': 0,
  'segment.ms': 1,
  'min.compaction.lag.ms': 0,
  'max.compaction.lag.ms': 1,
}

/** Why a topic cannot be given this setting, in Kafka's words, or null. */
export function topicConfigError(name: string, value: string | null): string | null {
  const config = TOPIC_CONFIGS.get(name)
  if (config === undefined) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  const invalid = (why: string) => `Invalid value ${value} for configuration ${name}: ${why}`
  if (config.type === 'boolean') {
    return /^(true|false)$/i.test(value) ? null : invalid('Expected value to be either true or false')
  }
  if (config.type === 'int' || config.type === 'long' || config.type === 'double') {
    const number = config.type === 'double' ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/
    if (!number.test(value)) return invalid(`Not a number of type ${config.type.toUpperCase()}`)
    const least = AT_LEAST[name]
    return least !== undefined && Number(value) < least ? invalid(`Value must be at least ${least}`) : null
  }
  const allowed = ONE_OF[name]
  const values = config.type === 'list' ? value.split(',').filter((part) => part !== '') : [value]
  if (allowed === undefined || values.every((part) => allowed.includes(part.trim()))) return null
  return invalid(`String must be one of: ${allowed.join(', ')}`)
}
