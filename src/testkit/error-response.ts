// An answer that carries an error where the API's response carries one: on top, or on each entry that was asked for.

import type { ErrorCode } from '../protocol/errors.js'
import { refusal, refusedDescription, refusedOffsetFetch } from '../server/refusal.js'

type Body = Readonly<Record<string, unknown>>
type Named = { readonly name?: string | null; readonly topicId?: string; readonly groupId?: string }
type OffsetFetchGroup = Parameters<typeof refusedOffsetFetch>[0]

/** Of a request: which API, in which version, and what it asks. */
export interface Asked {
  readonly api: string
  readonly version: number
  readonly body: object
}

const named = (list: unknown) => (list as readonly (string | Named)[] | null | undefined) ?? []

export function errorResponse({ api, version, body }: Asked, errorCode: ErrorCode): object {
  const request = body as Body
  switch (api) {
    case 'OffsetFetch': {
      const groups = named(request.groups) as OffsetFetchGroup[]
      if (version >= 8) return { groups: groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })) }
      return refusedOffsetFetch(request as unknown as OffsetFetchGroup, version, errorCode)
    }
    case 'FindCoordinator': {
      const nobody = { nodeId: -1, host: '', port: -1, errorCode, errorMessage: null }
      return { ...nobody, coordinators: named(request.coordinatorKeys).map((key) => ({ key, ...nobody })) }
    }
    case 'DescribeGroups':
      return { groups: named(request.groups).map((id) => refusedDescription(id as string, errorCode)) }
    case 'DescribeLogDirs':
      return {
        errorCode,
        results: [{ errorCode, logDir: '', topics: [], totalBytes: -1n, usableBytes: -1n }],
      }
    case 'DeleteGroups':
      return { results: named(request.groupsNames).map((groupId) => ({ groupId, errorCode })) }
    default:
      return (
        errorEntries({ api, version, body }, errorCode) ??
        withCode(refusal(api, version, body, errorCode), errorCode)
      )
  }
}

/** Errors on the topics and partitions that are named, and on nothing else; null where an API has no place for them. */
export function errorEntries({ api, version, body }: Asked, errorCode: ErrorCode): object | null {
  const request = body as Body
  const withError = (entry: string | Named) =>
    typeof entry === 'string' ? { name: entry, errorCode } : { ...entry, errorCode }
  switch (api) {
    case 'Metadata':
      return {
        topics: named(request.topics).map((entry) => ({ ...withError(entry), partitions: [] })),
        errorCode,
      }
    case 'DescribeTopicPartitions':
      return { topics: named(request.topics).map((entry) => ({ ...withError(entry), partitions: [] })) }
    case 'CreateTopics':
      return { topics: named(request.topics).map(withError) }
    case 'DeleteTopics':
      return { responses: [...named(request.topicNames), ...named(request.topics)].map(withError) }
    case 'CreatePartitions':
      return { results: named(request.topics).map(withError) }
    case 'DescribeConfigs':
      return { results: named(request.resources).map(withError) }
    case 'AlterConfigs':
    case 'IncrementalAlterConfigs':
      return { responses: named(request.resources).map(withError) }
    case 'OffsetDelete':
      return { topics: named(request.topics).map((topic) => onPartitions(topic as Body, errorCode)) }
    case 'OffsetFetch': {
      const onAll = (group: OffsetFetchGroup) => ({
        ...refusedOffsetFetch(group, 0, errorCode),
        errorCode: 0,
      })
      if (version < 8) return onAll(request as unknown as OffsetFetchGroup)
      return { groups: (named(request.groups) as OffsetFetchGroup[]).map(onAll) }
    }
    case 'OffsetCommit':
    case 'Produce':
    case 'Fetch':
    case 'ListOffsets':
    case 'DescribeProducers':
      return withCode(refusal(api, version, body, errorCode), errorCode)
    default:
      return null
  }
}

const onPartitions = ({ name, partitions }: Body, errorCode: ErrorCode) => ({
  name,
  partitions: (partitions as Body[]).map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
})

/** The shape of a refusal, with this very error. */
function withCode<T>(value: T, errorCode: ErrorCode): T {
  if (Array.isArray(value)) return value.map((item) => withCode(item, errorCode)) as T
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  const members = Object.entries(value).map(([name, member]) => [
    name,
    name === 'errorCode' ? errorCode : withCode(member, errorCode),
  ])
  return Object.fromEntries(members) as T
}
