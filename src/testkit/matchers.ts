// Matchers for vitest and jest: `expect.extend(cohortMatchers)`. They look at what is now; to wait, use the group's waits.

import { Group } from './group.js'
import { assignedIn } from './lag.js'

interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

/** What jest and vitest both understand. */
type Matcher<Arguments extends readonly unknown[]> = (
  received: unknown,
  ...expected: Arguments
) => Verdict | Promise<Verdict>

function asGroup(received: unknown, matcher: string): Group {
  if (received instanceof Group) return received
  throw new TypeError(`${matcher} is for a group: expect(cohort.group('g')).${matcher}(...)`)
}

const count = (times: number) => (times === 1 ? 'once' : times === 0 ? 'never' : `${times} times`)

const toHaveRebalanced: Matcher<[times: number]> = (received, times) => {
  const group = asGroup(received, 'toHaveRebalanced')
  const { rebalances } = group
  return {
    pass: rebalances === times,
    message: () =>
      `group '${group.id}' has rebalanced ${count(rebalances)}, expected ${rebalances === times ? 'otherwise' : count(times)}\n${group.explain()}`,
  }
}

const toBeStable: Matcher<[expected?: { readonly members?: number }]> = async (
  received,
  { members } = {},
) => {
  const group = asGroup(received, 'toBeStable')
  const now = await group.snapshot()
  const situation = await group.describe()
  const isStable = now?.state === 'Stable' && now.members.every(({ owes }) => owes === null)
  const pass = isStable && (members === undefined || now.members.length === members)
  const wanted = `Stable${members === undefined ? '' : ` with ${members} members`}`
  return { pass, message: () => `expected ${pass ? 'not ' : ''}${wanted}, but\n${situation}` }
}

/** By any member, or by the one of this member id, client id or instance id. */
const toOwn: Matcher<[topic: string, partition: number, member?: string]> = async (
  received,
  topic,
  partition,
  member,
) => {
  const group = asGroup(received, 'toOwn')
  const now = await group.snapshot()
  const owner = now?.members.find(({ assignment }) =>
    assignedIn(assignment).some((each) => each.topic === topic && each.partition === partition),
  )
  const names = [owner?.memberId, owner?.clientId, owner?.instanceId]
  const pass = owner !== undefined && (member === undefined || names.includes(member))
  const who = owner === undefined ? 'nobody' : `${owner.memberId} (client '${owner.clientId}')`
  const wanted = pass ? 'otherwise' : (member ?? 'somebody')
  return {
    pass,
    message: () => `${topic}-${partition} is owned by ${who} in group '${group.id}', expected ${wanted}`,
  }
}

const toHaveCommitted: Matcher<[topic: string, partition: number, offset: number | bigint]> = async (
  received,
  topic,
  partition,
  offset,
) => {
  const group = asGroup(received, 'toHaveCommitted')
  const committed = await group.committedOffset(topic, partition)
  const pass = committed === BigInt(offset)
  const what = committed < 0n ? 'nothing' : committed
  const wanted = pass ? 'otherwise' : offset
  return {
    pass,
    message: () => `group '${group.id}' has committed ${what} of ${topic}-${partition}, expected ${wanted}`,
  }
}

/**
 * For the types of `expect`: with vitest `declare module 'vitest' { interface Matchers<T> extends CohortMatchers {} }`, with
 * jest `namespace jest { interface Matchers<R> extends CohortMatchers<R> {} }`.
 */
export interface CohortMatchers<R = void> {
  toHaveRebalanced(times: number): R
  toBeStable(expected?: { readonly members?: number }): Promise<R>
  toOwn(topic: string, partition: number, member?: string): Promise<R>
  toHaveCommitted(topic: string, partition: number, offset: number | bigint): Promise<R>
}

export const cohortMatchers = { toHaveRebalanced, toBeStable, toOwn, toHaveCommitted }
