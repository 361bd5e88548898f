// AlterConfigs (key 33) and IncrementalAlterConfigs (key 44): settings of topics, of groups and client metrics subscriptions, and of
// the broker what it changes while it runs. A resource that is refused does not hinder the others (Kafka: ConfigAdminManager, ConfigurationControlManager).

import {
  type AlteredConfig,
  altered,
  alterTopicConfigs,
  type ConfigDecision,
  type ConfigRefusal,
  malformed,
  replaced,
  replaceTopicConfigs,
} from '../../metadata/alter-configs.js'
import type { Configs, Topic } from '../../metadata/image.js'
import { topicNameError } from '../../metadata/names.js'
import { topicRecords } from '../../metadata/records.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { AlterConfigsRequest, AlterConfigsResponse } from '../../protocol/messages/alter-configs.js'
import type { IncrementalAlterConfigsRequest } from '../../protocol/messages/incremental-alter-configs.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { alterBrokerConfigs, replaceBrokerConfigs } from './broker-configs.js'
import { repeated } from './repeated.js'
import { alterKept, alterLoggers, isKept } from './resource-configs.js'

const TOPIC = 2
const BROKER = 4
const BROKER_LOGGER = 8

type Result = AlterConfigsResponse['responses'][number]
interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}
/** Carries out what it can; null: it could. */
type Alter<R> = (resource: R, validateOnly: boolean) => ConfigRefusal | null

export function alterConfigs(broker: Broker, exchange: Exchange, request: AlterConfigsRequest): void {
  answer(broker, exchange, request, (resource, validateOnly) => {
    const { configs, resourceType, resourceName } = resource
    const wrong = malformed(configs)
    if (wrong !== null) return wrong
    if (resourceType === BROKER) return replaceBrokerConfigs(broker, resource, validateOnly)
    if (isKept(resourceType)) {
      const decide = () => ({ ok: true, configs: replaced(configs) }) as const
      return alterKept(broker, resourceType, resourceName, validateOnly, decide)
    }
    if (resourceType !== TOPIC) return unknownType(resource)
    return alterTopic(broker, resource, validateOnly, () => replaceTopicConfigs(configs))
  })
}

export function incrementalAlterConfigs(
  broker: Broker,
  exchange: Exchange,
  request: IncrementalAlterConfigsRequest,
): void {
  answer(broker, exchange, request, (resource, validateOnly) => {
    const configs: readonly AlteredConfig[] = resource.configs
    const { resourceType, resourceName } = resource
    const wrong = malformed(configs)
    if (wrong !== null) return wrong
    if (resourceType === BROKER) return alterBrokerConfigs(broker, resource, validateOnly)
    if (resourceType === BROKER_LOGGER) return alterLoggers(broker, resourceName, configs)
    if (isKept(resourceType)) {
      const decide = (now: Configs) => altered(now, configs)
      return alterKept(broker, resourceType, resourceName, validateOnly, decide)
    }
    if (resourceType !== TOPIC) return unknownType(resource)
    return alterTopic(broker, resource, validateOnly, (topic) => alterTopicConfigs(topic.configs, configs))
  })
}

function answer<R extends Resource>(
  broker: Broker,
  exchange: Exchange,
  { resources, validateOnly }: { resources: readonly R[]; validateOnly: boolean },
  alter: Alter<R>,
): void {
  const keyOf = ({ resourceType, resourceName }: Resource) => `${resourceType} ${resourceName}`
  const twice = repeated(resources.map(keyOf))
  const responses = resources.map((resource): Result => {
    const refusal = twice.has(keyOf(resource))
      ? refuse(ErrorCodes.INVALID_REQUEST, 'Each resource must appear at most once.')
      : alter(resource, validateOnly)
    const { resourceType, resourceName } = resource
    const { errorCode, message } = refusal ?? { errorCode: ErrorCodes.NONE, message: null }
    return { errorCode, errorMessage: message, resourceType, resourceName }
  })
  broker.tell(exchange, { throttleTimeMs: 0, responses })
}

function unknownType({ resourceType }: Resource): ConfigRefusal {
  return refuse(ErrorCodes.INVALID_REQUEST, `Unknown resource type ${resourceType}`)
}

function alterTopic(
  broker: Broker,
  { resourceName }: Resource,
  validateOnly: boolean,
  decide: (topic: Topic) => ConfigDecision,
): ConfigRefusal | null {
  if (resourceName === '') {
    return refuse(ErrorCodes.INVALID_REQUEST, 'Default topic resources are not allowed.')
  }
  const nameError = topicNameError(resourceName)
  if (nameError !== null) return refuse(ErrorCodes.INVALID_TOPIC_EXCEPTION, nameError)
  const topic = broker.image.topicsByName.get(resourceName)
  if (topic === undefined) {
    return refuse(ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${resourceName}' does not exist.`)
  }
  const decision = decide(topic)
  if (!decision.ok) return decision.refusal
  if (!validateOnly) {
    broker.change(topicRecords([{ ...topic, configs: decision.configs }]))
  }
  return null
}

function refuse(errorCode: ErrorCode, message: string): ConfigRefusal {
  return { errorCode, message }
}
