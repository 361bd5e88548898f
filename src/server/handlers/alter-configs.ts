// AlterConfigs (key 33) and IncrementalAlterConfigs (key 44): settings of topics, and of the broker what it changes while it runs.
// A resource that is refused does not hinder the others (Kafka: ConfigAdminManager, ConfigurationControlManager).

import {
  type AlteredConfig,
  alterTopicConfigs,
  type ConfigDecision,
  type ConfigRefusal,
  malformed,
  replaceTopicConfigs,
} from '../../metadata/alter-configs.js'
import { withAlteredTopics } from '../../metadata/changes.js'
import type { Topic } from '../../metadata/image.js'
import { topicNameError } from '../../metadata/names.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { AlterConfigsRequest, AlterConfigsResponse } from '../../protocol/messages/alter-configs.js'
import type { IncrementalAlterConfigsRequest } from '../../protocol/messages/incremental-alter-configs.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { alterBrokerConfigs, replaceBrokerConfigs } from './broker-configs.js'
import { repeated } from './repeated.js'

const TOPIC = 2
const BROKER = 4

type Result = AlterConfigsResponse['responses'][number]
interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}
/** Carries out what it can; null: it could. */
type Alter<R> = (resource: R, validateOnly: boolean) => ConfigRefusal | null

export function alterConfigs(broker: Broker, exchange: Exchange, request: AlterConfigsRequest): void {
  answer(exchange, request, (resource, validateOnly) => {
    const { configs } = resource
    const wrong = malformed(configs)
    if (wrong !== null) return wrong
    if (resource.resourceType === BROKER) return replaceBrokerConfigs(broker, resource, validateOnly)
    return alterTopic(broker, resource, validateOnly, () => replaceTopicConfigs(configs))
  })
}

export function incrementalAlterConfigs(
  broker: Broker,
  exchange: Exchange,
  request: IncrementalAlterConfigsRequest,
): void {
  answer(exchange, request, (resource, validateOnly) => {
    const configs: readonly AlteredConfig[] = resource.configs
    const wrong = malformed(configs)
    if (wrong !== null) return wrong
    if (resource.resourceType === BROKER) return alterBrokerConfigs(broker, resource, validateOnly)
    return alterTopic(broker, resource, validateOnly, (topic) => alterTopicConfigs(topic.configs, configs))
  })
}

function answer<R extends Resource>(
  exchange: Exchange,
  { resources, validateOnly }: { resources: readonly R[]; validateOnly: boolean },
  alter: Alter<R>,
): void {
  const keyOf = ({ resourceType, resourceName }: Resource) => `${resourceType} ${resourceName}`
  const twice = repeated(resources.map(keyOf))
  const responses = resources.map((resource): Result => {
    const refusal = twice.has(keyOf(resource))
      ? refuse(ErrorCodes.INVALID_REQUEST, 'Each resource must appear at most once.')
      : (unknownType(resource) ?? alter(resource, validateOnly))
    const { resourceType, resourceName } = resource
    const { errorCode, message } = refusal ?? { errorCode: ErrorCodes.NONE, message: null }
    return { errorCode, errorMessage: message, resourceType, resourceName }
  })
  exchange.answer({ throttleTimeMs: 0, responses })
}

function unknownType({ resourceType }: Resource): ConfigRefusal | null {
  if (resourceType === TOPIC || resourceType === BROKER) return null
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
    broker.change(withAlteredTopics(broker.image, [{ ...topic, configs: decision.configs }]))
  }
  return null
}

function refuse(errorCode: ErrorCode, message: string): ConfigRefusal {
  return { errorCode, message }
}
