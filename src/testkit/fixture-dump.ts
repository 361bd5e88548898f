// The contents of a broker as fixtures: what a suite may keep of a run. Loaded into another broker, they are dumped from there in the
// same letters.

import type { GroupSnapshot, MemberSnapshot } from '../coordinator/inspect.js'
import type { OffsetFetchGroupResponse } from '../coordinator/offset-fetch.js'
import { readAssignment, readSubscribedTopics } from '../protocol/embedded/consumer-protocol.js'
import type { Cluster } from '../server/cluster.js'
import { fromBytes, fromHeaders } from './fixture-bytes.js'
import { type FixtureEntry, type FixtureMember, memberShape } from './fixture-entries.js'
import type { Fixtures } from './fixtures.js'

/** All that can be loaded again: topics, records, offsets, and the groups that have or had members. */
export async function dumpFixtures(
  cluster: Cluster,
  fixtures: Fixtures,
  groups: readonly GroupSnapshot[],
  offsetsOf: (groupId: string) => Promise<OffsetFetchGroupResponse>,
): Promise<FixtureEntry[]> {
  const entries: FixtureEntry[] = []
  for (const { name, partitions } of cluster.image.topicsByName.values())
    entries.push({ type: 'topic', topic: name, partitions: partitions.length })
  for (const topic of cluster.image.topicsByName.keys()) {
    for (const { partition, key, value, headers, timestampMs } of await fixtures.records(topic)) {
      entries.push({
        ...{ type: 'record', topic, partition, key: fromBytes(key), value: fromBytes(value) },
        ...(headers.length === 0 ? {} : { headers: fromHeaders(headers) }),
        timestamp: Number(timestampMs),
      })
    }
  }
  const inOrder = [...groups].sort((a, b) => compare(a.groupId, b.groupId))
  for (const { groupId } of inOrder) entries.push(...offsetEntries(groupId, await offsetsOf(groupId)))
  for (const group of inOrder) if (group.protocolType !== null) entries.push(groupEntry(group))
  return entries
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** In order of topic and partition. One below 0 stands for none. */
function offsetEntries(group: string, { topics }: OffsetFetchGroupResponse): FixtureEntry[] {
  const inOrder = [...topics].sort((a, b) => compare(a.name, b.name))
  return inOrder.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ partitionIndex, committedOffset, metadata }) => ({
        ...({ type: 'offset', group, topic: name } as const),
        partition: partitionIndex,
        offset: committedOffset,
        ...(metadata ? { metadata } : {}),
      })),
  )
}

type OfGroup = 'groupId' | 'protocolType' | 'protocolName' | 'generation' | 'leaderId'
type DumpedGroup = Pick<GroupSnapshot, OfGroup> & {
  readonly members: readonly Omit<MemberSnapshot, 'waitsIn' | 'owes' | 'sessionTimer'>[]
}

/** In a rebalance the protocol and the leader are those that the next generation would have of what is known. */
export function groupEntry(group: DumpedGroup): FixtureEntry {
  const { groupId, protocolType, protocolName, generation, leaderId, members } = group
  const protocol = protocolName ?? members[0]?.protocols[0] ?? null
  const leader = members.some(({ isLeader }) => isLeader) ? leaderId : (members[0]?.memberId ?? null)
  return {
    ...{ type: 'group', group: groupId, generation },
    ...(protocolType ? { protocolType } : {}),
    ...(protocol ? { protocol } : {}),
    ...(leader ? { leader } : {}),
    members: members.map((member) => ({
      ...{ memberId: member.memberId, clientId: member.clientId, clientHost: member.clientHost },
      ...(member.instanceId === null ? {} : { instanceId: member.instanceId }),
      sessionTimeout: Math.max(member.sessionTimeoutMs, 0),
      rebalanceTimeout: Math.max(member.rebalanceTimeoutMs, 0),
      ...subscription(member.metadata),
      ...assigned(member.assignment),
    })),
  }
}

/** Its topics, all that the coordinator reads of it; the bytes where they are no subscription. */
function subscription(metadata: Buffer | null): Pick<FixtureMember, 'topics' | 'metadata'> {
  if (metadata === null) return { topics: [] }
  try {
    return { topics: readSubscribedTopics(metadata) }
  } catch {
    return { metadata: { base64: metadata.toString('base64') } }
  }
}

/** Topic -> partitions; the bytes where they are of another protocol, or that would not say all. */
function assigned(bytes: Buffer): Pick<FixtureMember, 'assignment'> {
  if (bytes.length === 0) return {}
  try {
    const { assignedPartitions } = readAssignment(bytes)
    const owned = Object.fromEntries(assignedPartitions.map(({ topic, partitions }) => [topic, partitions]))
    if (
      Object.keys(owned).length === assignedPartitions.length &&
      memberShape.assignment.read(owned) !== undefined
    )
      return { assignment: owned }
  } catch {
    // written in another protocol
  }
  return { assignment: { base64: bytes.toString('base64') } }
}
