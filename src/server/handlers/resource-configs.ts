// The settings of groups and of client metrics subscriptions in AlterConfigs and IncrementalAlterConfigs, and of loggers, of which
// there are none (Kafka: ConfigurationControlManager, ControllerConfigurationValidator, RuntimeLoggerManager).

import {
  type AlteredConfig,
  type ConfigDecision,
  type ConfigRefusal,
  Operations,
} from '../../metadata/alter-configs.js'
import { clientMetricsError } from '../../metadata/client-metrics.js'
import { groupConfigsError } from '../../metadata/group-configs.js'
import { type Configs, ResourceTypes } from '../../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { Broker } from '../broker.js'
import { settingInForce } from '../config/describe.js'

const NONE: Configs = new Map()

/** Neither of them need exist. */
export type KeptType = typeof ResourceTypes.GROUP | typeof ResourceTypes.CLIENT_METRICS

export function isKept(type: number): type is KeptType {
  return type === ResourceTypes.GROUP || type === ResourceTypes.CLIENT_METRICS
}

/** `decide`: what the settings become out of what they are. */
export function alterKept(
  broker: Broker,
  resourceType: KeptType,
  resourceName: string,
  validateOnly: boolean,
  decide: (configs: Configs) => ConfigDecision,
): ConfigRefusal | null {
  if (resourceName === '') return refuse(ErrorCodes.INVALID_REQUEST, NAMELESS[resourceType])
  const decision = decide(broker.image.configs.get(resourceType)?.get(resourceName) ?? NONE)
  if (!decision.ok) return decision.refusal
  const { configs } = decision
  const wrong =
    resourceType === ResourceTypes.GROUP ? groupError(broker, configs) : clientMetricsError(configs)
  if (wrong !== null) return wrong
  if (!validateOnly) broker.change([{ kind: 'Configs', resourceType, resourceName, configs }])
  return null
}

const NAMELESS: Readonly<Record<KeptType, string>> = {
  [ResourceTypes.GROUP]: 'Default group resources are not allowed.',
  [ResourceTypes.CLIENT_METRICS]: "Subscription name can't be empty",
}

function groupError({ config }: Broker, configs: Configs): ConfigRefusal | null {
  const message = groupConfigsError(configs, (name) => settingInForce(config, name))
  return message === null ? null : refuse(ErrorCodes.INVALID_CONFIG, message)
}

/** All that can be said of a logger that is not there. */
export function alterLoggers(
  broker: Broker,
  resourceName: string,
  changes: readonly AlteredConfig[],
): ConfigRefusal | null {
  if (!/^[+-]?\d+$/.test(resourceName)) {
    return refuse(ErrorCodes.INVALID_REQUEST, `Node id must be an integer, but it is: ${resourceName}`)
  }
  if (Number(resourceName) !== broker.nodeId) {
    const message = `Unexpected node id. Expected ${broker.nodeId}, but received ${resourceName}`
    return refuse(ErrorCodes.INVALID_REQUEST, message)
  }
  const [change] = changes
  if (change === undefined) return null
  const { name, configOperation } = change
  if (configOperation === Operations.SET || configOperation === Operations.DELETE) {
    return refuse(ErrorCodes.INVALID_CONFIG, `Logger ${name} does not exist!`)
  }
  const operation = OF_LISTS[configOperation] ?? `Unknown operation type ${configOperation}`
  return refuse(ErrorCodes.INVALID_REQUEST, `${operation} is not allowed for the BROKER_LOGGER resource`)
}

const OF_LISTS: Readonly<Record<number, string>> = {
  [Operations.APPEND]: 'APPEND operation',
  [Operations.SUBTRACT]: 'SUBTRACT operation',
}

function refuse(errorCode: ErrorCode, message: string): ConfigRefusal {
  return { errorCode, message }
}
