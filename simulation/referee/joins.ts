// Answers to JoinGroup and SyncGroup: one leader, one protocol and one list of members for a generation, told to exactly those
// who are in it; one assignment, the leader's.

import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import type { SyncGroupResponse } from '../../src/protocol/messages/sync-group.js'
import { changesState, codeOf, type EventOf, type Look, named } from './look.js'
import { alive, type Group, offered, type Seat, sameProtocols, subscriptionOf, supports } from './shadow.js'
import { mayBeJoinError, syncVerdict } from './verdicts.js'

/** Before anything of the step has happened. Returns whether the request may now be parked on a seat. */
export function judgeJoin(look: Look, group: Group | undefined, event: EventOf<'JoinGroup'>): void {
  const { fail, replies, decision } = look
  const own = replies.get(event.ticket)
  const code = codeOf(own) ?? ErrorCodes.NONE
  const { memberId } = event.request
  if (!mayBeJoinError(group, event, code)) {
    const where = group === undefined ? `group '${event.request.groupId}', which is not there` : named(group)
    return fail(
      'who is a member may join, who is not may not',
      `${where}: '${memberId}' (instance ${event.request.groupInstanceId}) is told ${errorName(code)}`,
    )
  }
  if (group === undefined) return
  const isTold = decision.events.some(({ type }) => type !== 'member-removed')
  if (code !== ErrorCodes.NONE && code !== ErrorCodes.MEMBER_ID_REQUIRED && isTold) {
    fail('a request that is refused has no effect', `${named(group)}: JoinGroup, ${errorName(code)}`)
  }
  if (code === ErrorCodes.GROUP_MAX_SIZE_REACHED) group.pending.delete(memberId)
  const seat = group.seats.get(memberId)
  if (seat !== undefined && code === ErrorCodes.NONE) rejoin(look, group, seat, event)
}

function rejoin(look: Look, group: Group, seat: Seat, { ticket, request }: EventOf<'JoinGroup'>): void {
  const { fail, replies } = look
  const offer = offered(request, ticket)
  const isSame = sameProtocols(seat.protocols, offer.protocols)
  const rebalances = changesState(look, group.id)
  const mustAnswer =
    isSame &&
    (group.state === 'CompletingRebalance' || (group.state === 'Stable' && seat.id !== group.leader))
  if (mustAnswer && (rebalances || !replies.has(ticket))) {
    fail('a member that joins again unchanged is told its generation', `${named(group)}: ${seat.id}`)
  }
  if (!mustAnswer && group.state !== 'PreparingRebalance' && !rebalances) {
    const who = seat.id === group.leader ? 'leader' : 'member with other protocols'
    fail('a leader that joins again, or a changed member, rebalances', `${named(group)}: ${who} ${seat.id}`)
  }
  if (mustAnswer) return
  if (seat.join !== null && seat.join !== ticket) superseded(look, group, seat.join)
  Object.assign(seat, offer)
  seat.join = ticket
}

function superseded({ fail, replies }: Look, group: Group, ticket: object): void {
  if (codeOf(replies.get(ticket as never)) !== ErrorCodes.REBALANCE_IN_PROGRESS) {
    fail('a parked request whose member sends a newer one is answered', named(group))
  }
}

/** After all events: everybody who waited in a join phase that is over has the answer of the new generation. */
export function answerJoins(look: Look, group: Group): void {
  const { fail, replies, nowMs } = look
  if (group.state === 'PreparingRebalance') return
  const answered: { seat: Seat; response: JoinGroupResponse }[] = []
  for (const seat of group.seats.values()) {
    if (seat.join === null) continue
    const response = replies.get(seat.join) as JoinGroupResponse | undefined
    if (response === undefined) {
      fail('who waits in a join phase is answered when it ends', `${named(group)}: ${seat.id}`)
      continue
    }
    answered.push({ seat, response })
    seat.join = null
    alive(seat, nowMs)
  }
  const [first] = answered
  if (first === undefined) return
  group.leader = first.response.leader
  group.protocolName = first.response.protocolName
  group.subscribed = subscriptionOf(group)
  for (const { seat, response } of answered) checkJoined(look, group, seat, response)
  for (const seat of group.seats.values()) {
    if (supports(seat, group.protocolName)) continue
    fail('the protocol of a generation is one that all members have', `${seat.id} not: ${group.protocolName}`)
  }
}

/** One answer with a generation in it. `formerLeader`: whom a static leader that came back is told before v9. */
export function checkJoined(
  { fail }: Look,
  group: Group,
  seat: Seat,
  response: JoinGroupResponse,
  isReplaced = false,
): void {
  const { errorCode, generationId, memberId, leader, protocolName, members } = response
  const told = `${named(group)}: ${memberId} is told ${errorName(errorCode)}, generation ${generationId}`
  if (errorCode !== ErrorCodes.NONE || generationId !== group.generation || memberId !== seat.id) {
    return fail('a member is told the generation that it is in', told)
  }
  if (protocolName !== group.protocolName) fail('a generation has one protocol', `${told}, ${protocolName}`)
  const knowsLeader = leader === group.leader || (isReplaced && group.leader === seat.id)
  if (!knowsLeader || !group.seats.has(group.leader ?? '')) {
    fail('a generation has one leader, who is in it', `${told}, leader ${leader} where ${group.leader} leads`)
  }
  const isLeader = leader === memberId
  const listed = members.map((member) => member.memberId).sort()
  const there = [...group.seats.keys()].sort()
  if (isLeader && listed.join() !== there.join()) {
    fail('the leader is told who is in its generation', `${told}: ${listed} where ${there} are`)
  }
  if (!isLeader && members.length > 0) fail('the leader alone is told who is there', told)
}

/** Before anything of the step has happened. */
export function judgeSync(look: Look, group: Group | undefined, event: EventOf<'SyncGroup'>): void {
  const { fail, replies } = look
  const { ticket, request } = event
  const verdict = syncVerdict(group, event)
  const code = codeOf(replies.get(ticket))
  const got = code === undefined ? 'waits' : code
  if (got !== verdict) {
    const name = (each: number | 'waits') => (each === 'waits' ? each : errorName(each))
    const where = group === undefined ? 'no group' : named(group)
    const what = `${where}: '${request.memberId}' with ${request.generationId}: ${name(got)}, not ${name(verdict)}`
    return fail('SyncGroup is for members of the generation, after the join phase', what)
  }
  const seat = group?.seats.get(request.memberId)
  if (group === undefined || seat === undefined || (got !== 'waits' && got !== ErrorCodes.NONE)) return
  group.syncOwed.delete(seat.id)
  if (group.state !== 'CompletingRebalance') return
  if (seat.sync !== null) superseded(look, group, seat.sync)
  seat.sync = ticket
}

/** After all events: whoever waited for the assignment has its share of it. */
export function answerSyncs(look: Look, group: Group): void {
  const { fail, replies, nowMs, event } = look
  if (group.state !== 'Stable') return
  for (const seat of group.seats.values()) {
    if (seat.sync === null) continue
    const response = replies.get(seat.sync) as SyncGroupResponse | undefined
    if (response === undefined) fail('who waits for the assignment gets it', `${named(group)}: ${seat.id}`)
    else checkSynced(look, group, seat.id, response)
    seat.sync = null
    alive(seat, nowMs)
  }
  if (event.type !== 'SyncGroup') return
  const own = replies.get(event.ticket) as SyncGroupResponse | undefined
  if (own?.errorCode === ErrorCodes.NONE) checkSynced(look, group, event.request.memberId, own)
}

function checkSynced(
  { fail }: Look,
  group: Group,
  memberId: string,
  { assignment }: SyncGroupResponse,
): void {
  const given = group.assignment.get(memberId) ?? Buffer.alloc(0)
  if (!given.equals(assignment)) {
    fail("a member gets what its generation's leader gave it", `${named(group)}: ${memberId}`)
  }
}
