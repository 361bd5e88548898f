// Groups as a broker tells of them, for the doctor: described once, their offsets looked at several times.

import type { Address } from '../client/addresses.js'
import { Cluster } from '../client/cluster.js'
import { AdminError } from '../client/errors.js'
import { type DescribedGroup, type DescribedMember, describeGroups, listGroups } from '../client/groups.js'
import { lagOf } from '../client/lag.js'
import type { GroupFacts, MemberFacts, OffsetSample } from '../doctor/group-facts.js'

export interface LookedAt {
  readonly facts: readonly GroupFacts[]
  /** Of the last look. */
  readonly nowMs: number
  /** What could not be told, one line each. */
  readonly notes: readonly string[]
}

/** Burrow's window has so many samples at the most; half of them are enough. */
const LOOKS = 10
/** Looks that are closer than a second count as one. */
const LEAST_PAUSE_MS = 1050

/** All groups of the cluster unless some are named. Rejects with AdminError when nothing can be asked at all. */
export async function lookAtGroups(
  bootstrap: readonly Address[],
  groupIds: readonly string[],
  watchMs: number,
): Promise<LookedAt> {
  const cluster = new Cluster(bootstrap, { clientId: 'cohort-doctor' })
  try {
    return await look(cluster, groupIds, watchMs)
  } finally {
    await cluster.close()
  }
}

async function look(cluster: Cluster, asked: readonly string[], watchMs: number): Promise<LookedAt> {
  const notes: string[] = []
  const groupIds = asked.length > 0 ? asked : await classicGroups(cluster, notes)
  const described: DescribedGroup[] = []
  for (const [groupId, group] of await describeGroups(cluster, groupIds)) {
    if (group instanceof AdminError) notes.push(group.message)
    else if (group.state !== 'Dead') described.push(group)
    else if (asked.length > 0)
      notes.push(`group '${groupId}' does not exist, or is of a newer type (KIP-848)`)
  }
  const samples = await sample(cluster, described, watchMs, notes)
  const facts: GroupFacts[] = []
  for (const group of described) facts.push(await factsOf(cluster, group, samples.get(group.groupId) ?? []))
  return { facts, nowMs: Date.now(), notes }
}

async function classicGroups(cluster: Cluster, notes: string[]): Promise<string[]> {
  const { groups, failures } = await listGroups(cluster, {})
  notes.push(...failures.map(({ message }) => message))
  return groups.filter(({ type }) => type === 'classic').map(({ groupId }) => groupId)
}

async function sample(
  cluster: Cluster,
  groups: readonly DescribedGroup[],
  watchMs: number,
  notes: string[],
): Promise<Map<string, OffsetSample[]>> {
  const samples = new Map<string, OffsetSample[]>()
  const pauseMs = Math.max(watchMs / (LOOKS - 1), LEAST_PAUSE_MS)
  const failed = new Set<string>()
  for (let spentMs = 0; spentMs <= watchMs; spentMs += pauseMs) {
    if (spentMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    for (const group of groups) {
      if (failed.has(group.groupId)) continue
      try {
        samples.set(group.groupId, [...(samples.get(group.groupId) ?? []), ...(await lookAt(cluster, group))])
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        failed.add(group.groupId)
        notes.push(error.message)
      }
    }
  }
  return samples
}

async function lookAt(cluster: Cluster, group: DescribedGroup): Promise<OffsetSample[]> {
  const lags = await lagOf(cluster, group.groupId, group)
  const atMs = Date.now()
  return lags.flatMap(({ topic, partition, committed, end }) =>
    committed === null || end === null ? [] : [{ atMs, topic, partition, committed, end }],
  )
}

async function factsOf(
  cluster: Cluster,
  { groupId, state, protocolType, protocolName, members }: DescribedGroup,
  offsets: readonly OffsetSample[],
): Promise<GroupFacts> {
  const topics = new Set(members.flatMap(({ subscribed }) => topicsIn(subscribed) ?? []))
  const known = topics.size === 0 ? null : await cluster.topics([...topics])
  const counts = [...(known?.values() ?? [])].map((partitions) => partitions.length)
  return {
    groupId,
    state,
    protocolType,
    protocol: protocolName || null,
    members: members.map(memberFacts),
    partitionCount: known === null ? null : counts.reduce((sum, each) => sum + each, 0),
    offsets,
  }
}

const topicsIn = (subscribed: DescribedMember['subscribed']) =>
  subscribed?.kind === 'consumer' ? subscribed.topics : null

function memberFacts({
  memberId,
  clientId,
  host,
  instanceId,
  subscribed,
  assigned,
}: DescribedMember): MemberFacts {
  const partitions = assigned?.kind === 'consumer' ? assigned.partitions : []
  return {
    memberId,
    clientId,
    clientHost: host,
    instanceId,
    topics: topicsIn(subscribed),
    partitions: partitions.map(({ topic, partition }) => `${topic}-${partition}`),
  }
}
