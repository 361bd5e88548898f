// DescribeConfigs (key 32): settings of this broker and of topics, out of the one table of settings
// (Kafka: ConfigHelper.describeConfigs).

import { topicNameError } from '../../metadata/names.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../protocol/messages/describe-configs.js'
import type { Broker } from '../broker.js'
import {
  type DescribedConfig,
  describeBroker,
  describeDynamicDefaults,
  effectiveTopicConfigs,
} from '../config/describe.js'
import { isDynamic } from '../config/dynamic.js'
import type { KafkaType } from '../config/kafka-settings.data.js'
import type { Exchange } from '../exchange.js'

const TOPIC = 2
const BROKER = 4
const DEFAULT_SOURCE = 5

/** DescribeConfigsResponse.ConfigType. */
const TYPE_NUMBERS: Readonly<Record<KafkaType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

type Resource = DescribeConfigsRequest['resources'][number]
type Result = DescribeConfigsResponse['results'][number]

export function describeConfigs(broker: Broker, exchange: Exchange, request: DescribeConfigsRequest): void {
  const results = request.resources.map((resource) => describe(broker, resource, request.includeSynonyms))
  exchange.answer({ throttleTimeMs: 0, results })
}

function describe(broker: Broker, resource: Resource, includeSynonyms: boolean): Result {
  if (resource.resourceType === TOPIC) return describeTopic(broker, resource, includeSynonyms)
  if (resource.resourceType === BROKER) return describeThisBroker(broker, resource, includeSynonyms)
  return refused(
    resource,
    ErrorCodes.INVALID_REQUEST,
    `resource type ${resource.resourceType} has no settings here`,
  )
}

function describeTopic(broker: Broker, resource: Resource, includeSynonyms: boolean): Result {
  const { resourceName } = resource
  const nameError = topicNameError(resourceName)
  if (nameError !== null) return refused(resource, ErrorCodes.INVALID_TOPIC_EXCEPTION, nameError)
  const topic = broker.image.topicsByName.get(resourceName)
  if (topic === undefined) return refused(resource, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, '')
  return listed(resource, effectiveTopicConfigs(broker.config, topic), () => false, includeSynonyms)
}

const isReadOnly = (name: string) => !isDynamic(name)

/** '' asks for cluster-wide dynamic defaults. */
function describeThisBroker(broker: Broker, resource: Resource, includeSynonyms: boolean): Result {
  const { resourceName } = resource
  if (resourceName === '') {
    return listed(resource, describeDynamicDefaults(broker.config), () => false, includeSynonyms)
  }
  if (!/^[+-]?\d+$/.test(resourceName)) {
    const message = `Broker id must be an integer, but it is: ${resourceName}`
    return refused(resource, ErrorCodes.INVALID_REQUEST, message)
  }
  if (Number(resourceName) !== broker.nodeId) {
    const message = `Unexpected broker id, expected ${broker.nodeId} or empty string, but received ${resourceName}`
    return refused(resource, ErrorCodes.INVALID_REQUEST, message)
  }
  return listed(resource, describeBroker(broker.config), isReadOnly, includeSynonyms)
}

function listed(
  { resourceType, resourceName, configurationKeys }: Resource,
  configs: readonly DescribedConfig[],
  isReadOnly: (name: string) => boolean,
  includeSynonyms: boolean,
): Result {
  const wanted = configs.filter(({ name }) => configurationKeys === null || configurationKeys.includes(name))
  return {
    errorCode: ErrorCodes.NONE,
    errorMessage: '',
    resourceType,
    resourceName,
    configs: wanted.map(({ name, type, value, source, synonyms }) => ({
      name,
      value,
      readOnly: isReadOnly(name),
      isDefault: source === DEFAULT_SOURCE,
      configSource: source,
      isSensitive: type === 'password',
      synonyms: includeSynonyms ? synonyms.map((synonym) => ({ ...synonym })) : [],
      configType: TYPE_NUMBERS[type],
      documentation: null,
    })),
  }
}

function refused(
  { resourceType, resourceName }: Resource,
  errorCode: ErrorCode,
  errorMessage: string | null,
): Result {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
}
