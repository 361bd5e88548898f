// Settings as DescribeConfigs and CreateTopics tell them: value, where it comes from, and what stands behind it
// (Kafka: ConfigHelper). Sources are numbered as in DescribeConfigsResponse.ConfigSource.

import type { Topic } from '../../metadata/image.js'
import { TOPIC_CONFIGS, type TopicConfig } from '../../metadata/topic-configs.js'
import type { KafkaType } from './kafka-settings.data.js'
import type { BrokerConfig, ResolvedConfig } from './resolve.js'

const TOPIC_SOURCE = 1
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
  return [...config.broker.values()].map(describeBrokerSetting)
}

function describeBrokerSetting(setting: BrokerConfig): DescribedConfig {
  const { name, type, value } = setting
  const synonyms = synonymsOf(setting)
  return { name, type, value: type === 'password' ? null : value, source: sourceOf(setting), synonyms }
}

const sourceOf = ({ value, default: usual }: BrokerConfig) =>
  value === usual ? DEFAULT_SOURCE : STATIC_BROKER_SOURCE

function synonymsOf(setting: BrokerConfig): Synonym[] {
  const { name, value, default: usual } = setting
  const behind: Synonym[] = usual === null ? [] : [{ name, value: usual, source: DEFAULT_SOURCE }]
  return value === usual ? behind : [{ name, value, source: STATIC_BROKER_SOURCE }, ...behind]
}

/** Every setting of a topic: what was set for it, else what the broker says, else Kafka's default. */
export function effectiveTopicConfigs(config: ResolvedConfig, topic: Topic): DescribedConfig[] {
  return [...TOPIC_CONFIGS.values()].map((known) => describeTopicSetting(config, topic, known))
}

function describeTopicSetting(config: ResolvedConfig, topic: Topic, known: TopicConfig): DescribedConfig {
  const { name, type, brokerSetting } = known
  const behind = brokerSetting === null ? undefined : config.broker.get(brokerSetting)
  const inherited = behind === undefined ? [] : synonymsOf(behind)
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
    value: behind?.value ?? known.default,
    source: behind === undefined ? DEFAULT_SOURCE : sourceOf(behind),
    synonyms: inherited,
  }
}
