// Did a group read everything, and nothing twice but what was not committed? Read from what its members said, which is all
// that counts: the broker is not asked.
//
// A stint is the time from one assignment of a partition to a member to the next one of the same partition to the same
// member. Within a stint offsets follow each other. A stint that begins after a commit was acknowledged begins there.

import type { Event } from './event.js'

export interface History {
  readonly name: string
  readonly events: readonly Event[]
}

interface Stint {
  readonly member: string
  readonly partition: number
  readonly from: number
  readonly offsets: number[]
}

interface Commit {
  readonly member: string
  readonly partition: number
  readonly offset: number
  readonly at: number
}

/** One line for each thing that is wrong. */
export function judge(
  produced: readonly string[],
  histories: readonly History[],
  mayReread = false,
): string[] {
  const stints = histories.flatMap(stintsOf)
  const commits = histories.flatMap(commitsOf)
  return [
    ...missing(produced, histories),
    ...stints.flatMap((each) => gaps(each, mayReread)),
    ...(mayReread ? [] : stints.flatMap((each) => rewinds(each, commits))),
  ]
}

export function missing(produced: readonly string[], histories: readonly History[]): string[] {
  const seen = new Set<string>()
  for (const { events } of histories)
    for (const event of events) if (event.event === 'consumed') seen.add(event.value)
  const lost = produced.filter((value) => !seen.has(value))
  if (lost.length === 0) return []
  return [
    `${lost.length} of ${produced.length} records were read by nobody: ${lost.slice(0, 5).join(', ')} ...`,
  ]
}

function stintsOf({ name, events }: History): Stint[] {
  const all: Stint[] = []
  const current = new Map<number, Stint>()
  for (const event of events) {
    if (event.event === 'assigned')
      for (const partition of event.partitions) {
        const stint = { member: name, partition, from: event.at, offsets: [] }
        current.set(partition, stint)
        all.push(stint)
      }
    if (event.event === 'consumed') current.get(event.partition)?.offsets.push(event.offset)
  }
  return all
}

function commitsOf({ name, events }: History): Commit[] {
  return events.flatMap((event) =>
    event.event === 'committed'
      ? Object.entries(event.offsets).map(([partition, offset]) => ({
          member: name,
          partition: Number(partition),
          offset,
          at: event.at,
        }))
      : [],
  )
}

/** Nothing is left out; nothing comes again, unless the client hands over what it had before the rebalance. */
function gaps({ member, partition, offsets }: Stint, mayReread: boolean): string[] {
  let last: number | null = null
  for (const offset of offsets) {
    if (last !== null && (offset > last + 1 || (offset <= last && !mayReread)))
      return [`${member} read offset ${offset} of partition ${partition} right after ${last}`]
    last = mayReread ? Math.max(offset, last ?? offset) : offset
  }
  return []
}

function rewinds({ member, partition, from, offsets }: Stint, commits: readonly Commit[]): string[] {
  const first = offsets[0]
  const before = commits.filter((commit) => commit.partition === partition && commit.at < from)
  const last = before.reduce<Commit | null>((a, b) => (a !== null && a.offset > b.offset ? a : b), null)
  if (first === undefined || last === null || first >= last.offset) return []
  return [
    `${member} began partition ${partition} at ${first}, although ${last.member} had committed ${last.offset} before`,
  ]
}

/** Callbacks in order: nothing is assigned that it has already, nothing revoked that it has not, nothing read that is not its own. */
export function disorder({ name, events }: History): string[] {
  const own = new Set<number>()
  const problems: string[] = []
  for (const event of events)
    if (event.event === 'assigned')
      for (const partition of event.partitions) {
        if (own.has(partition)) problems.push(`${name} was assigned ${partition} twice without a revocation`)
        own.add(partition)
      }
    else if (event.event === 'revoked' || event.event === 'lost')
      for (const partition of event.partitions) {
        if (!own.delete(partition)) problems.push(`${name} lost ${partition}, which it did not have`)
      }
    else if (event.event === 'consumed' && !own.has(event.partition))
      problems.push(`${name} read from ${event.partition}, which it did not have`)
  return problems
}

/** What it owns now. */
export function owned(events: readonly Event[]): number[] {
  const own = new Set<number>()
  for (const event of events)
    if (event.event === 'assigned') for (const partition of event.partitions) own.add(partition)
    else if (event.event === 'revoked' || event.event === 'lost')
      for (const partition of event.partitions) own.delete(partition)
    else if (event.event === 'left') own.clear()
  return [...own].sort((a, b) => a - b)
}
