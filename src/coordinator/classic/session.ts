// A session timer has fired: a pending id is forgotten, a silent member removed, one that waits for an answer
// of ours is spared: it cannot heartbeat while its request is parked on the same connection
// (Kafka: GroupMetadataManager.expireClassicGroupMemberHeartbeat).

import type { Step } from '../shard.js'
import type { GroupTimer } from '../types.js'
import { allJoined, type ClassicGroup } from './group.js'
import { removeMember } from './members.js'
import { completeJoin, memberRemoved, prepareRebalance, releaseMember } from './rebalance.js'
import { without } from './small-map.js'

/** The timer of a member, or of an id that was given out. */
export function sessionOf(group: ClassicGroup, memberId: string): GroupTimer | undefined {
  return group.pendingJoin.get(memberId) ?? group.members.get(memberId)
}

export function sessionExpired(step: Step, group: ClassicGroup, memberId: string): void {
  if (group.pendingJoin.has(memberId)) {
    group.pendingJoin = without(group.pendingJoin, memberId)
    if (group.state === 'PreparingRebalance') completeIfAllJoined(step, group)
    return
  }
  const member = group.members.get(memberId)
  if (member === undefined) return
  const waits = member.parkedJoin !== null || member.parkedSync !== null
  if (waits && !member.isNew) return // the answer will arm the session again

  const cause = `removing member ${memberId} on heartbeat expiration.`
  removeMember(group, memberId)
  releaseMember(step, member)
  memberRemoved(step, group, member, cause)
  switch (group.state) {
    case 'Stable':
    case 'CompletingRebalance':
      return prepareRebalance(step, group, cause)
    case 'PreparingRebalance':
      return completeIfAllJoined(step, group)
    case 'Empty':
    case 'Dead':
      throw new Error(`member '${memberId}' in group '${group.id}', which is ${group.state}`)
  }
}

/** Unlike a join or leave, an expiry ends even the initial rebalance delay when all are there; so does Kafka. */
function completeIfAllJoined(step: Step, group: ClassicGroup): void {
  if (allJoined(group)) completeJoin(step, group)
}
