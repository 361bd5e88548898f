// What a shard writes to __consumer_offsets and how its state comes back from it (Kafka: GroupMetadataManager
// and OffsetMetadataManager, their replay methods). Nothing is written for PreparingRebalance and
// CompletingRebalance: after a failover a rebalancing group is what it was when last Stable or Empty.

import { ClassicGroup } from './classic/group.js'
import { Member } from './classic/member.js'
import { addMember, computeSubscribedTopics } from './classic/members.js'
import { GroupMetadataRecord } from './group-record.js'
import { added, type Shard, type Step } from './shard.js'
import type { GroupMetadataValue, GroupRecord } from './types.js'

/**
 * Writes a record and applies it at once. A group's metadata is a snapshot of live state, so only its
 * tombstone changes anything; offsets change through here and nowhere else.
 */
export function append(step: Step, record: GroupRecord): void {
  step.decision.records = added(step.decision.records, record)
  if (record.kind === 'OffsetCommit' || record.value === null) replay(step.shard, record, step.nowMs)
}

export function appendGroupMetadata(step: Step, group: ClassicGroup): void {
  append(step, new GroupMetadataRecord(group.id, groupMetadataValue(group)))
}

export function groupMetadataValue(group: ClassicGroup): GroupMetadataValue {
  return {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestampMs: group.stateSinceMs,
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      sessionTimeoutMs: member.sessionTimeoutMs,
      subscription: subscriptionOf(group, member),
      assignment: member.assignment,
    })),
  }
}

function subscriptionOf(group: ClassicGroup, member: Member): Buffer {
  const protocol = member.protocols.find(({ name }) => name === group.protocolName)
  if (protocol === undefined)
    throw new Error(`member '${member.id}' does not support '${group.protocolName}'`)
  return protocol.metadata
}

/** `nowMs` dates a group that exists only through its offsets; its age is never asked for. */
export function replay(shard: Shard, record: GroupRecord, nowMs: number): void {
  const { groupId } = record
  switch (record.kind) {
    case 'OffsetCommit': {
      if (record.value === null) {
        shard.offsets.remove(record.place, record.partition)
        return
      }
      // A group that has offsets is there.
      const isFirst = shard.offsets.put(record)
      if (isFirst && !shard.groups.has(groupId)) shard.groups.set(groupId, new ClassicGroup(groupId, nowMs))
      return
    }
    case 'GroupMetadata':
      if (record.value === null) shard.groups.delete(groupId)
      else shard.groups.set(groupId, restoreGroup(groupId, record.value))
      return
  }
}

/** With members it is Stable, without Empty; a member supports the one protocol that was kept. */
function restoreGroup(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const group = new ClassicGroup(groupId, value.currentStateTimestampMs)
  group.state = value.members.length === 0 ? 'Empty' : 'Stable'
  group.protocolType = value.protocolType === '' ? null : value.protocolType
  group.protocolName = value.protocol
  group.generation = value.generation
  group.leaderId = value.leader
  for (const member of value.members) {
    addMember(
      group,
      new Member({
        groupId,
        id: member.memberId,
        instanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        sessionTimeoutMs: member.sessionTimeoutMs,
        rebalanceTimeoutMs:
          member.rebalanceTimeoutMs === -1 ? member.sessionTimeoutMs : member.rebalanceTimeoutMs,
        protocols: [{ name: value.protocol ?? '', metadata: member.subscription }],
        assignment: member.assignment,
      }),
      value.protocolType,
    )
  }
  group.subscribedTopics = computeSubscribedTopics(group)
  return group
}
