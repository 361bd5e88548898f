// What requests about the cluster are answered when the controller cannot act: it is being loaded again after a change that could not
// be stored. All of these errors make clients try again.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { AlterConfigsRequest } from '../protocol/messages/alter-configs.js'
import type { DeleteTopicsRequest } from '../protocol/messages/delete-topics.js'
import type { MetadataRequest } from '../protocol/messages/metadata.js'

interface Named {
  readonly topics: readonly { readonly name: string }[]
}

/** A defect stays one; any other reason is that there is no controller at the moment. */
function controllerError(errorCode: ErrorCode): ErrorCode {
  return errorCode === ErrorCodes.UNKNOWN_SERVER_ERROR ? errorCode : ErrorCodes.NOT_CONTROLLER
}

/** undefined for what the controller has no part in. */
export function refusedByController(apiName: string, body: object, reason: ErrorCode): object | undefined {
  const errorCode = controllerError(reason)
  switch (apiName) {
    case 'CreateTopics':
      return { topics: (body as Named).topics.map(({ name }) => ({ name, errorCode })) }
    case 'CreatePartitions':
      return { results: (body as Named).topics.map(({ name }) => ({ name, errorCode, errorMessage: null })) }
    case 'DeleteTopics':
      return { responses: refusedDeletion(body as DeleteTopicsRequest, errorCode) }
    case 'AlterConfigs':
    case 'IncrementalAlterConfigs':
      return { responses: refusedResources(body as AlterConfigsRequest, errorCode) }
    case 'DescribeConfigs':
      return { results: refusedResources(body as AlterConfigsRequest, errorCode) }
    case 'Metadata':
      return { brokers: [], topics: refusedMetadata(body as MetadataRequest) }
    case 'DescribeTopicPartitions':
      return { topics: refusedMetadata(body as MetadataRequest) }
    default:
      return undefined
  }
}

function refusedDeletion({ topics, topicNames }: DeleteTopicsRequest, errorCode: ErrorCode): object[] {
  const byName = topicNames.map((name) => ({ name, errorCode }))
  return [...byName, ...topics.map(({ name, topicId }) => ({ name, topicId, errorCode }))]
}

function refusedResources({ resources }: AlterConfigsRequest, errorCode: ErrorCode): object[] {
  return resources.map(({ resourceType, resourceName }) => {
    return { resourceType, resourceName, errorCode, errorMessage: null, configs: [] }
  })
}

function refusedMetadata({ topics }: MetadataRequest): object[] {
  const errorCode = ErrorCodes.LEADER_NOT_AVAILABLE
  return (topics ?? []).map(({ name, topicId }) => ({ name, topicId, errorCode, partitions: [] }))
}
