// Heartbeat (key 12, v0-4): tells a member whether its generation still stands, and keeps its session
// (Kafka: GroupMetadataManager.classicGroupHeartbeat).

import type { Ticket } from '../../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { HeartbeatRequest } from '../../protocol/messages/heartbeat.js'
import { reply, type Step } from '../shard.js'
import { findMember } from './members.js'
import { armSession } from './rebalance.js'

/** Answers with HeartbeatResponse. */
export function heartbeat(step: Step, ticket: Ticket, request: HeartbeatRequest): void {
  reply(step, ticket, { throttleTimeMs: 0, errorCode: beat(step, request) })
}

function beat(step: Step, request: HeartbeatRequest): ErrorCode {
  if (request.groupId === '') return ErrorCodes.INVALID_GROUP_ID
  const group = step.shard.groups.get(request.groupId)
  if (group === undefined) return ErrorCodes.UNKNOWN_MEMBER_ID
  const member = findMember(group, request.memberId, request.groupInstanceId)
  if (typeof member === 'number') return member
  // A stale generation is told before a rebalance in progress: that member cannot rejoin as what it was.
  if (request.generationId !== group.generation) return ErrorCodes.ILLEGAL_GENERATION
  armSession(step, member)
  return group.state === 'PreparingRebalance' ? ErrorCodes.REBALANCE_IN_PROGRESS : ErrorCodes.NONE
}
