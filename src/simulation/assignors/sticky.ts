// Assignors that leave as much as possible where it is: sticky, which remembers, and cooperative-sticky (KIP-429), which
// moves a partition in two steps: in the first nobody gets it, so that its owner can let go of it without haste. Simpler than
// Java's AbstractStickyAssignor: where subscriptions differ, balance is by number and found greedily.

import { codec } from '../../protocol/compile.js'
import { array, int32, message, string } from '../../protocol/schema.js'
import { Reader, Writer } from '../../protocol/wire.js'
import {
  type Assign,
  type Assignment,
  allPartitions,
  emptyAssignment,
  inOrder,
  type Owned,
  type Subscriber,
  type TopicPartition,
} from './types.js'

/** Java: StickyAssignor, its STICKY_ASSIGNOR_USER_DATA_V1. */
const userDataV1 = message('StickyAssignorUserData', '1', 'none', {
  previousAssignment: array({ topic: string('0+'), partitions: array('int32')('0+') })('0+'),
  generation: int32('0+'),
})

export function stickyUserData(last: Owned, generation: number): Buffer {
  const previousAssignment = [...last].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }))
  const writer = new Writer()
  codec(userDataV1, 1).write(writer, { previousAssignment, generation })
  return writer.take()
}

export function readStickyUserData(bytes: Buffer): { owned: Owned; generation: number } {
  const { previousAssignment, generation } = codec(userDataV1, 1).read(new Reader(bytes))
  return {
    owned: new Map(previousAssignment.map(({ topic, partitions }) => [topic, partitions])),
    generation,
  }
}

export const sticky: Assign = (subscribers, partitionCounts) => {
  const members = inOrder(subscribers)
  const all = allPartitions(subscribers, partitionCounts)
  const assignment = emptyAssignment(members)
  const kept = keep(members, assignment, all)
  handOut(members, assignment, all, kept)
  balance(members, assignment)
  return assignment
}

/** What must change hands is given to nobody yet; its owner lets go, rejoins, and then it is handed out. */
export const cooperativeSticky: Assign = (subscribers, partitionCounts) => {
  const assignment = sticky(subscribers, partitionCounts)
  const owners = new Map<string, string>()
  for (const { memberId, owned } of subscribers) {
    for (const [topic, partitions] of owned) {
      for (const partition of partitions) owners.set(keyOf({ topic, partition }), memberId)
    }
  }
  for (const [memberId, partitions] of assignment) {
    assignment.set(
      memberId,
      partitions.filter((partition) => (owners.get(keyOf(partition)) ?? memberId) === memberId),
    )
  }
  return assignment
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`

/** What a member of the newest generation claims, it keeps; of two that claim the same neither does. */
function keep(
  members: readonly Subscriber[],
  assignment: Assignment,
  all: readonly TopicPartition[],
): Set<string> {
  const newest = Math.max(...members.map(({ generation }) => generation))
  const exists = new Set(all.map(keyOf))
  const claims = new Map<string, { member: Subscriber; partition: TopicPartition }[]>()
  for (const member of members) {
    if (member.generation < newest) continue
    for (const [topic, partitions] of member.owned) {
      if (!member.topics.includes(topic)) continue
      for (const partition of partitions) {
        const key = keyOf({ topic, partition })
        if (!exists.has(key)) continue
        const claim = { member, partition: { topic, partition } }
        claims.set(key, [...(claims.get(key) ?? []), claim])
      }
    }
  }
  const kept = new Set<string>()
  for (const [key, [claim, other]] of claims) {
    if (claim === undefined || other !== undefined) continue
    kept.add(key)
    assignment.get(claim.member.memberId)?.push(claim.partition)
  }
  return kept
}

/** What nobody keeps goes to whoever has least. */
function handOut(
  members: readonly Subscriber[],
  assignment: Assignment,
  all: readonly TopicPartition[],
  kept: ReadonlySet<string>,
): void {
  for (const partition of all) {
    if (kept.has(keyOf(partition))) continue
    let least: TopicPartition[] | undefined
    for (const { memberId, topics } of members) {
      const owned = assignment.get(memberId)
      if (owned === undefined || !topics.includes(partition.topic)) continue
      if (least === undefined || owned.length < least.length) least = owned
    }
    least?.push(partition)
  }
}

/** Moves one partition at a time from who has most to who has least, while that makes them more equal. */
function balance(members: readonly Subscriber[], assignment: Assignment): void {
  for (;;) {
    const byLoad = [...members].sort((a, b) => sizeOf(assignment, a) - sizeOf(assignment, b))
    if (!byLoad.some((poor) => takeFromRicher(byLoad, assignment, poor))) return
  }
}

const sizeOf = (assignment: Assignment, { memberId }: Subscriber) => assignment.get(memberId)?.length ?? 0

function takeFromRicher(byLoad: readonly Subscriber[], assignment: Assignment, poor: Subscriber): boolean {
  const gets = assignment.get(poor.memberId) as TopicPartition[]
  for (let i = byLoad.length - 1; i >= 0; i--) {
    const rich = byLoad[i] as Subscriber
    const gives = assignment.get(rich.memberId) as TopicPartition[]
    if (gives.length - gets.length < 2) return false
    const at = gives.findLastIndex(({ topic }) => poor.topics.includes(topic))
    if (at < 0) continue
    gets.push(...gives.splice(at, 1))
    return true
  }
  return false
}
