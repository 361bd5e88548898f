// The settings of a group: name, type, default, least value, and the bounds that the broker's settings give: 'range' stands for
// those of group.<type>.min and .max. They are checked in this order, in Kafka's words (Kafka: GroupConfig). All of them belong
// to protocols that are newer than the classic one.

import { type ConfigType, invalidValue, valueError } from './config-values.js'
import type { Configs } from './image.js'

const LINES = `
consumer.heartbeat.interval.ms int 5000 1 range
consumer.session.timeout.ms int 45000 1 range
consumer.assignment.interval.ms int 1000 0 range
share.heartbeat.interval.ms int 5000 1 range
share.session.timeout.ms int 45000 1 range
share.assignment.interval.ms int 1000 0 range
share.record.lock.duration.ms int 30000 1000 range
share.delivery.count.limit int 5 2 range
share.partition.max.record.locks int 2000 100 range
share.auto.offset.reset string latest
share.isolation.level string read_uncommitted
share.renew.acknowledge.enable boolean true
errors.deadletterqueue.copy.record.enable boolean false
errors.deadletterqueue.topic.name string ''
streams.heartbeat.interval.ms int 5000 1 range
streams.session.timeout.ms int 45000 1 range
streams.assignment.interval.ms int 1000 0 range
streams.assignor.name string sticky
streams.initial.rebalance.delay.ms int 3000 0
streams.num.standby.replicas int 0 0 ..group.streams.max.standby.replicas
streams.rack.aware.assignment.tags list ''
streams.num.warmup.replicas int 2 0 ..20
streams.acceptable.recovery.lag long 10000 0
streams.task.offset.interval.ms int 60000 1 15000..
`

/** Kafka does not show them until they are set. */
const INTERNAL = [
  'streams.num.warmup.replicas',
  'streams.acceptable.recovery.lag',
  'streams.task.offset.interval.ms',
]

/** Whose default is no broker setting's. */
const OWN =
  /^(errors\.deadletterqueue\.|share\.(auto\.offset\.reset|isolation\.level|renew\.acknowledge\.enable)$)/

export interface GroupConfig {
  readonly name: string
  readonly type: ConfigType
  /** Whose value a group has unless told otherwise; its own name where no broker setting is behind it. */
  readonly synonym: string
  readonly default: string
  readonly isInternal: boolean
  readonly least: number | undefined
  /** A number, the name of a broker setting, or ''. */
  readonly bounds: readonly [string, string]
}

export const GROUP_CONFIGS: ReadonlyMap<string, GroupConfig> = new Map(
  LINES.trim()
    .split('\n')
    .map((line) => {
      const [name = '', type, value = '', least, bounds = '..'] = line.split(' ')
      const config: GroupConfig = {
        name,
        type: type as ConfigType,
        synonym: synonymOf(name),
        default: value === "''" ? '' : value,
        isInternal: INTERNAL.includes(name),
        least: least === undefined ? undefined : Number(least),
        bounds: boundsOf(name, bounds),
      }
      return [name, config]
    }),
)

function synonymOf(name: string): string {
  if (name === 'streams.assignor.name') return 'group.streams.assignors'
  return OWN.test(name) ? name : `group.${name}`
}

function boundsOf(name: string, bounds: string): readonly [string, string] {
  if (bounds === 'range') return [limitSetting(name, 'min'), limitSetting(name, 'max')]
  const [low = '', high = ''] = bounds.split('..')
  return [low, high]
}

function limitSetting(name: string, limit: string): string {
  return name.replace(/^(\w+)\./, `group.$1.${limit}.`)
}

/** Why a group cannot have these settings, in Kafka's words, or null. `setting`: the value of a broker's. */
export function groupConfigsError(
  configs: Configs,
  setting: (name: string) => string | undefined,
): string | null {
  const unknown = [...configs.keys()].find((name) => !GROUP_CONFIGS.has(name))
  if (unknown !== undefined) return `Unknown group config name: ${unknown}`
  const given = [...GROUP_CONFIGS.values()].flatMap((config): [GroupConfig, string][] => {
    const value = configs.get(config.name)
    return value === undefined || value === null ? [] : [[config, value]]
  })
  for (const [config, value] of given) {
    const wrong = valueError(config.name, config.type, value, [config.least]) ?? textError(config.name, value)
    if (wrong !== null) return wrong
  }
  for (const [config, value] of given) {
    const wrong = boundsError(config, value, setting) ?? plainError(config.name, value, setting)
    if (wrong !== null) return wrong
  }
  return null
}

const DURATION = /^by_duration:P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+([.,]\d{0,9})?S)?)?$/i
const ISOLATION_LEVELS = ['read_committed', 'read_uncommitted']

function textError(name: string, value: string): string | null {
  if (name === 'share.auto.offset.reset') {
    if (value === 'earliest' || value === 'latest' || DURATION.test(value)) return null
    const wrong = `Invalid value \`${value}\` for configuration ${name}. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.`
    return invalidValue(name, value, wrong)
  }
  if (name !== 'share.isolation.level' || ISOLATION_LEVELS.includes(value)) return null
  return invalidValue(name, value, `String must be one of: ${ISOLATION_LEVELS.join(', ')}`)
}

function boundsError(
  { name, bounds }: GroupConfig,
  value: string,
  setting: (name: string) => string | undefined,
): string | null {
  const [low, high] = bounds.map((bound) => (/^\d*$/.test(bound) ? bound : (setting(bound) ?? '')))
  const isLow = low !== '' && Number(value) < Number(low)
  const isHigh = high !== '' && Number(value) > Number(high)
  if (!isLow && !isHigh) return null
  if (low === '') return `${name} must be less than or equal to ${high}`
  if (high === '') return `${name} must be greater than or equal to ${low}`
  return `${name} must be in the range ${low} to ${high} inclusive.`
}

function plainError(
  name: string,
  value: string,
  setting: (name: string) => string | undefined,
): string | null {
  if (name === 'errors.deadletterqueue.topic.name' && value.startsWith('__')) {
    return `${name}: DLQ topic name must not start with '__'`
  }
  if (name !== 'streams.assignor.name') return null
  const assignors = (setting('group.streams.assignors') ?? '').split(',')
  if (assignors.includes(value)) return null
  return `${name} '${value}' is not a registered task assignor. Registered assignors are: [${assignors.join(', ')}].`
}
