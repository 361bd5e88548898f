// What must hold of a shard between any two steps. Property tests and the simulation call it after every step;
// the server never does. A violation is a defect of this room.

import type { ClassicGroup } from './classic/group.js'
import type { Shard } from './shard.js'

/** Throws with the group and the rule that is broken. */
export function checkInvariants(shard: Shard): void {
  for (const [id, group] of shard.groups) {
    for (const broken of [...membersAgree(group), ...stateAgrees(group)]) {
      throw new Error(`group '${id}' (${group.state}, generation ${group.generation}): ${broken}`)
    }
  }
  for (const [groupId, topics] of shard.offsets.entries()) {
    if (!shard.groups.has(groupId)) throw new Error(`offsets of group '${groupId}', which does not exist`)
    for (const [topic, partitions] of topics.entries()) {
      if (partitions.size === 0) throw new Error(`group '${groupId}' keeps an empty map for topic '${topic}'`)
    }
  }
}

/** Indexes and counts say what the members say. */
function* membersAgree(group: ClassicGroup): Generator<string> {
  const counts = new Map<string, number>()
  let awaiting = 0
  for (const [id, member] of group.members.entries()) {
    if (member.id !== id) yield `member '${member.id}' is filed under '${id}'`
    if (group.pendingJoin.has(id)) yield `'${id}' is both a member and pending`
    if (member.instanceId !== null && group.staticMembers.get(member.instanceId) !== id) {
      yield `instance '${member.instanceId}' does not lead to its member '${id}'`
    }
    if (member.parkedJoin !== null) awaiting++
    for (const { name } of member.protocols) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  if (awaiting !== group.numAwaitingJoin) yield `${awaiting} parked in join, counted ${group.numAwaitingJoin}`
  for (const [instanceId, id] of group.staticMembers.entries()) {
    if (group.members.get(id)?.instanceId !== instanceId) yield `instance '${instanceId}' leads to nobody`
  }
  const { supportedProtocols } = group
  if ((supportedProtocols === null) !== group.members.size < 2)
    yield 'protocols are counted from two members on'
  for (const name of supportedProtocols === null ? [] : [...counts.keys(), ...supportedProtocols.keys()]) {
    if (counts.get(name) !== supportedProtocols?.get(name)) yield `miscounted protocol '${name}'`
  }
}

/** Who may wait, lead and be there in which state. */
function* stateAgrees(group: ClassicGroup): Generator<string> {
  const { state, members, leaderId } = group
  if (state === 'Dead') yield 'a dead group is still filed'
  if (state === 'Empty' && members.size > 0) yield 'members in an empty group'
  if ((state === 'Stable' || state === 'CompletingRebalance') && members.size === 0) yield 'no members'
  if (members.size > 0 && (leaderId === null || !members.has(leaderId))) yield 'the leader is not a member'
  if (members.size === 0 && leaderId !== null) yield `'${leaderId}' leads an empty group`
  for (const member of members.values()) {
    if (member.parkedJoin !== null && state !== 'PreparingRebalance') yield `'${member.id}' is parked in join`
    if (member.parkedSync !== null && state !== 'CompletingRebalance')
      yield `'${member.id}' is parked in sync`
    if (member.isNew && state !== 'PreparingRebalance') yield `'${member.id}' is new outside a join phase`
  }
  if ((group.joinTimer !== null) !== (state === 'PreparingRebalance'))
    yield 'the join timer is for join phases'
  if ((group.syncTimer !== null) !== group.pendingSync.size > 0)
    yield 'the sync timer is for SyncGroups that are awaited'
  if (state !== 'CompletingRebalance' && state !== 'Stable' && group.pendingSync.size > 0) {
    yield 'SyncGroups are awaited outside the sync phase'
  }
}
