// The settings that change what Cohort does, by Kafka's own names with Kafka's defaults. The broker's table
// of all settings (flags, files, DescribeConfigs) is src/server/config.ts; it produces this value.

export interface Settings {
  readonly groupMinSessionTimeoutMs: number
  readonly groupMaxSessionTimeoutMs: number
  readonly groupInitialRebalanceDelayMs: number
  readonly groupMaxSize: number
  /** Whether members whose session ran out while the server was down are expired when it starts. */
  readonly expireSessionsAtStart: boolean
  /** In UTF-16 code units, whatever its name says: Kafka compares String.length. */
  readonly offsetMetadataMaxBytes: number
  readonly offsetsRetentionMs: number
  readonly offsetsRetentionCheckIntervalMs: number
  readonly offsetsTopicNumPartitions: number
  readonly autoCreateTopicsEnable: boolean
  readonly numPartitions: number
  readonly defaultReplicationFactor: number
  /** false: replication factors above the number of brokers are capped; true: Kafka's INVALID_REPLICATION_FACTOR. */
  readonly strictReplicationFactor: boolean
  readonly deleteTopicEnable: boolean
  readonly messageMaxBytes: number
  readonly fetchMaxBytes: number
  readonly socketRequestMaxBytes: number
  /** -1: for ever. */
  readonly logRetentionMs: number
  /** Of one partition; -1: without bounds. */
  readonly logRetentionBytes: number
  /** How often the log looks for what is too old, too much or to be compacted. */
  readonly logRetentionCheckIntervalMs: number
  readonly logCleanupPolicy: string
  readonly minInsyncReplicas: number
  readonly logMessageTimestampType: string
  readonly logMessageTimestampBeforeMaxMs: number
  readonly logMessageTimestampAfterMaxMs: number
  readonly maxIncrementalFetchSessionCacheSlots: number
  /** Records kept in memory in all, and of one topic: beyond them the oldest go, whatever retention says. */
  readonly logMaxBytes: number
  readonly topicMaxBytes: number
}

export const DEFAULT_SETTINGS: Settings = {
  groupMinSessionTimeoutMs: 6000,
  groupMaxSessionTimeoutMs: 1_800_000,
  groupInitialRebalanceDelayMs: 3000,
  groupMaxSize: 2_147_483_647,
  expireSessionsAtStart: true,
  offsetMetadataMaxBytes: 4096,
  offsetsRetentionMs: 10_080 * 60_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  offsetsTopicNumPartitions: 50,
  autoCreateTopicsEnable: true,
  numPartitions: 1,
  defaultReplicationFactor: 1,
  strictReplicationFactor: false,
  deleteTopicEnable: true,
  messageMaxBytes: 1_048_588,
  fetchMaxBytes: 57_671_680,
  socketRequestMaxBytes: 104_857_600,
  logRetentionMs: 168 * 3_600_000,
  logRetentionBytes: -1,
  logRetentionCheckIntervalMs: 300_000,
  logCleanupPolicy: 'delete',
  minInsyncReplicas: 1,
  logMessageTimestampType: 'CreateTime',
  logMessageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  logMessageTimestampAfterMaxMs: 3_600_000,
  maxIncrementalFetchSessionCacheSlots: 1000,
  logMaxBytes: 1_073_741_824,
  topicMaxBytes: 536_870_912,
}
