// Looking back over all that was asked and answered: what must never have happened, and what a test that set a fault or
// left a client behind should hear of.

import type { RecordedExchange } from '../observe/exchanges.js'
import { ErrorCodes } from '../protocol/errors.js'

/** One promise that is always broken need not be told more often. */
const MAX_BROKEN = 100

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

/** What broke a promise of the coordinator, found as requests are answered. */
export class Promises {
  /** One line each. */
  readonly broken: string[] = []
  private readonly groups = new Map<string, GroupHistory>()

  /** In the order of the answers. */
  answered(exchange: RecordedExchange): void {
    const { group, response } = exchange
    if (group === null || !response || exchange.fault !== null) return
    const history = this.groups.get(group) ?? { generation: -1, assigned: null }
    this.groups.set(group, history)
    const problem = judge(exchange, history)
    if (problem !== null && this.broken.length < MAX_BROKEN) this.broken.push(`group '${group}': ${problem}`)
  }

  /** It is gone, and may begin anew; all are when a coordinator is loaded again from what is durable. */
  forget(group?: string): void {
    if (group === undefined) this.groups.clear()
    else this.groups.delete(group)
  }
}

function judge(exchange: RecordedExchange, history: GroupHistory): string | null {
  switch (exchange.api) {
    case 'JoinGroup':
      return judgeJoin(exchange, history)
    case 'SyncGroup':
      return judgeSync(exchange, history)
    case 'OffsetCommit':
      return judgeCommit(exchange, history)
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
