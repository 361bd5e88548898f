// DescribeConfigs (key 32): settings of this broker, of topics, of groups and of client metrics subscriptions
// (Kafka: ConfigHelper.describeConfigs).

import { ResourceTypes } from '../../metadata/image.js'
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
import { describeClientMetrics, describeGroup } from '../config/describe-resources.js'
import { isDynamic } from '../config/dynamic.js'
import type { KafkaType } from '../config/kafka-settings.data.js'
import type { Exchange } from '../exchange.js'
import { isKept, type KeptType } from './resource-configs.js'

const TOPIC = 2
const BROKER = 4
const BROKER_LOGGER = 8
const DEFAULT_SOURCE = 5
/** What Kafka says where it has nothing to say (Kafka: Errors.INVALID_REQUEST). */
const MALFORMED =
  'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.'

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
  const { resources, includeSynonyms } = request
  const results = resources.every(({ resourceType }) => isDescribed(resourceType))
    ? resources.map((resource) => describe(broker, resource, includeSynonyms))
    : resources.map((resource) => refused(resource, ErrorCodes.INVALID_REQUEST, MALFORMED))
  broker.tell(exchange, { throttleTimeMs: 0, results })
}

const isDescribed = (type: number) => [TOPIC, BROKER, BROKER_LOGGER].includes(type) || isKept(type)

function describe(broker: Broker, resource: Resource, includeSynonyms: boolean): Result {
  if (resource.resourceType === TOPIC) return describeTopic(broker, resource, includeSynonyms)
  if (resource.resourceType === BROKER) return describeThisBroker(broker, resource, includeSynonyms)
  if (resource.resourceType === BROKER_LOGGER) return describeLoggers(broker, resource, includeSynonyms)
  return describeKept(broker, resource.resourceType as KeptType, resource, includeSynonyms)
}

/** What is kept of groups and client metrics subscriptions, which need not exist. */
function describeKept(
  { image, config }: Broker,
  resourceType: KeptType,
  resource: Resource,
  includeSynonyms: boolean,
): Result {
  const { resourceName } = resource
  const isGroup = resourceType === ResourceTypes.GROUP
  if (resourceName === '') {
    const what = isGroup ? 'Group' : 'Client metrics subscription'
    return refused(resource, ErrorCodes.INVALID_REQUEST, `${what} name must not be empty`)
  }
  const configs = image.configs.get(resourceType)?.get(resourceName)
  const described = isGroup ? describeGroup(config, configs) : describeClientMetrics(configs)
  return listed(resource, described, () => false, includeSynonyms)
}

/** This broker's, which it has none of. */
function describeLoggers(broker: Broker, resource: Resource, includeSynonyms: boolean): Result {
  const { resourceName } = resource
  if (resourceName === '') return refused(resource, ErrorCodes.INVALID_REQUEST, 'Broker id must not be empty')
  const wrong = brokerIdError(broker, resourceName, '')
  if (wrong !== null) return refused(resource, ErrorCodes.INVALID_REQUEST, wrong)
  return listed(resource, [], () => false, includeSynonyms)
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
  const wrong = brokerIdError(broker, resourceName, ' or empty string,')
  if (wrong !== null) return refused(resource, ErrorCodes.INVALID_REQUEST, wrong)
  const described = describeBroker(broker.config, identityOf(broker))
  return listed(resource, described, isReadOnly, includeSynonyms)
}

function brokerIdError({ nodeId }: Broker, resourceName: string, orElse: string): string | null {
  if (!/^[+-]?\d+$/.test(resourceName)) return `Broker id must be an integer, but it is: ${resourceName}`
  if (Number(resourceName) === nodeId) return null
  return `Unexpected broker id, expected ${nodeId}${orElse} but received ${resourceName}`
}

/** As it was given, or as it came to be. */
function identityOf({ node, config }: Broker): Record<string, string | null> {
  const address = `PLAINTEXT://${node.host}:${node.port}`
  const given = (name: string) => config.identity.get(name)?.value
  return {
    'node.id': String(node.nodeId),
    'broker.id': String(node.nodeId),
    'broker.rack': node.rack,
    listeners: given('listeners') ?? address,
    'advertised.listeners': given('advertised.listeners') ?? address,
  }
}

function listed(
  { resourceType, resourceName, configurationKeys }: Resource,
  configs: readonly DescribedConfig[],
  isReadOnly: (name: string) => boolean,
  includeSynonyms: boolean,
): Result {
  const names = configurationKeys ?? []
  const wanted = configs.filter(({ name }) => names.length === 0 || names.includes(name))
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
