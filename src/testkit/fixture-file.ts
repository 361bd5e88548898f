// A broker filled from fixtures, and its contents as fixtures: what a suite begins with, and what it may keep of a run.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { OffsetFetchGroupResponse } from '../coordinator/offset-fetch.js'
import type { GroupMetadataValue } from '../coordinator/types.js'
import { toMs } from '../observe/duration.js'
import {
  readAssignment,
  readSubscribedTopics,
  writeAssignment,
  writeSubscription,
} from '../protocol/embedded/consumer-protocol.js'
import type { Broker } from '../server/broker.js'
import {
  type FixtureEntry,
  type FixtureGroup,
  type FixtureMember,
  type FixtureMessage,
  fromBytes,
  toBytes,
} from './fixture-entries.js'
import { FixtureError, type Fixtures, type Message } from './fixtures.js'
import { ask } from './local.js'

/** Groups come last: to a group with members nobody commits from outside. */
const ORDER = ['topic', 'record', 'offset', 'group'] as const

/** Applies all entries: those of one type in their order. Rejects with FixtureError. */
export async function loadFixtures(
  broker: Broker,
  fixtures: Fixtures,
  entries: readonly FixtureEntry[],
): Promise<void> {
  const of = <T extends FixtureEntry['type']>(type: T) =>
    entries.filter((entry): entry is Extract<FixtureEntry, { type: T }> => entry.type === type)
  for (const type of ORDER) {
    if (type === 'topic') for (const entry of of(type)) makeTopic(broker, fixtures, entry)
    else if (type === 'record') await produceAll(fixtures, of(type))
    else if (type === 'group') for (const entry of of(type)) await restoreGroup(broker, entry)
    else
      for (const { group, topic, partition, offset, metadata = '' } of of(type))
        await fixtures.commit(group, { [topic]: { [partition]: { offset, metadata } } })
  }
}

function makeTopic(
  broker: Broker,
  fixtures: Fixtures,
  { topic, partitions = 1 }: { topic: string; partitions?: number },
): void {
  const there = broker.image.topicsByName.get(topic)?.partitions.length
  if (there === undefined) fixtures.createTopic(topic, partitions)
  else if (there !== partitions) fixtures.growTopic(topic, partitions)
}

async function produceAll(
  fixtures: Fixtures,
  records: readonly ({ readonly topic: string } & FixtureMessage)[],
): Promise<void> {
  const topics = new Set(records.map(({ topic }) => topic))
  for (const topic of topics) {
    const messages = records.filter((record) => record.topic === topic)
    await fixtures.produce(topic, messages.map(toMessage))
  }
}

export function toMessage({ key, value, partition, headers, timestamp }: FixtureMessage): Message {
  const texts = Object.entries(headers ?? {}).map(([name, header]) => [name, String(header)])
  return {
    key: toBytes(key),
    value: toBytes(value),
    ...(partition === undefined ? {} : { partition }),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(texts) as Record<string, string> }),
    ...(timestamp === undefined ? {} : { timestamp }),
  }
}

const SESSION_TIMEOUT_MS = 45_000
const REBALANCE_TIMEOUT_MS = 300_000

/** As it would come back when a coordinator loads it: Stable with its members, each with a full session, or Empty. */
async function restoreGroup(broker: Broker, entry: FixtureGroup): Promise<void> {
  const { group: groupId, members, protocolType = 'consumer', generation = 1 } = entry
  const value: GroupMetadataValue = {
    protocolType,
    generation,
    protocol: entry.protocol ?? (members.length === 0 ? null : 'range'),
    leader: entry.leader ?? members[0]?.memberId ?? null,
    currentStateTimestampMs: broker.nowMs(),
    members: members.map(toMember),
  }
  const request = { what: 'restore', groupId, value } as const
  const { refused } = await ask<{ refused: string | null }>(0, (ticket) =>
    broker.shardOf(groupId).submit({ type: 'Provoke', ticket, request }),
  )
  if (refused !== null) throw new FixtureError(refused)
}

function toMember({ memberId, instanceId, topics, assignment = {}, ...rest }: FixtureMember) {
  const assignedPartitions = Object.entries(assignment).map(([topic, partitions]) => ({
    topic,
    partitions: [...partitions],
  }))
  return {
    memberId,
    groupInstanceId: instanceId ?? null,
    clientId: rest.clientId ?? '',
    clientHost: rest.clientHost ?? '/127.0.0.1',
    sessionTimeoutMs: toMs(rest.sessionTimeout ?? SESSION_TIMEOUT_MS),
    rebalanceTimeoutMs: toMs(rest.rebalanceTimeout ?? REBALANCE_TIMEOUT_MS),
    subscription: writeSubscription({ topics: [...(topics ?? Object.keys(assignment))] }),
    assignment: writeAssignment({ assignedPartitions }),
  }
}

/** All that can be loaded again: topics, records, offsets, and the groups that have or had members. */
export async function dumpFixtures(
  broker: Broker,
  fixtures: Fixtures,
  groups: readonly GroupSnapshot[],
  offsetsOf: (groupId: string) => Promise<OffsetFetchGroupResponse>,
): Promise<FixtureEntry[]> {
  const entries: FixtureEntry[] = []
  for (const { name, partitions } of broker.image.topicsByName.values())
    entries.push({ type: 'topic', topic: name, partitions: partitions.length })
  for (const topic of broker.image.topicsByName.keys()) {
    for (const { partition, key, value, headers, timestampMs } of await fixtures.records(topic)) {
      const texts = headers.map((header) => [String(header.key), String(header.value ?? '')])
      entries.push({
        ...{ type: 'record', topic, partition, key: fromBytes(key), value: fromBytes(value) },
        ...(headers.length === 0 ? {} : { headers: Object.fromEntries(texts) as Record<string, string> }),
        timestamp: Number(timestampMs),
      })
    }
  }
  for (const { groupId } of groups) entries.push(...offsetEntries(groupId, await offsetsOf(groupId)))
  for (const group of groups) if (group.protocolType !== null) entries.push(groupEntry(group))
  return entries
}

function offsetEntries(group: string, { topics }: OffsetFetchGroupResponse): FixtureEntry[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset, metadata }) => ({
      ...({ type: 'offset', group, topic: name } as const),
      partition: partitionIndex,
      offset: committedOffset,
      ...(metadata ? { metadata } : {}),
    })),
  )
}

function groupEntry(group: GroupSnapshot): FixtureEntry {
  const { groupId, protocolType, protocolName, generation, leaderId, members } = group
  return {
    ...{ type: 'group', group: groupId, generation },
    ...(protocolType === null ? {} : { protocolType }),
    ...(protocolName === null ? {} : { protocol: protocolName }),
    ...(leaderId === null ? {} : { leader: leaderId }),
    members: members.map((member) => ({
      ...{ memberId: member.memberId, clientId: member.clientId, clientHost: member.clientHost },
      ...(member.instanceId === null ? {} : { instanceId: member.instanceId }),
      sessionTimeout: member.sessionTimeoutMs,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      ...ofConsumer(member),
    })),
  }
}

/** Nothing for what is not written in the consumer protocol. */
function ofConsumer({ metadata, assignment }: GroupSnapshot['members'][number]): Partial<FixtureMember> {
  try {
    const topics = metadata === null ? [] : readSubscribedTopics(metadata)
    if (assignment.length === 0) return { topics }
    const owned = readAssignment(assignment).assignedPartitions.map(
      ({ topic, partitions }) => [topic, partitions] as const,
    )
    return { topics, assignment: Object.fromEntries(owned) }
  } catch {
    return {}
  }
}
