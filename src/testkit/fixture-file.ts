// A broker filled from fixtures: what a suite begins with. All that can be known to be wrong is known before (fixture-check.ts); what
// the broker refuses nevertheless is told with the line that said it.

import type { GroupMetadataValue } from '../coordinator/types.js'
import { toMs } from '../observe/duration.js'
import { writeAssignment, writeSubscription } from '../protocol/embedded/consumer-protocol.js'
import type { Cluster } from '../server/cluster.js'
import { ask } from '../server/local.js'
import { toBytes } from './fixture-bytes.js'
import type { FixturePlan } from './fixture-check.js'
import type { FixtureGroup, FixtureMember } from './fixture-entries.js'
import { FixtureError, said } from './fixture-error.js'
import type { Fixtures } from './fixtures.js'

/** Those of one type in their order. Rejects with FixtureError. */
export async function loadFixtures(cluster: Cluster, fixtures: Fixtures, plan: FixturePlan): Promise<void> {
  for (const { where, entry } of plan.topics) await said(where, () => makeTopic(cluster, fixtures, entry))
  for (const [topic, records] of plan.records) await fixtures.produce(topic, records)
  for (const { where, entry } of plan.offsets) {
    const { group, metadata = '', ...offset } = entry
    await said(where, () => fixtures.commit(group, [{ ...offset, metadata }]))
  }
  for (const { where, entry } of plan.groups) await said(where, () => restoreGroup(cluster, entry))
}

/** One that is there stays as it is where nothing else is said. */
function makeTopic(
  cluster: Cluster,
  fixtures: Fixtures,
  { topic, partitions }: { readonly topic: string; readonly partitions?: number },
): void {
  const there = cluster.image.topicsByName.get(topic)?.partitions.length
  if (there === undefined) fixtures.createTopic(topic, partitions)
  else if (partitions !== undefined && partitions !== there) fixtures.growTopic(topic, partitions)
}

const SESSION_TIMEOUT_MS = 45_000
const REBALANCE_TIMEOUT_MS = 300_000

async function restoreGroup(cluster: Cluster, entry: FixtureGroup): Promise<void> {
  const { group: groupId } = entry
  const request = { what: 'restore', groupId, value: toGroupMetadata(entry, cluster.nowMs()) } as const
  const { refused } = await ask<{ refused: string | null }>(0, (ticket) =>
    cluster.shardOf(groupId).submit({ type: 'Provoke', ticket, request }),
  )
  if (refused !== null) throw new FixtureError(refused)
}

/** As it would come back when a coordinator loads it: Stable with its members, each with a full session, or Empty. */
export function toGroupMetadata(entry: FixtureGroup, nowMs: number): GroupMetadataValue {
  const { members, protocolType = 'consumer', generation = 1 } = entry
  return {
    protocolType,
    generation,
    protocol: entry.protocol ?? (members.length === 0 ? null : 'range'),
    leader: entry.leader ?? members[0]?.memberId ?? null,
    currentStateTimestampMs: nowMs,
    members: members.map(toMember),
  }
}

function toMember({ memberId, instanceId, metadata, topics, assignment, ...rest }: FixtureMember) {
  const owned = assignment === undefined || isBytes(assignment) ? {} : assignment
  return {
    memberId,
    groupInstanceId: instanceId ?? null,
    clientId: rest.clientId ?? '',
    clientHost: rest.clientHost ?? '/127.0.0.1',
    sessionTimeoutMs: toMs(rest.sessionTimeout ?? SESSION_TIMEOUT_MS),
    rebalanceTimeoutMs: toMs(rest.rebalanceTimeout ?? REBALANCE_TIMEOUT_MS),
    subscription:
      metadata === undefined
        ? writeSubscription({ topics: [...(topics ?? Object.keys(owned))] })
        : toBytes(metadata),
    assignment: toAssignment(assignment),
  }
}

type Assignment = NonNullable<FixtureMember['assignment']>

/** A topic may have the name base64: its partitions are a list. */
const isBytes = (assignment: Assignment): assignment is { readonly base64: string } =>
  typeof assignment.base64 === 'string'

/** Without any it has been given nothing yet. */
function toAssignment(assignment: Assignment | undefined): Buffer {
  if (assignment === undefined) return Buffer.alloc(0)
  if (isBytes(assignment)) return toBytes(assignment)
  const assignedPartitions = Object.entries(assignment).map(([topic, partitions]) => ({
    topic,
    partitions: [...partitions],
  }))
  return writeAssignment({ assignedPartitions })
}
