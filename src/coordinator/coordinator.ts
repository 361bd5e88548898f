// The shard: the groups whose id hashes to one partition of __consumer_offsets, as a machine. This file routes
// each event to the function that decides it; nothing here knows how a group works (Kafka: GroupCoordinatorShard).

import type { Machine } from '../machine/decision.js'
import type { IdSource } from '../machine/id-source.js'
import type { Context } from '../metadata/image.js'
import { ErrorCodes } from '../protocol/errors.js'
import { heartbeat } from './classic/heartbeat.js'
import { joinGroup } from './classic/join-group.js'
import { leaveGroup } from './classic/leave-group.js'
import { joinTimerFired, prepareRebalance, syncTimerFired } from './classic/rebalance.js'
import { replyJoinError, replySyncError } from './classic/responses.js'
import { sessionExpired, sessionOf } from './classic/session.js'
import { syncGroup } from './classic/sync-group.js'
import { Deadline } from './deadline.js'
import { armExpiration, expirationTimerFired, topicsDeleted } from './expiration.js'
import { deleteGroups, describeGroups, listGroups } from './group-admin.js'
import { inspect, inspectAll } from './inspect.js'
import { offsetCommit } from './offset-commit.js'
import { offsetDelete } from './offset-delete.js'
import { offsetFetch } from './offset-fetch.js'
import { OffsetStore } from './offsets.js'
import { provoke } from './provoke.js'
import { replay } from './records.js'
import { arm, beginStep, type Shard, type Step } from './shard.js'
import type {
  GroupEvent,
  GroupRecord,
  GroupTimer,
  ShardDecision,
  ShardEvent,
  ShardLifecycle,
} from './types.js'

export interface ShardMachine
  extends Machine<ShardEvent, Context, GroupRecord, GroupTimer, never, GroupEvent> {
  /** For invariants and tests; nobody else looks inside. */
  readonly state: Shard
}

/** A shard without groups; `replay` its records, then step it with `{ type: 'loaded' }` before anything else. */
export function createShard({ ids }: { ids: IdSource }): ShardMachine {
  const shard: Shard = {
    groups: new Map(),
    offsets: new OffsetStore(),
    ids,
    expirationTimer: new Deadline('expiration'),
  }
  return {
    state: shard,
    replay: (record) => replay(shard, record, 0),
    step(event, context) {
      const step = beginStep(shard, context)
      route(step, event)
      return step.decision as ShardDecision
    },
  }
}

function route(step: Step, event: ShardEvent | ShardLifecycle): void {
  switch (event.type) {
    case 'JoinGroup':
      return joinGroup(step, event.ticket, event.request)
    case 'SyncGroup':
      return syncGroup(step, event.ticket, event.request)
    case 'Heartbeat':
      return heartbeat(step, event.ticket, event.request)
    case 'LeaveGroup':
      return leaveGroup(step, event.ticket, event.request)
    case 'OffsetCommit':
      return offsetCommit(step, event.ticket, event.request)
    case 'OffsetFetch':
      return offsetFetch(step, event.ticket, event.request)
    case 'OffsetDelete':
      return offsetDelete(step, event.ticket, event.request)
    case 'DescribeGroups':
      return describeGroups(step, event.ticket, event.request)
    case 'ListGroups':
      return listGroups(step, event.ticket, event.request)
    case 'DeleteGroups':
      return deleteGroups(step, event.ticket, event.request)
    case 'InspectAll':
      return inspectAll(step, event.ticket)
    case 'Inspect':
      return inspect(step, event.ticket, event.request)
    case 'Provoke':
      return provoke(step, event.ticket, event.request)
    case 'topicsDeleted':
      return topicsDeleted(step, event.topics)
    case 'timer':
      return timerFired(step, event.key)
    case 'loaded':
      return loaded(step, event.downSinceMs)
    case 'unload':
      return unload(step)
  }
}

function timerFired(step: Step, key: GroupTimer): void {
  if (key.kind === 'expiration') return expirationTimerFired(step)
  const group = step.shard.groups.get(key.groupId)
  if (group === undefined) return
  // a group that was deleted leaves nothing to the one that bears its id now, nor does a member
  switch (key.kind) {
    case 'session':
      return key === sessionOf(group, key.memberId) ? sessionExpired(step, group, key.memberId) : undefined
    case 'join':
      return key === group.joinTimer ? joinTimerFired(step, group) : undefined
    case 'sync':
      return key === group.syncTimer ? syncTimerFired(step, group) : undefined
  }
}

/**
 * Members go on as if nothing had been: each has a whole session to be heard of again. Whose session ran out while nobody was there
 * is a ghost, for which a group would wait in vain; Kafka gives it a whole session too, as does `cohort.expire.sessions.at.start=false`.
 */
function loaded(step: Step, downSinceMs = Number.POSITIVE_INFINITY): void {
  const ghostsExpire = step.settings.expireSessionsAtStart
  for (const group of step.shard.groups.values()) {
    for (const member of group.members.values()) {
      const isGhost = ghostsExpire && downSinceMs + member.sessionTimeoutMs <= step.nowMs
      arm(step, member, isGhost ? 0 : member.sessionTimeoutMs)
    }
    const { groupMaxSize } = step.settings
    if (group.members.size <= groupMaxSize) continue
    prepareRebalance(
      step,
      group,
      `Freshly-loaded group ${group.id} (size ${group.members.size}) is over capacity ${groupMaxSize}. Rebalancing in order to give a chance for consumers to commit offsets`,
    )
  }
  armExpiration(step)
}

/** This shard moves or stops: what waits is sent to look for its coordinator again. */
function unload(step: Step): void {
  for (const group of step.shard.groups.values()) {
    for (const member of group.members.values()) {
      if (member.parkedJoin) replyJoinError(step, member.parkedJoin, ErrorCodes.NOT_COORDINATOR, member.id)
      if (member.parkedSync) replySyncError(step, member.parkedSync, ErrorCodes.NOT_COORDINATOR)
    }
  }
}
