// The settings that change what Cohort does, by Kafka's own names with Kafka's defaults. The broker's table
// of all settings (flags, files, DescribeConfigs) is src/server/config.ts; it produces this value.

export interface Settings {
  readonly groupMinSessionTimeoutMs: number
  readonly groupMaxSessionTimeoutMs: number
  readonly groupInitialRebalanceDelayMs: number
  readonly groupMaxSize: number
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
}

export const DEFAULT_SETTINGS: Settings = {
  groupMinSessionTimeoutMs: 6000,
  groupMaxSessionTimeoutMs: 1_800_000,
  groupInitialRebalanceDelayMs: 3000,
  groupMaxSize: 2_147_483_647,
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
}
