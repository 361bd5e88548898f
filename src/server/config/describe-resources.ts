// The settings of groups and of client metrics subscriptions as DescribeConfigs tells them. Neither need exist: who has none set
// has the defaults (Kafka: ConfigHelper, GroupConfigManager, ClientMetricsConfigs).

import { CLIENT_METRICS_CONFIGS } from '../../metadata/client-metrics.js'
import { parsedValue } from '../../metadata/config-values.js'
import { GROUP_CONFIGS, type GroupConfig } from '../../metadata/group-configs.js'
import type { Configs } from '../../metadata/image.js'
import { DEFAULT_SOURCE, type DescribedConfig, type Synonym, synonymsOf } from './describe.js'
import type { ResolvedConfig } from './resolve.js'

const CLIENT_METRICS_SOURCE = 7
const GROUP_SOURCE = 8
const NONE: Configs = new Map()

export function describeGroup(config: ResolvedConfig, configs: Configs = NONE): DescribedConfig[] {
  return [...GROUP_CONFIGS.values()]
    .filter(({ name, isInternal }) => !isInternal || configs.has(name))
    .map((known) => {
      const { name, type } = known
      const value = configs.get(name)
      const inherited = inheritedOf(config, known)
      if (value === undefined || value === null) {
        return { name, type, value: inherited[0].value, source: DEFAULT_SOURCE, synonyms: inherited }
      }
      const own: Synonym = { name, value: parsedValue(type, value), source: GROUP_SOURCE }
      return { name, type, value: own.value, source: GROUP_SOURCE, synonyms: [own, ...inherited] }
    })
}

/** Whatever set the broker's setting: for the group it is the default. */
function inheritedOf(config: ResolvedConfig, known: GroupConfig): [Synonym, ...Synonym[]] {
  const setting = config.broker.get(known.synonym)
  const [first, ...more] = setting === undefined ? [] : synonymsOf(config, setting)
  if (first !== undefined) return [first, ...more]
  return [{ name: known.synonym, value: known.default, source: DEFAULT_SOURCE }]
}

export function describeClientMetrics(configs: Configs = NONE): DescribedConfig[] {
  return CLIENT_METRICS_CONFIGS.map(({ name, type, default: usual }) => {
    const value = configs.get(name)
    if (value === undefined) return { name, type, value: usual, source: DEFAULT_SOURCE, synonyms: [] }
    const source = CLIENT_METRICS_SOURCE
    return { name, type, value, source, synonyms: [{ name, value, source }] }
  })
}
