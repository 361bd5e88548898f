// After a start over what was kept: whom the groups wait for, and until when. Members of a last run that ended without a goodbye are
// the usual reason for a program that gets no partitions at first.

import type { GroupSnapshot, MemberSnapshot } from '../coordinator/inspect.js'
import type { Cluster } from './cluster.js'
import { ask } from './local.js'

const MOST_LINES = 20

/** One line per group that has members, and one for those beyond the first 20. */
export async function tellWhoIsAwaited(cluster: Cluster, tell: (line: string) => void): Promise<void> {
  const groups = await groupsWithMembers(cluster)
  for (const group of groups.slice(0, MOST_LINES)) tell(awaitedLine(cluster, group))
  if (groups.length > MOST_LINES) tell(`and ${groups.length - MOST_LINES} more groups with members`)
}

async function groupsWithMembers({ shards }: Cluster): Promise<GroupSnapshot[]> {
  const active = shards.filter(({ host }) => host.isActive)
  const parts = active.map(({ host }) =>
    ask<{ groups: GroupSnapshot[] }>(0, (ticket) => host.submit({ type: 'InspectAll', ticket, request: {} })),
  )
  return (await Promise.all(parts)).flatMap(({ groups }) => groups)
}

function awaitedLine(cluster: Cluster, { groupId, state, generation, members }: GroupSnapshot): string {
  const ghosts = members.filter((member) => untilMs(cluster, member) <= cluster.nowMs())
  const awaited = members.filter((member) => !ghosts.includes(member))
  const untils = awaited.map((member) => untilMs(cluster, member))
  const parts = [
    ...(awaited.length === 0 ? [] : [`waits for ${names(awaited)} until ${time(Math.max(...untils))}`]),
    ...(ghosts.length === 0
      ? []
      : [`gives up ${names(ghosts)}: no heartbeat for longer than the session timeout`]),
  ]
  return `group '${groupId}' (${state}, generation ${generation}) ${parts.join('; ')}`
}

const untilMs = (cluster: Cluster, { sessionTimer }: MemberSnapshot) => cluster.deadlineOf(sessionTimer) ?? 0

function names(members: readonly MemberSnapshot[]): string {
  const [first = '', second, ...more] = members.map(
    ({ instanceId, clientId }) => `'${instanceId ?? clientId}'`,
  )
  if (second === undefined) return first
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${more.length} more`
}

const time = (ms: number) => new Date(ms).toISOString().slice(11, 23)
