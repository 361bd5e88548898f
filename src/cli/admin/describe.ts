// `cohort describe GROUP`: its state and its members, and in so many words what a broker does not tell about a group.

import type { Cluster } from '../../client/cluster.js'
import { AdminError, addressText } from '../../client/errors.js'
import { type DescribedMember, type KnownGroup, lookUpGroup } from '../../client/groups.js'
import { adminCommand, type CommonFlags, type Io, perform } from './command.js'
import { json } from './json.js'
import { type Column, facts, partitionsText, table } from './table.js'

const COLUMNS: readonly Column<DescribedMember>[] = [
  { head: 'MEMBER', of: ({ memberId }) => memberId },
  { head: 'CLIENT', of: ({ clientId }) => clientId },
  { head: 'HOST', of: ({ host }) => host },
  { head: 'INSTANCE', of: ({ instanceId }) => instanceId },
  { head: 'ASSIGNED', of: assignedText },
  { head: 'SUBSCRIBED', of: subscribedText },
]

export function describe(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand('describe', 'Shows a group and its members.').argument('<group>')
  return perform<CommonFlags>(command, argv, io, async (cluster, flags, [groupId = '']) => {
    const group = await existingGroup(cluster, groupId)
    io.write(flags.json ? json(asJson(group)) : asText(group))
    return 0
  })
}

/** Rejects with AdminError when there is none. */
export async function existingGroup(cluster: Cluster, groupId: string): Promise<KnownGroup> {
  const group = await lookUpGroup(cluster, groupId)
  if (group.type !== null) return group
  throw new AdminError(
    `group '${groupId}' does not exist: nobody has joined it or committed to it`,
    'GROUP_ID_NOT_FOUND',
    'DescribeGroups',
    group.described.coordinator,
  )
}

function asText(group: KnownGroup): string {
  const { described, state, type, protocolType } = group
  const { coordinator, members, protocolName, groupId } = described
  const lines = facts([
    ['Group', groupId],
    ['State', state],
    ['Type', type],
    ['Protocol', protocolType || null],
    ['Assignor', protocolName || null],
    ['Coordinator', `broker ${coordinator.nodeId}, ${addressText(coordinator)}`],
    ['Generation', generationText(members)],
    ['Members', isTold(group) ? String(members.length) : null],
  ])
  const people = members.length === 0 ? '' : `\n${table(COLUMNS, members)}`
  return `${lines}${people}${silences(group)
    .map((line) => `\n${line}\n`)
    .join('')}`
}

const isTold = ({ type }: KnownGroup) => type === 'classic'
export const isRebalancing = (state: string) =>
  state === 'PreparingRebalance' || state === 'CompletingRebalance'

/** What one looks for in vain, and why. */
function silences(group: KnownGroup): string[] {
  if (!isTold(group))
    return [
      `Members of a group of type ${group.type} are not told by DescribeGroups. Its offsets are: cohort lag.`,
    ]
  if (!isRebalancing(group.state)) return []
  const awaited = group.state === 'PreparingRebalance' ? 'JoinGroup' : "the leader's SyncGroup"
  return [
    `The group is rebalancing and waits for ${awaited}. DescribeGroups does not tell who is awaited, for how long still,\n` +
      'why it began, or what members subscribe to meanwhile; what is assigned is as it was before.',
  ]
}

/** No response carries it. Members that say in which generation they had what they own (KIP-792) give a lower bound. */
function leastGeneration(members: readonly DescribedMember[]): number | null {
  const told = members.flatMap(({ subscribed }) =>
    subscribed?.kind === 'consumer' && subscribed.ownedInGeneration !== null
      ? [subscribed.ownedInGeneration]
      : [],
  )
  return told.length === 0 ? null : Math.max(...told) + 1
}

function generationText(members: readonly DescribedMember[]): string {
  const least = leastGeneration(members)
  return least === null
    ? 'not told by DescribeGroups'
    : `${least} at least, by what members said when they joined`
}

function assignedText({ assigned }: DescribedMember): string | null {
  if (assigned === null) return null
  return assigned.kind === 'consumer'
    ? partitionsText(assigned.partitions)
    : `${assigned.sizeBytes} bytes, ${assigned.why}`
}

function subscribedText({ subscribed }: DescribedMember): string | null {
  if (subscribed === null) return null
  return subscribed.kind === 'consumer'
    ? [...subscribed.topics].sort().join(', ')
    : `${subscribed.sizeBytes} bytes, ${subscribed.why}`
}

function asJson(group: KnownGroup) {
  const { described, state, type, protocolType } = group
  const { groupId, protocolName, coordinator, members } = described
  return {
    groupId,
    state,
    type,
    protocolType,
    assignor: protocolName || null,
    coordinator,
    leastGeneration: leastGeneration(members),
    members: isTold(group) ? members : null,
  }
}
