// What a client's settings say about its place in the group: assignors, static membership, the protocol of KIP-848.

import { fromMs } from '../../observe/duration.js'
import { isEager } from '../assignors.js'
import type { Verdict } from '../rule.js'
import type { ClientConfig, Setting } from './client-config.js'

/** A static member that dies leaves its partitions idle so long before anybody should think twice. */
const LONG_SESSION_MS = 300_000

export function judgeStaticSession({ instanceId, sessionTimeoutMs: session }: ClientConfig): Verdict[] {
  if (instanceId.value === null || session.value < LONG_SESSION_MS) return []
  return [
    {
      headline: `If this static member dies, its partitions are idle for ${fromMs(session.value)}`,
      evidence: [
        `${instanceId.name} is set (${instanceId.origin})`,
        `${session.name}=${session.value} (${session.origin})`,
      ],
      explanation: 'A static member never leaves by itself: only its session tells that it is gone.',
      remedy: `${session.name} just above the time of a restart, 60000 for most`,
    },
  ]
}

export function judgeAssignors({ assignors, client, groupProtocol }: ClientConfig): Verdict[] {
  if (client === 'kafkajs' || groupProtocol.value === 'consumer') return [] // kafkajs has no other kind
  // The first that all members have is chosen: with an eager one in front the group stays eager.
  const [first] = assignors.value
  if (first === undefined || !isEager(first)) return []
  const isReady = assignors.value.includes('cooperative-sticky')
  return [
    {
      headline: `The group's assignor is '${first}': every rebalance takes all partitions from everybody`,
      evidence: [`${assignors.name}=${assignors.value.join(',')} (${originOf(assignors)})`],
      explanation: isReady
        ? "'cooperative-sticky' is there, but behind an eager assignor; the first that all members have is chosen."
        : 'With a cooperative assignor members keep what they keep, and go on reading meanwhile (KIP-429).',
      remedy: isReady
        ? `A rolling restart with ${assignors.name}=cooperative-sticky alone`
        : `Two rolling restarts: ${assignors.name}=cooperative-sticky,${first}, then cooperative-sticky alone`,
    },
  ]
}

/** Java's ConsumerConfig refuses them: in a consumer group the broker has them. */
const OF_THE_BROKER = ['sessionTimeoutMs', 'heartbeatIntervalMs', 'assignors'] as const

export function judgeConsumerProtocol(config: ClientConfig): Verdict[] {
  if (config.groupProtocol.value !== 'consumer') return []
  const set = OF_THE_BROKER.filter((key) => config.isSet(key)).map((key) => config[key])
  if (set.length === 0) return []
  const names = set.map(({ name }) => name).join(', ')
  return [
    {
      headline: `${names} cannot be set with ${config.groupProtocol.name}=consumer`,
      evidence: set.map((setting) => `${setting.name} (${originOf(setting)})`),
      explanation:
        'In a consumer group (KIP-848) the broker decides them: group.consumer.session.timeout.ms, group.consumer.heartbeat.interval.ms, group.remote.assignor.',
      remedy: `Remove ${names}; per group the broker has consumer.session.timeout.ms and consumer.heartbeat.interval.ms`,
    },
  ]
}

const originOf = ({ origin }: Setting<unknown>) => (origin === 'default' ? "the client's default" : origin)
