// What no client asks for, and a test does: a rebalance without a cause, a session that runs out now, sessions that are
// kept while time is moved. Everything goes the way it would go by itself.

import type { Ticket } from '../machine/decision.js'
import type { ClassicGroup } from './classic/group.js'
import { armSession, memberRemoved, prepareRebalance, releaseMember } from './classic/rebalance.js'
import { sessionExpired } from './classic/session.js'
import { deleteOffsets, removeGroup } from './group-admin.js'
import { GroupMetadataRecord } from './group-record.js'
import { replay } from './records.js'
import { added, disarm, emit, reply, type Step } from './shard.js'
import type { GroupMetadataValue } from './types.js'

export type Provocation =
  | { readonly what: 'rebalance'; readonly groupId: string; readonly reason: string }
  | { readonly what: 'expire'; readonly groupId: string; readonly memberId: string }
  // as if they heartbeat until then, ms since the epoch
  | {
      readonly what: 'keep'
      readonly groupId: string
      readonly memberIds: readonly string[]
      readonly untilMs: number
    }
  // with its offsets, whoever is in it
  | { readonly what: 'remove'; readonly groupId: string }
  // as if the coordinator had just loaded it: each member has a full session to show itself
  | { readonly what: 'restore'; readonly groupId: string; readonly value: GroupMetadataValue }

const REMOVED = 'a test took the group away'

/** Answers with { refused: string | null }: why it cannot be done. */
export function provoke(step: Step, ticket: Ticket, provocation: Provocation): void {
  reply(step, ticket, { refused: attempt(step, provocation) })
}

function attempt(step: Step, provocation: Provocation): string | null {
  const { groupId } = provocation
  if (provocation.what === 'restore') return restore(step, groupId, provocation.value)
  const group = step.shard.groups.get(groupId)
  if (group === undefined) return `there is no group '${groupId}'`
  switch (provocation.what) {
    case 'rebalance':
      if (group.state !== 'Stable' && group.state !== 'CompletingRebalance')
        return `group '${groupId}' is ${group.state}: only a group with members in a generation can rebalance`
      prepareRebalance(step, group, provocation.reason)
      return null
    case 'expire': {
      const { memberId } = provocation
      const member = group.members.get(memberId)
      if (member === undefined && !group.pendingJoin.has(memberId))
        return `'${memberId}' is no member of group '${groupId}'`
      if (member !== undefined && (member.parkedJoin !== null || member.parkedSync !== null)) {
        const request = member.parkedJoin !== null ? 'JoinGroup' : 'SyncGroup'
        return `the ${request} of '${memberId}' waits for its answer: its session does not run out meanwhile`
      }
      sessionExpired(step, group, memberId)
      return null
    }
    case 'remove':
      remove(step, group)
      return null
    case 'keep':
      for (const memberId of provocation.memberIds) {
        const member = group.members.get(memberId)
        if (member === undefined || member.isNew) continue
        const deadlineMs = provocation.untilMs + member.sessionTimeoutMs
        step.decision.timers = added(step.decision.timers, { key: member, deadlineMs })
      }
      return null
  }
}

function remove(step: Step, group: ClassicGroup): void {
  for (const member of group.members.values()) {
    releaseMember(step, member)
    disarm(step, member)
    memberRemoved(step, group, member, REMOVED)
  }
  for (const timer of [group.joinTimer, group.syncTimer]) if (timer !== null) disarm(step, timer)
  deleteOffsets(step, group.id)
  removeGroup(step, group, REMOVED)
}

function restore(step: Step, groupId: string, value: GroupMetadataValue): string | null {
  const there = step.shard.groups.get(groupId)
  if (there !== undefined && there.state !== 'Empty')
    return `group '${groupId}' is ${there.state}: only one without members can be replaced`
  if (there !== undefined && step.observed)
    emit(step, { type: 'group-removed', groupId, cause: 'a test replaced it' })
  const record = new GroupMetadataRecord(groupId, value)
  step.decision.records = added(step.decision.records, record)
  replay(step.shard, record, step.nowMs)
  const group = step.shard.groups.get(groupId)
  for (const member of group?.members.values() ?? []) armSession(step, member)
  return null
}
