// An answer that carries an error where the API's response carries one: on top, or on each entry that was asked for.

import type { ErrorCode } from '../protocol/errors.js'
import type { Exchange } from '../server/exchange.js'
import { refusal, refusedDescription, refusedOffsetFetch } from '../server/refusal.js'

type Body = Readonly<Record<string, unknown>>
type Named = { readonly name?: string | null; readonly topicId?: string; readonly groupId?: string }

export function errorResponse({ api, apiVersion, body }: Exchange, errorCode: ErrorCode): object {
  const request = body as Body
  const named = (list: unknown) => (list as readonly (string | Named)[] | null | undefined) ?? []
  const withError = (entry: string | Named) =>
    typeof entry === 'string' ? { name: entry, errorCode } : { ...entry, errorCode }
  switch (api.name) {
    case 'OffsetFetch': {
      const groups = named(request.groups) as Parameters<typeof refusedOffsetFetch>[0][]
      if (apiVersion >= 8)
        return { groups: groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })) }
      return refusedOffsetFetch(request as Parameters<typeof refusedOffsetFetch>[0], apiVersion, errorCode)
    }
    case 'FindCoordinator': {
      const nobody = { nodeId: -1, host: '', port: -1, errorCode, errorMessage: null }
      return { ...nobody, coordinators: named(request.coordinatorKeys).map((key) => ({ key, ...nobody })) }
    }
    case 'DescribeGroups':
      return { groups: named(request.groups).map((id) => refusedDescription(id as string, errorCode)) }
    case 'DeleteGroups':
      return { results: named(request.groupsNames).map((groupId) => ({ groupId, errorCode })) }
    case 'Metadata':
      return { topics: named(request.topics).map(withError), errorCode }
    case 'CreateTopics':
      return { topics: named(request.topics).map(withError) }
    case 'DeleteTopics':
      return { responses: [...named(request.topicNames), ...named(request.topics)].map(withError) }
    case 'CreatePartitions':
      return { results: named(request.topics).map(withError) }
    case 'DescribeConfigs':
      return { results: named(request.resources).map(withError) }
    default:
      return withCode(refusal(api.name, apiVersion, body, errorCode), errorCode)
  }
}

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
