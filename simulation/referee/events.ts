// What may happen to a group, and when: its states, who comes and who goes. Each event that the coordinator tells is held
// against the promises, then it happens to the shadow.

import { VALID_PREVIOUS } from '../../src/coordinator/classic/transitions.js'
import type { GroupEvent } from '../../src/coordinator/types.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { changesState, codeOf, type EventOf, isTimer, type Look, named, type StateEvent } from './look.js'
import {
  alive,
  type Group,
  maxRebalanceMs,
  offered,
  ownerOf,
  type Seat,
  sameProtocols,
  seatOf,
  waits,
} from './shadow.js'

export function happen(look: Look, group: Group, event: GroupEvent): void {
  switch (event.type) {
    case 'state':
      return stateChanged(look, group, event)
    case 'member-pending':
      return pending(look, group, event.memberId)
    case 'member-joined':
      return joined(look, group, event.memberId)
    case 'member-removed':
      return removed(look, group, event.memberId)
    case 'member-replaced':
      return replaced(look, group, event.oldMemberId, event.memberId)
  }
}

function stateChanged(look: Look, group: Group, { from, to, generation }: StateEvent): void {
  const { fail, nowMs } = look
  if (from !== group.state || !VALID_PREVIOUS[to].includes(from)) {
    fail('a group changes its state along the diagram', `${named(group)}: ${from} -> ${to}`)
  }
  const ends = to === 'CompletingRebalance' || to === 'Empty'
  if (generation !== group.generation + (ends ? 1 : 0)) {
    fail('each join phase ends in the next generation', `${named(group)} becomes ${to} in ${generation}`)
  }
  if (to === 'PreparingRebalance') prepare(look, group)
  if (ends) endJoinPhase(look, group)
  if (to === 'Stable') assigned(look, group)
  if (to === 'Empty') {
    if (group.seats.size > 0) fail('an Empty group has no members', named(group))
    Object.assign(group, { leader: null, protocolName: null })
  }
  Object.assign(group, { state: to, stateSinceMs: nowMs, generation })
}

function prepare({ nowMs, context }: Look, group: Group): void {
  const isInitial = group.state === 'Empty'
  const delayMs = context.image.settings.groupInitialRebalanceDelayMs
  const limitMs = isInitial ? delayMs : maxRebalanceMs(group)
  const remainingMs = Math.max(maxRebalanceMs(group) - delayMs, 0)
  group.phase = { sinceMs: nowMs, limitMs, isInitial, newInWindow: false, remainingMs }
  group.syncOwed = new Set()
  if (group.state !== 'CompletingRebalance') return
  group.assignment = new Map()
  for (const seat of group.seats.values()) {
    if (seat.sync !== null) alive(seat, nowMs)
    seat.sync = null
  }
}

function endJoinPhase(look: Look, group: Group): void {
  const { fail, nowMs } = look
  const phase = group.phase
  if (phase === null) return fail('a join phase ends that began', named(group))
  const waitedMs = nowMs - phase.sinceMs
  const byTimer = isTimer(look, 'join')
  const missing = [...group.seats.values()].filter(({ join }) => join === null).map(({ id }) => id)
  const awaited = [...missing, ...group.pending.keys()]
  const early = 'a join phase ends when all have rejoined, or at the rebalance timeout'
  if (!byTimer && awaited.length > 0) fail(early, `${named(group)}: ${awaited} have not`)
  if (byTimer && waitedMs < phase.limitMs)
    fail(early, `${named(group)}: after ${waitedMs} of ${phase.limitMs} ms`)
  const delay = 'the initial rebalance waits for its delay, and longer while members come (KIP-134)'
  if (phase.isInitial && !byTimer && !isTimer(look, 'session')) fail(delay, named(group))
  if (phase.isInitial && byTimer && phase.newInWindow && phase.remainingMs > 0) fail(delay, named(group))
  group.phase = null
  group.syncSinceMs = nowMs
  group.syncLimitMs = maxRebalanceMs(group)
  group.syncOwed = new Set(group.seats.keys())
  group.assignment = new Map()
  for (const seat of group.seats.values()) {
    seat.isNew = false
    alive(seat, nowMs)
  }
}

/** The join timer fired and the phase goes on: new members came, or nobody is back who could lead. */
export function joinPhaseGoesOn({ nowMs, context }: Look, group: Group): void {
  const { phase } = group
  if (phase === null) return
  const delayMs = context.image.settings.groupInitialRebalanceDelayMs
  const somebodyWaits = [...group.seats.values()].some(({ join }) => join !== null)
  if (phase.isInitial && somebodyWaits) {
    const limitMs = Math.min(delayMs, phase.remainingMs)
    const remainingMs = Math.max(phase.remainingMs - phase.limitMs, 0)
    Object.assign(phase, { limitMs, remainingMs, newInWindow: false })
  } else {
    phase.limitMs = maxRebalanceMs(group)
  }
  phase.sinceMs = nowMs
}

function assigned({ event, fail, nowMs }: Look, group: Group): void {
  const isLeader = event.type === 'SyncGroup' && event.request.memberId === group.leader
  if (!isLeader)
    return fail('the leader of a generation assigns, nobody else', `${named(group)}: ${event.type}`)
  for (const { memberId, assignment } of event.request.assignments) {
    if (group.seats.has(memberId)) group.assignment.set(memberId, Buffer.from(assignment))
  }
  const leader = group.seats.get(group.leader ?? '')
  if (leader !== undefined) leader.sync = event.ticket
  for (const seat of group.seats.values()) if (seat.sync !== null) alive(seat, nowMs)
}

function pending({ event, nowMs, fail }: Look, group: Group, memberId: string): void {
  if (event.type !== 'JoinGroup') return fail('an id is given to who joins', memberId)
  group.pending.set(memberId, nowMs + event.request.sessionTimeoutMs)
}

function joined({ event, nowMs, fail }: Look, group: Group, memberId: string): void {
  if (event.type !== 'JoinGroup') return fail('who joins has asked for it', `${memberId}: ${event.type}`)
  const { request, ticket } = event
  const asked = request.memberId
  const isKnown = asked === '' || group.pending.has(asked)
  if (!isKnown || (asked !== '' && asked !== memberId) || group.seats.has(memberId)) {
    fail('a new member has an id of its own that was given to it', `${named(group)}: '${asked}', ${memberId}`)
  }
  group.pending.delete(memberId)
  if (group.seats.size === 0) group.protocolType = request.protocolType
  group.seats.set(memberId, seatOf(request, memberId, ticket, nowMs))
  group.leader ??= memberId
  if (group.phase?.isInitial) group.phase.newInWindow = true
}

const REMOVED =
  'a member is removed when it leaves, when its session runs out, or when it misses a rebalance, not before'

function removed(look: Look, group: Group, memberId: string): void {
  const seat = group.seats.get(memberId)
  if (seat === undefined) return look.fail('only who is there is removed', `${named(group)}: ${memberId}`)
  const wrong = reasonAgainst(look, group, seat)
  if (wrong !== null) look.fail(REMOVED, `${named(group)}: ${memberId}: ${wrong}`)
  for (const ticket of [seat.join, seat.sync]) {
    if (ticket === null || ('ticket' in look.event && look.event.ticket === ticket)) continue
    if (!look.replies.has(ticket)) look.fail('who is removed is answered', `${named(group)}: ${memberId}`)
  }
  group.seats.delete(memberId)
  group.syncOwed.delete(memberId)
  group.assignment.delete(memberId)
  if (group.leader === memberId) group.leader = group.seats.keys().next().value ?? null
}

/** Null: it has to go. */
function reasonAgainst(look: Look, group: Group, seat: Seat): string | null {
  const { event, nowMs } = look
  if (event.type === 'LeaveGroup') {
    const { request, ticket } = event
    if (ticket.apiVersion <= 2) return request.memberId === seat.id ? null : 'somebody else left'
    const isNamed = request.members.some(({ memberId, groupInstanceId }) => {
      if (groupInstanceId !== null && groupInstanceId !== seat.instanceId) return false
      return memberId === '' ? groupInstanceId !== null : memberId === seat.id
    })
    return isNamed ? null : 'it is not named by the LeaveGroup'
  }
  if (event.type === 'JoinGroup') {
    return codeOf(look.replies.get(event.ticket)) === ErrorCodes.GROUP_MAX_SIZE_REACHED
      ? null
      : 'for a JoinGroup'
  }
  if (event.type !== 'timer') return `for a request: ${event.type}`
  switch (event.key.kind) {
    case 'session':
      if (event.key.memberId !== seat.id) return 'another session ran out'
      if (waits(seat) && !seat.isNew) return 'it waits for an answer'
      return nowMs >= seat.notBeforeMs ? null : `its session has ${seat.notBeforeMs - nowMs} ms left`
    case 'join': {
      const { phase } = group
      if (phase === null) return 'there is no join phase'
      if (seat.join !== null) return 'it has rejoined'
      if (seat.instanceId !== null) return 'it is static: its session keeps its place'
      const leftMs = phase.sinceMs + phase.limitMs - nowMs
      return leftMs <= 0 ? null : `the rebalance timeout has ${leftMs} ms left`
    }
    case 'sync': {
      if (!group.syncOwed.has(seat.id)) return 'it has synced'
      const leftMs = group.syncSinceMs + group.syncLimitMs - nowMs
      return leftMs <= 0 ? null : `the rebalance timeout has ${leftMs} ms left`
    }
    case 'expiration':
      return 'at the check of offsets'
  }
}

/** A static member is back under a new id, in the place of its former self (KIP-345). */
function replaced(look: Look, group: Group, oldId: string, memberId: string): void {
  const { event, fail, nowMs, replies } = look
  const old = group.seats.get(oldId)
  if (event.type !== 'JoinGroup' || old === undefined) return fail('who is replaced was there', oldId)
  const { request, ticket } = event as EventOf<'JoinGroup'>
  if (
    request.memberId !== '' ||
    request.groupInstanceId === null ||
    request.groupInstanceId !== old.instanceId
  ) {
    fail('only the same instance takes the place of a static member', `${named(group)}: ${oldId}`)
  }
  for (const parked of [old.join, old.sync]) {
    if (parked !== null && codeOf(replies.get(parked)) !== ErrorCodes.FENCED_INSTANCE_ID) {
      fail('who waits under the old id is fenced', `${named(group)}: ${oldId}`)
    }
  }
  const seat: Seat = {
    ...old,
    ...offered(request, ticket),
    id: memberId,
    join: ticket,
    sync: null,
    isNew: false,
  }
  const { sessionMs } = old
  seat.notBeforeMs = nowMs + Math.min(sessionMs, seat.sessionMs)
  seat.notAfterMs = nowMs + Math.max(sessionMs, seat.sessionMs)
  group.seats.delete(oldId)
  group.seats.set(memberId, seat)
  if (ownerOf(group, request.groupInstanceId ?? '') !== memberId) fail('an instance has one member', memberId)
  const assignment = group.assignment.get(oldId)
  group.assignment.delete(oldId)
  if (assignment !== undefined) group.assignment.set(memberId, assignment)
  if (group.leader === oldId) group.leader = memberId
  if (group.state !== 'Stable') return
  const rebalances = changesState(look, group.id)
  if (!rebalances) seat.join = null
  if (rebalances && sameProtocols(old.protocols, seat.protocols)) {
    fail('a static member that comes back unchanged costs no rebalance (KIP-345)', named(group))
  }
}
