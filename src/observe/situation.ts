// A group's situation in words: its state, who waits for whom, which timer will end it. What a person needs who asks why
// nothing happens.

import type { GroupSnapshot, MemberSnapshot } from '../coordinator/inspect.js'
import type { GroupTimer } from '../coordinator/types.js'
import { fromMs } from './duration.js'

/** When a timer fires, ms since the epoch; undefined when it is not armed. */
export type DeadlineOf = (timer: GroupTimer) => number | undefined

/** Several lines; the first is one sentence. */
export function situation(
  groupId: string,
  group: GroupSnapshot | null,
  deadlineOf: DeadlineOf,
  nowMs: number,
): string {
  if (group === null) return `group '${groupId}' does not exist: nobody has joined it or committed to it`
  const since = fromMs(nowMs - group.stateSinceMs)
  const lines = [
    `group '${groupId}' is ${group.state} for ${since}, generation ${group.generation}, ${count(group)}`,
  ]
  const left = (timer: GroupTimer | null) => {
    const deadlineMs = timer === null ? undefined : deadlineOf(timer)
    return deadlineMs === undefined ? null : fromMs(Math.max(deadlineMs - nowMs, 0))
  }
  for (const member of group.members) lines.push(`  ${memberLine(member, left(member.sessionTimer))}`)
  for (const id of group.pendingIds)
    lines.push(`  ${id}: was given this id and has not joined with it; it holds the join phase up`)
  lines.push(...timerLines(group, left))
  return lines.join('\n')
}

const count = ({ members }: GroupSnapshot) =>
  members.length === 1 ? '1 member' : `${members.length || 'no'} members`

function memberLine(member: MemberSnapshot, session: string | null): string {
  const { memberId, instanceId, isLeader, waitsIn, owes } = member
  const who = [memberId, instanceId === null ? '' : `(instance '${instanceId}')`, isLeader ? '(leader)' : '']
  const runs = session === null ? '' : `; its session runs out in ${session}`
  const does =
    owes !== null && waitsIn === null
      ? `is awaited: it owes ${owes === 'JoinGroup' ? 'a' : 'its'} ${owes}${runs}`
      : waitsIn !== null
        ? `has sent ${waitsIn} and waits for the answer`
        : `is in${runs}`
  return `${who.filter(Boolean).join(' ')}: ${does}`
}

function timerLines(group: GroupSnapshot, left: (timer: GroupTimer | null) => string | null): string[] {
  const lines: string[] = []
  const join = left(group.joinTimer)
  if (group.state === 'PreparingRebalance' && join !== null)
    lines.push(`  the join phase ends in ${join} at the latest`)
  const sync = left(group.syncTimer)
  if (sync !== null && group.state !== 'PreparingRebalance')
    lines.push(`  who has not sent SyncGroup is removed in ${sync}`)
  return lines
}
