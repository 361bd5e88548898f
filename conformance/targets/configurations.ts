// The targets, and the configurations in which the suite is run against each: together they meet every need of a case.

import { startOurs } from './cohort.js'
import { type Broker, startKafka } from './kafka.js'
import { startKept } from './kept.js'
import { startLibrdkafka, VERSION } from './librdkafka.js'

type Settings = Readonly<Record<string, string | number>>

export interface Configuration {
  readonly name: string
  /** Only cases whose id begins so; all when empty. */
  readonly prefix: string
  /** What takes minutes is run here, and need not be elsewhere. */
  readonly isForSlow: boolean
  readonly start: () => Promise<Broker>
}

export interface TargetPlan {
  /** The name of its result file. */
  readonly key: string
  readonly title: string
  /** A case that fails on it counts as a failure of this run. */
  readonly mustHold: boolean
  readonly configurations: readonly Configuration[]
}

/** What makes a broker quick to test with. */
const QUICK: Settings = {
  'offsets.topic.num.partitions': 1,
  'group.min.session.timeout.ms': 1,
  'group.initial.rebalance.delay.ms': 0,
}

/** Name, prefix, settings. */
const SETTINGS: readonly (readonly [string, string, Settings])[] = [
  ['quick', '', QUICK],
  // Kafka's own: sessions of 6 s at least, an initial delay of 3 s, 50 partitions of offsets.
  ['defaults', '', { 'group.initial.rebalance.delay.ms': 3000 }],
  ['limits', '', { ...QUICK, 'group.max.size': 3, 'group.initial.rebalance.delay.ms': 3000 }],
  // Empty groups go at once, which only these cases expect.
  [
    'retention',
    'expiration',
    { ...QUICK, 'offsets.retention.minutes': 1, 'offsets.retention.check.interval.ms': 1000 },
  ],
]

const FOR_SLOW = ['quick', 'retention']

const AUTHORIZER: Settings = {
  ...QUICK,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
}
const CLUSTER: Settings = { ...QUICK, 'offsets.topic.num.partitions': 12 }

function kafka(version: string): TargetPlan {
  const of = (name: string, prefix: string, settings: Settings, nodes = 1): Configuration => {
    return {
      name,
      prefix,
      isForSlow: FOR_SLOW.includes(name),
      start: () => startKafka({ version, settings, nodes }),
    }
  }
  return {
    key: `kafka-${version}`,
    title: `Apache Kafka ${version}`,
    mustHold: true,
    configurations: [
      ...SETTINGS.map(([name, prefix, settings]) => of(name, prefix, settings)),
      of('authorizer', '', AUTHORIZER),
      of('three brokers', '', CLUSTER, 3),
    ],
  }
}

export const PLANS: readonly TargetPlan[] = [
  kafka('4.4.0'),
  kafka('3.9.1'),
  {
    key: 'cohort',
    title: 'Cohort',
    mustHold: true,
    configurations: [
      ...SETTINGS.map(([name, prefix, settings]) => {
        return { name, prefix, isForSlow: FOR_SLOW.includes(name), start: () => startOurs({ settings }) }
      }),
      {
        name: 'three brokers',
        prefix: '',
        isForSlow: false,
        start: () => startOurs({ settings: CLUSTER, nodes: 3 }),
      },
      { name: 'kept', prefix: '', isForSlow: false, start: () => startKept({ settings: QUICK }) },
    ],
  },
  {
    key: 'librdkafka-mock',
    title: `librdkafka ${VERSION} mock cluster`,
    mustHold: false,
    configurations: [{ name: 'as it is', prefix: '', isForSlow: false, start: startLibrdkafka }],
  },
]
