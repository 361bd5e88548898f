// Looking back over all that was asked and answered: what must never have happened, and what a test that set a fault or
// left a client behind should hear of.

import type { RecordedExchange } from '../observe/exchanges.js'
import { ErrorCodes } from '../protocol/errors.js'

interface GroupHistory {
  /** The newest that a JoinGroup was answered with. */
  generation: number
  /** Of that generation: member -> what its leader assigned. */
  assigned: Map<string, string> | null
}

interface Assigned {
  readonly memberId: string
  readonly assignment: Buffer
}

interface CommitAnswer {
  readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[]
}

/** What broke a promise of the coordinator, one line each. `exchanges` in the order of their answers. */
export function brokenPromises(exchanges: readonly RecordedExchange[]): string[] {
  const groups = new Map<string, GroupHistory>()
  const problems: string[] = []
  for (const exchange of exchanges) {
    const { group, response } = exchange
    if (group === null || !response || exchange.fault !== null) continue
    const history = groups.get(group) ?? { generation: -1, assigned: null }
    groups.set(group, history)
    const problem = judge(exchange, history)
    if (problem !== null) problems.push(`group '${group}': ${problem}`)
  }
  return problems
}

function judge(exchange: RecordedExchange, history: GroupHistory): string | null {
  switch (exchange.api) {
    case 'JoinGroup':
      return judgeJoin(exchange, history)
    case 'SyncGroup':
      return judgeSync(exchange, history)
    case 'OffsetCommit':
      return judgeCommit(exchange, history)
    case 'DeleteGroups':
      history.generation = -1
      return null
    default:
      return null
  }
}

function judgeJoin({ response }: RecordedExchange, history: GroupHistory): string | null {
  const { errorCode, generationId } = response as { errorCode: number; generationId: number }
  if (errorCode !== ErrorCodes.NONE) return null
  const before = history.generation
  if (generationId > before) history.assigned = null
  history.generation = Math.max(before, generationId)
  return generationId < before ? `generation ${generationId} came after ${before}` : null
}

function judgeSync({ body, response }: RecordedExchange, history: GroupHistory): string | null {
  const { errorCode, assignment } = response as { errorCode: number; assignment: Buffer }
  if (errorCode !== ErrorCodes.NONE) return null
  const { memberId, assignments, generationId } = body as {
    memberId: string
    assignments: readonly Assigned[]
    generationId: number
  }
  if (generationId !== history.generation) return null
  if (assignments.length > 0 && history.assigned === null)
    history.assigned = new Map(assignments.map((each) => [each.memberId, each.assignment.toString('hex')]))
  const expected = history.assigned?.get(memberId)
  if (expected === undefined || expected === assignment.toString('hex')) return null
  return `member '${memberId}' was given other bytes than its leader assigned in generation ${generationId}`
}

function judgeCommit(
  { body, response, atMs }: RecordedExchange,
  { generation }: GroupHistory,
): string | null {
  const { generationIdOrMemberEpoch: committed, memberId } = body as {
    generationIdOrMemberEpoch: number
    memberId: string
  }
  const { topics } = response as unknown as CommitAnswer
  const isAccepted = topics.some(({ partitions }) =>
    partitions.some(({ errorCode }) => errorCode === ErrorCodes.NONE),
  )
  if (!isAccepted || committed < 0 || committed >= generation) return null
  return `a commit of member '${memberId}' in generation ${committed} was taken at ${new Date(atMs).toISOString()}, though generation ${generation} had begun`
}
