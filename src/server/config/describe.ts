// Settings as DescribeConfigs and CreateTopics tell them: value, where it comes from, and what stands behind it
// (Kafka: ConfigHelper). Sources are numbered as in DescribeConfigsResponse.ConfigSource.

import type { Topic } from '../../metadata/image.js'
import { TOPIC_CONFIGS, type TopicConfig } from '../../metadata/topic-configs.js'
import type { KafkaType } from './kafka-settings.data.js'
import type { BrokerConfig, ResolvedConfig } from './resolve.js'

const TOPIC_SOURCE = 1
const DYNAMIC_BROKER_SOURCE = 2
const DYNAMIC_DEFAULT_SOURCE = 3
const STATIC_BROKER_SOURCE = 4
const DEFAULT_SOURCE = 5

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

export function describeBroker(config: ResolvedConfig): DescribedConfig[] {
  const described = [...config.broker.values()].map((setting) => describeBrokerSetting(config, setting))
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

function describeBrokerSetting(config: ResolvedConfig, setting: BrokerConfig): DescribedConfig {
  const { name, type } = setting
  const synonyms = synonymsOf(config, setting)
  const [first] = synonyms
  const value = first === undefined ? setting.value : first.value
  const source = first?.source ?? DEFAULT_SOURCE
  return { name, type, value: type === 'password' ? null : value, source, synonyms }
}

function synonymsOf({ dynamic }: ResolvedConfig, setting: BrokerConfig): Synonym[] {
  const { name, value, default: usual } = setting
  const behind: Synonym[] = []
  const add = (from: string | null | undefined, source: number) => {
    if (from !== undefined) behind.push({ name, value: from, source })
  }
  add(dynamic?.broker.get(name), DYNAMIC_BROKER_SOURCE)
  add(dynamic?.everywhere.get(name), DYNAMIC_DEFAULT_SOURCE)
  if (value !== usual) add(value, STATIC_BROKER_SOURCE)
  if (usual !== null) add(usual, DEFAULT_SOURCE)
  return behind
}

/** Every setting of a topic: what was set for it, else what the broker says, else Kafka's default. */
export function effectiveTopicConfigs(config: ResolvedConfig, topic: Topic): DescribedConfig[] {
  return [...TOPIC_CONFIGS.values()].map((known) => describeTopicSetting(config, topic, known))
}

function describeTopicSetting(config: ResolvedConfig, topic: Topic, known: TopicConfig): DescribedConfig {
  const { name, type, brokerSetting } = known
  const behind = brokerSetting === null ? undefined : config.broker.get(brokerSetting)
  const inherited = behind === undefined ? [] : synonymsOf(config, behind)
  const value = topic.configs.get(name)
  if (value !== undefined) {
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
    value: inherited[0]?.value ?? behind?.value ?? known.default,
    source: inherited[0]?.source ?? DEFAULT_SOURCE,
    synonyms: inherited,
  }
}
