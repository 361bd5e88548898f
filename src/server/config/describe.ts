// Settings as DescribeConfigs and CreateTopics tell them: value, where it comes from, and what stands behind it
// (Kafka: ConfigHelper). Sources are numbered as in DescribeConfigsResponse.ConfigSource.

import { parsedValue } from '../../metadata/config-values.js'
import type { Topic } from '../../metadata/image.js'
import { TOPIC_CONFIGS, type TopicConfig } from '../../metadata/topic-configs.js'
import type { KafkaType } from './kafka-settings.data.js'
import type { BrokerConfig, ResolvedConfig } from './resolve.js'

const TOPIC_SOURCE = 1
const DYNAMIC_BROKER_SOURCE = 2
const DYNAMIC_DEFAULT_SOURCE = 3
const STATIC_BROKER_SOURCE = 4
export const DEFAULT_SOURCE = 5

export interface Synonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

export interface DescribedConfig {
  readonly name: string
  readonly type: KafkaType
  readonly value: string | null
  readonly source: number
  /** Strongest first, the value in force at its head. */
  readonly synonyms: readonly Synonym[]
}

/** `identity`: which of its settings say who it is, as they came out (listeners with the port that was free). */
export function describeBroker(
  config: ResolvedConfig,
  identity: Readonly<Record<string, string | null>> = {},
): DescribedConfig[] {
  const described = [...config.broker.values()].map((setting) => {
    const value = identity[setting.name]
    return describeBrokerSetting(config, value == null ? setting : { ...setting, value, isGiven: true })
  })
  const unknown = [...(config.dynamic?.broker ?? [])].filter(([name]) => !config.broker.has(name))
  return [...described, ...unknown.map(([name, value]) => dynamicOnly(name, value, DYNAMIC_BROKER_SOURCE))]
}

/** The defaults of all brokers that were set while they ran. */
export function describeDynamicDefaults({ dynamic, broker }: ResolvedConfig): DescribedConfig[] {
  return [...(dynamic?.everywhere ?? [])].map(([name, value]) =>
    dynamicOnly(name, value, DYNAMIC_DEFAULT_SOURCE, broker.get(name)?.type),
  )
}

/** What is not of Kafka's own settings is a secret: nobody knows whose it is. */
function dynamicOnly(name: string, value: string | null, source: number, type?: KafkaType): DescribedConfig {
  const isSecret = type === undefined || type === 'password'
  const shown = isSecret ? null : value
  return { name, type: type ?? 'password', value: shown, source, synonyms: [{ name, value: shown, source }] }
}

/** What a broker setting is at the moment. */
export function settingInForce(config: ResolvedConfig, name: string): string | undefined {
  const setting = config.broker.get(name)
  return (setting && describeBrokerSetting(config, setting).value) ?? undefined
}

function describeBrokerSetting(config: ResolvedConfig, setting: BrokerConfig): DescribedConfig {
  const { name, type } = setting
  const synonyms = synonymsOf(config, setting)
  const [first] = synonyms
  const value = first === undefined ? setting.value : first.value
  const source = first?.source ?? DEFAULT_SOURCE
  const shown = type === 'password' || value === null ? null : parsedValue(type, value)
  return { name, type, value: shown, source, synonyms }
}

/** A time that may be set in several units, the strongest first: what is one of each in ms (Kafka: brokerConfigSynonyms). */
const TIMES: readonly Readonly<Record<string, number>>[] = [
  { 'log.retention.ms': 1, 'log.retention.minutes': 60_000, 'log.retention.hours': 3_600_000 },
  { 'log.roll.ms': 1, 'log.roll.hours': 3_600_000 },
  { 'log.roll.jitter.ms': 1, 'log.roll.jitter.hours': 3_600_000 },
  { 'log.flush.interval.ms': 1, 'log.flush.scheduler.interval.ms': 1 },
]

const timeOf = (name: string) => TIMES.find((units) => Object.hasOwn(units, name))

/** Source by source. As Kafka tells them, they begin where its own name comes first: without one there are none. */
export function synonymsOf({ dynamic, broker }: ResolvedConfig, setting: BrokerConfig): Synonym[] {
  const { name } = setting
  const group = Object.keys(timeOf(name) ?? { [name]: 1 })
  const settings = group.map((each) => (each === name ? setting : broker.get(each)))
  const known = settings.filter((each) => each !== undefined)
  const from = (source: number, read: (each: BrokerConfig) => string | null | undefined): Synonym[] =>
    known.flatMap((each) => {
      const value = read(each)
      if (value === undefined) return []
      return [{ name: each.name, value: each.type === 'password' ? null : value, source }]
    })
  const all = [
    ...from(DYNAMIC_BROKER_SOURCE, (each) => dynamic?.broker.get(each.name)),
    ...from(DYNAMIC_DEFAULT_SOURCE, (each) => dynamic?.everywhere.get(each.name)),
    ...from(STATIC_BROKER_SOURCE, (each) => (each.isGiven ? each.value : undefined)),
    ...from(DEFAULT_SOURCE, (each) => each.default ?? undefined),
  ]
  const first = all.findIndex((synonym) => synonym.name === name)
  return first === -1 ? [] : all.slice(first)
}

/** Every setting of a topic: what was set for it, else what the broker says, else Kafka's default. */
export function effectiveTopicConfigs(config: ResolvedConfig, topic: Topic): DescribedConfig[] {
  return [...TOPIC_CONFIGS.values()].map((known) => describeTopicSetting(config, topic, known))
}

function describeTopicSetting(config: ResolvedConfig, topic: Topic, known: TopicConfig): DescribedConfig {
  const { name, type, brokerSetting } = known
  const behind = brokerSetting === null ? undefined : config.broker.get(brokerSetting)
  const inherited = behind === undefined ? [] : synonymsOf(config, behind)
  const given = topic.configs.get(name)
  if (given !== undefined) {
    const value = given === null ? null : parsedValue(type, given)
    return {
      name,
      type,
      value,
      source: TOPIC_SOURCE,
      synonyms: [{ name, value, source: TOPIC_SOURCE }, ...inherited],
    }
  }
  return {
    name,
    type,
    value: parsedValue(type, inherited[0]?.value ?? inheritedValue(config, behind) ?? known.default),
    source: inherited[0]?.source ?? DEFAULT_SOURCE,
    synonyms: inherited,
  }
}

/** Of a time that is not set in its own unit, what the coarser ones say. */
function inheritedValue({ broker }: ResolvedConfig, setting: BrokerConfig | undefined): string | undefined {
  if (setting === undefined) return undefined
  if (setting.value !== null) return setting.value
  for (const [name, unitMs] of Object.entries(timeOf(setting.name) ?? {})) {
    const value = broker.get(name)?.value ?? null
    if (value === null) continue
    const time = BigInt(value)
    return String(time < 0n ? time : time * BigInt(unitMs))
  }
  return undefined
}
