// ListConfigResources (key 74, KIP-1142): what has settings. Groups and client metrics subscriptions are listed for the settings
// that they have, whether there is such a group or not (Kafka: KafkaApis.handleListConfigResources). v0 knows subscriptions alone.

import { ResourceTypes } from '../../metadata/image.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type {
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from '../../protocol/messages/list-config-resources.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

const { CLIENT_METRICS, GROUP } = ResourceTypes
const TOPIC = 2
const BROKER = 4
const BROKER_LOGGER = 8
const ALL = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC]

export function listConfigResources(
  broker: Broker,
  exchange: Exchange,
  { resourceTypes }: ListConfigResourcesRequest,
): void {
  const asked = exchange.apiVersion === 0 ? [CLIENT_METRICS] : resourceTypes
  const isKnown = asked.every((type) => (ALL as number[]).includes(type))
  const types = ALL.filter((type) => asked.length === 0 || asked.includes(type))
  const configResources = types.flatMap((resourceType) =>
    namesOf(broker, resourceType).map((resourceName) => ({ resourceName, resourceType })),
  )
  const response: ListConfigResourcesResponse = {
    throttleTimeMs: 0,
    errorCode: isKnown ? ErrorCodes.NONE : ErrorCodes.UNSUPPORTED_VERSION,
    configResources: isKnown ? configResources : [],
  }
  broker.tell(exchange, response)
}

function namesOf({ image }: Broker, type: number): string[] {
  if (type === TOPIC) return [...image.topicsByName.keys()]
  if (type === BROKER || type === BROKER_LOGGER) return image.brokers.map(({ nodeId }) => String(nodeId))
  return type === GROUP || type === CLIENT_METRICS ? [...(image.configs.get(type)?.keys() ?? [])] : []
}
