// The clients whose settings are understood: what each calls them, and its defaults (Java: ConsumerConfig of 4.x; librdkafka:
// CONFIGURATION.md of 2.x; kafkajs: docs/Consuming.md of 2.x).

export type ClientKind = 'java' | 'librdkafka' | 'kafkajs'

export interface ClientSettings {
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** Java and librdkafka: between two polls, and how long a rebalance waits. kafkajs: only the latter. */
  readonly maxPollIntervalMs: number
  /** How many records a poll hands over at the most; null: the client has no such setting. */
  readonly maxPollRecords: number | null
  /** As they are named in JoinGroup. */
  readonly assignors: readonly string[]
  readonly instanceId: string | null
  readonly groupProtocol: string
}

interface Client {
  readonly title: string
  readonly defaults: ClientSettings
  /** Heartbeats come from a thread of their own, whatever the application does. */
  readonly hasHeartbeatThread: boolean
}

export const CLIENTS: Readonly<Record<ClientKind, Client>> = {
  java: {
    title: "Java's consumer",
    hasHeartbeatThread: true,
    defaults: {
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3000,
      maxPollIntervalMs: 300_000,
      maxPollRecords: 500,
      assignors: ['range', 'cooperative-sticky'],
      instanceId: null,
      groupProtocol: 'classic',
    },
  },
  librdkafka: {
    title: 'librdkafka',
    hasHeartbeatThread: true,
    defaults: {
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3000,
      maxPollIntervalMs: 300_000,
      maxPollRecords: null,
      assignors: ['range', 'roundrobin'],
      instanceId: null,
      groupProtocol: 'classic',
    },
  },
  kafkajs: {
    title: 'kafkajs',
    hasHeartbeatThread: false,
    defaults: {
      sessionTimeoutMs: 30_000,
      heartbeatIntervalMs: 3000,
      maxPollIntervalMs: 60_000,
      maxPollRecords: null,
      assignors: ['RoundRobinAssigner'],
      instanceId: null,
      groupProtocol: 'classic',
    },
  },
}

const JAVA_NAMES: Readonly<Record<keyof ClientSettings, string>> = {
  sessionTimeoutMs: 'session.timeout.ms',
  heartbeatIntervalMs: 'heartbeat.interval.ms',
  maxPollIntervalMs: 'max.poll.interval.ms',
  maxPollRecords: 'max.poll.records',
  assignors: 'partition.assignment.strategy',
  instanceId: 'group.instance.id',
  groupProtocol: 'group.protocol',
}

export const NAMES: Readonly<Record<ClientKind, Readonly<Partial<Record<keyof ClientSettings, string>>>>> = {
  java: JAVA_NAMES,
  librdkafka: JAVA_NAMES,
  kafkajs: {
    sessionTimeoutMs: 'sessionTimeout',
    heartbeatIntervalMs: 'heartbeatInterval',
    maxPollIntervalMs: 'rebalanceTimeout',
    assignors: 'partitionAssigners',
  },
}

/** A .properties file with one of these is not for Java. */
export const ONLY_LIBRDKAFKA = [
  'metadata.broker.list',
  'enable.auto.offset.store',
  'enable.partition.eof',
  'statistics.interval.ms',
  'queued.min.messages',
  'queued.max.messages.kbytes',
  'fetch.wait.max.ms',
  'socket.timeout.ms',
  'socket.keepalive.enable',
  'message.max.bytes',
  'log_level',
  'debug',
] as const
