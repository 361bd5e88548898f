// ApiVersions (key 18): what is handled is advertised, what is not, is not. KIP-511 adds the client's software, v5 the
// cluster it means to reach (Kafka: ApiVersionsRequest.isValid, ApiVersionManager).

import { ErrorCodes } from '../../protocol/errors.js'
import type { ApiVersionsRequest, ApiVersionsResponse } from '../../protocol/messages/api-versions.js'
import type { Broker } from '../broker.js'
import type { Row } from '../dispatch.js'
import type { Exchange } from '../exchange.js'
import { KAFKA_4_4 } from '../metadata-version.js'

const SOFTWARE_NAME_OR_VERSION = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export function apiVersions(broker: Broker, exchange: Exchange, request: ApiVersionsRequest): void {
  const errorCode = refusal(broker, exchange.apiVersion, request)
  if (errorCode === ErrorCodes.NONE && exchange.apiVersion >= 3) {
    exchange.connection.software = `${request.clientSoftwareName} ${request.clientSoftwareVersion}`
  }
  if (errorCode !== ErrorCodes.NONE) return exchange.answer(response(errorCode, []))
  exchange.answer({ ...response(errorCode, broker.rows()), ...featuresOf(broker) })
}

function refusal(broker: Broker, apiVersion: number, request: ApiVersionsRequest): number {
  const { clientSoftwareName, clientSoftwareVersion, clusterId, nodeId } = request
  const named = SOFTWARE_NAME_OR_VERSION.test(clientSoftwareName)
  if (apiVersion >= 3 && !(named && SOFTWARE_NAME_OR_VERSION.test(clientSoftwareVersion))) {
    return ErrorCodes.INVALID_REQUEST
  }
  if (apiVersion < 5 || (clusterId === null && nodeId === -1)) return ErrorCodes.NONE
  // One without the other says nothing (KIP-1242).
  if (clusterId === null || nodeId === -1) return ErrorCodes.INVALID_REQUEST
  const here = clusterId === broker.image.clusterId && nodeId === broker.nodeId
  return here ? ErrorCodes.NONE : ErrorCodes.REBOOTSTRAP_REQUIRED
}

/** KIP-584. The epoch grows with the image, as it does with the log of Kafka's controllers. */
function featuresOf({ image, cluster }: Broker): Partial<ApiVersionsResponse> {
  const { least, most } = cluster.options.metadataVersion ?? KAFKA_4_4
  const name = 'metadata.version'
  return {
    supportedFeatures: [{ name, minVersion: least, maxVersion: most }],
    finalizedFeaturesEpoch: BigInt(image.version),
    finalizedFeatures: [{ name, minVersionLevel: most, maxVersionLevel: most }],
  }
}

/** The answer to a version that is not handled, in v0: what versions of ApiVersions itself are. */
export function unsupportedApiVersions(row: Row): ApiVersionsResponse {
  return response(ErrorCodes.UNSUPPORTED_VERSION, [row])
}

function response(errorCode: number, rows: Iterable<Row>): ApiVersionsResponse {
  return {
    errorCode,
    apiKeys: Array.from(rows, ({ api, first, last }) => ({
      apiKey: api.key,
      minVersion: first,
      maxVersion: last,
    })),
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: -1n,
    finalizedFeatures: [],
    zkMigrationReady: false,
  }
}
