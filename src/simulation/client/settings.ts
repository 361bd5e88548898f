// The settings of model consumers, by the names of the Java client, and the defaults of the clients that they are modelled on.

import type { AssignorName } from '../assignors/assignors.js'

export interface ConsumerSettings {
  readonly groupId: string
  readonly clientId: string
  readonly groupInstanceId: string | null
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** The rebalance timeout of its JoinGroup. */
  readonly maxPollIntervalMs: number
  readonly maxPollRecords: number
  readonly autoOffsetReset: 'earliest' | 'latest' | 'none'
  readonly enableAutoCommit: boolean
  readonly autoCommitIntervalMs: number
  /** In order of preference. */
  readonly assignors: readonly AssignorName[]
  readonly fetchMaxWaitMs: number
  readonly metadataMaxAgeMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
}

/** Java 3 and 4. librdkafka's are the same but for its assignors, and it has no max.poll.records. */
export const JAVA_DEFAULTS: ConsumerSettings = {
  groupId: 'orders',
  clientId: 'consumer-orders-1',
  groupInstanceId: null,
  topics: ['orders'],
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3000,
  maxPollIntervalMs: 300_000,
  maxPollRecords: 500,
  autoOffsetReset: 'latest',
  enableAutoCommit: true,
  autoCommitIntervalMs: 5000,
  assignors: ['range', 'cooperative-sticky'],
  fetchMaxWaitMs: 500,
  metadataMaxAgeMs: 300_000,
  requestTimeoutMs: 30_000,
  retryBackoffMs: 100,
}

/** kafkajs 2.2: maxPollIntervalMs stands for its rebalanceTimeout, maxPollRecords for what fits into a fetched batch. */
export const KAFKAJS_DEFAULTS: ConsumerSettings = {
  ...JAVA_DEFAULTS,
  clientId: 'kafkajs',
  sessionTimeoutMs: 30_000,
  maxPollIntervalMs: 60_000,
  assignors: ['roundrobin'],
  fetchMaxWaitMs: 5000,
  retryBackoffMs: 300,
}

/** ruby-kafka 1.4: maxPollIntervalMs stands for its rebalance_timeout. */
export const RUBY_DEFAULTS: ConsumerSettings = {
  ...KAFKAJS_DEFAULTS,
  clientId: 'ruby-kafka',
  sessionTimeoutMs: 30_000,
  heartbeatIntervalMs: 10_000,
  maxPollIntervalMs: 60_000,
  autoOffsetReset: 'earliest',
  autoCommitIntervalMs: 10_000,
  fetchMaxWaitMs: 1000,
}
