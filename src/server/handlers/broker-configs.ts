// The settings of brokers in AlterConfigs and IncrementalAlterConfigs: '' is the default of all, else it must be this one. What
// Kafka reads only at its start is refused (Kafka: ConfigAdminManager.preprocess, DynamicBrokerConfig).

import { type AlteredConfig, type ConfigRefusal, Operations } from '../../metadata/alter-configs.js'
import { type Configs, ResourceTypes } from '../../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { Broker } from '../broker.js'
import { brokerConfigError, isDynamic, isKnown } from '../config/dynamic.js'

const NONE: Configs = new Map()

interface BrokerResource<C> {
  readonly resourceName: string
  readonly configs: readonly C[]
}

export function replaceBrokerConfigs(
  broker: Broker,
  { resourceName, configs }: BrokerResource<{ name: string; value: string | null }>,
  validateOnly: boolean,
): ConfigRefusal | null {
  const given = new Map(configs.map(({ name, value }) => [name, value]))
  return nodeError(broker, resourceName) ?? put(broker, resourceName, given, given, validateOnly)
}

export function alterBrokerConfigs(
  broker: Broker,
  { resourceName, configs }: BrokerResource<AlteredConfig>,
  validateOnly: boolean,
): ConfigRefusal | null {
  const wrong = nodeError(broker, resourceName)
  if (wrong !== null) return wrong
  const altered = new Map(dynamicOf(broker, resourceName))
  const set = new Map<string, string | null>()
  for (const { name, configOperation, value } of configs) {
    if (configOperation === Operations.DELETE) {
      altered.delete(name)
    } else if (configOperation === Operations.SET) {
      altered.set(name, value)
      set.set(name, value)
    } else {
      const verb = configOperation === Operations.APPEND ? 'append' : 'subtract'
      const message = `Config value ${verb} is not allowed for config key: ${name}`
      return refuse(ErrorCodes.INVALID_CONFIG, message)
    }
  }
  return put(broker, resourceName, altered, set, validateOnly)
}

function nodeError(broker: Broker, resourceName: string): ConfigRefusal | null {
  if (resourceName === '') return null
  if (!/^[+-]?\d+$/.test(resourceName)) {
    return refuse(ErrorCodes.INVALID_REQUEST, `Node id must be an integer, but it is: ${resourceName}`)
  }
  if (Number(resourceName) === broker.nodeId) return null
  const message = `Unexpected broker id, expected ${broker.nodeId}, but received ${resourceName}`
  return refuse(ErrorCodes.INVALID_REQUEST, message)
}

function dynamicOf({ config }: Broker, resourceName: string): Configs {
  const { dynamic } = config
  return (resourceName === '' ? dynamic?.everywhere : dynamic?.broker) ?? NONE
}

/** `configs` become the whole; `set` is what was given and must be legal. */
function put(
  broker: Broker,
  resourceName: string,
  configs: Configs,
  set: Configs,
  validateOnly: boolean,
): ConfigRefusal | null {
  const misplaced = misplacedError([...set.keys()], resourceName === '')
  if (misplaced !== null) return refuse(ErrorCodes.INVALID_REQUEST, misplaced)
  for (const [name, value] of set) {
    const message = brokerConfigError(name, value)
    if (message !== null) return refuse(ErrorCodes.INVALID_REQUEST, message)
  }
  if (validateOnly) return null
  const name = resourceName === '' ? '' : String(broker.nodeId)
  broker.change([{ kind: 'Configs', resourceType: ResourceTypes.BROKER, resourceName: name, configs }])
  return null
}

/** Settings of a listener come with its prefix. */
const OF_A_LISTENER = /^ssl\.(key\.password|(key|trust)store\.)/
const OF_ONE_BROKER =
  /^(cordoned\.log\.dirs|listeners|listener\.security\.protocol\.map|principal\.builder\.class|sasl\.|ssl\.(?!engine\.factory\.class))/

function misplacedError(names: readonly string[], isDefaultOfAll: boolean): string | null {
  const checks: readonly [string, (name: string) => boolean][] = [
    ['Cannot update these configs dynamically', (name) => isKnown(name) && !isDynamic(name)],
    [
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      (name) => OF_A_LISTENER.test(name),
    ],
    [
      'Cannot update these configs at default cluster level, broker id must be specified',
      (name) => isDefaultOfAll && OF_ONE_BROKER.test(name),
    ],
  ]
  for (const [message, isWrong] of checks) {
    const wrong = names.filter(isWrong)
    if (wrong.length > 0) return `${message}: [${wrong.join(', ')}]`
  }
  return null
}

function refuse(errorCode: ErrorCode, message: string): ConfigRefusal {
  return { errorCode, message }
}
