// What each API answers when its coordinator, or the broker, cannot act at all: the error where that API's response
// carries it (Kafka: AbstractRequest.getErrorResponse).

import type { DescribedGroup } from '../coordinator/group-admin.js'
import type { OffsetFetchGroupResponse } from '../coordinator/offset-fetch.js'
import type { OffsetFetchGroup } from '../coordinator/types.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { DeleteRecordsRequest } from '../protocol/messages/delete-records.js'
import type { FetchRequest } from '../protocol/messages/fetch.js'
import type { ListOffsetsRequest } from '../protocol/messages/list-offsets.js'
import type { OffsetCommitRequest } from '../protocol/messages/offset-commit.js'
import type { OffsetForLeaderEpochRequest } from '../protocol/messages/offset-for-leader-epoch.js'
import type { ProduceRequest } from '../protocol/messages/produce.js'
import { refusedByController } from './admin-refusal.js'
import { refusedEntries } from './entry-refusal.js'

const NO_BYTES = Buffer.alloc(0)

/** For the APIs that go whole to one machine; the others are put together by their handlers. */
export function refusal(apiName: string, apiVersion: number, body: object, errorCode: ErrorCode): object {
  switch (apiName) {
    case 'JoinGroup':
      return { errorCode, generationId: -1, protocolType: null, protocolName: apiVersion >= 7 ? null : '' }
    case 'SyncGroup':
      return { errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES }
    case 'Heartbeat':
      // While it loads, Kafka lets members believe that all is well.
      return {
        errorCode: errorCode === ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCodes.NONE : errorCode,
      }
    case 'OffsetCommit':
      return refusedCommit(body as OffsetCommitRequest, errorCode)
    case 'Produce':
      return refusedProduce(body as ProduceRequest, dataError(errorCode))
    case 'Fetch':
      return refusedFetch(body as FetchRequest, dataError(errorCode))
    case 'ListOffsets':
      return refusedListOffsets(body as ListOffsetsRequest, dataError(errorCode))
    case 'DeleteRecords':
      return refusedDeletion(body as DeleteRecordsRequest, dataError(errorCode))
    case 'OffsetForLeaderEpoch':
      return refusedEpochs(body as OffsetForLeaderEpochRequest, dataError(errorCode))
    case 'DescribeLogDirs':
      return { errorCode: dataError(errorCode), results: [] }
    case 'InitProducerId':
      return { errorCode: producerIdError(errorCode), producerId: -1n, producerEpoch: -1 }
    default:
      return (
        refusedByController(apiName, body, errorCode) ??
        refusedEntries(apiName, body, dataError(errorCode)) ?? { errorCode }
      )
  }
}

/** Partitions have a leader, not a coordinator: what clients of the data plane take as a reason to try again. */
function dataError(errorCode: ErrorCode): ErrorCode {
  return errorCode === ErrorCodes.UNKNOWN_SERVER_ERROR ? errorCode : ErrorCodes.NOT_LEADER_OR_FOLLOWER
}

/** While there is no controller there are no ids, which producers wait for (Kafka: TransactionCoordinator.handleInitProducerId). */
function producerIdError(errorCode: ErrorCode): ErrorCode {
  return errorCode === ErrorCodes.NOT_COORDINATOR ? ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS : errorCode
}

function refusedCommit({ topics }: OffsetCommitRequest, errorCode: ErrorCode): object {
  return {
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }
}

function refusedProduce({ topicData }: ProduceRequest, errorCode: ErrorCode): object {
  return {
    responses: topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({ index, errorCode, baseOffset: -1n })),
    })),
  }
}

function refusedFetch({ topics }: FetchRequest, errorCode: ErrorCode): object {
  return {
    responses: topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition }) => ({
        partitionIndex: partition,
        errorCode,
        highWatermark: -1n,
        records: NO_BYTES,
      })),
    })),
  }
}

function refusedListOffsets({ topics }: ListOffsetsRequest, errorCode: ErrorCode): object {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }
}

function refusedDeletion({ topics }: DeleteRecordsRequest, errorCode: ErrorCode): object {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, lowWatermark: -1n, errorCode })),
    })),
  }
}

function refusedEpochs({ topics }: OffsetForLeaderEpochRequest, errorCode: ErrorCode): object {
  return {
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
    })),
  }
}

/** v0-1 have no error for the group: every partition carries it. */
export function refusedOffsetFetch(
  { groupId, topics }: OffsetFetchGroup,
  apiVersion: number,
  errorCode: ErrorCode,
): OffsetFetchGroupResponse {
  if (apiVersion >= 2) return { groupId, topics: [], errorCode }
  return {
    groupId,
    errorCode,
    topics: (topics ?? []).map(({ name, topicId, partitionIndexes }) => ({
      name,
      topicId,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        committedOffset: -1n,
        committedLeaderEpoch: -1,
        metadata: '',
        errorCode,
      })),
    })),
  }
}

export function refusedDescription(groupId: string, errorCode: ErrorCode): DescribedGroup {
  return {
    errorCode,
    errorMessage: null,
    groupId,
    groupState: '',
    protocolType: '',
    protocolData: '',
    members: [],
    authorizedOperations: -2147483648,
  }
}
