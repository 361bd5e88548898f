// What no client asks for: looking at a group from within, and provoking it.

import { expect, it } from 'vitest'
import type { GroupSnapshot } from '../../src/coordinator/inspect.js'
import type { Provocation } from '../../src/coordinator/provoke.js'
import { groupMetadataValue } from '../../src/coordinator/records.js'
import type { GroupTimer } from '../../src/coordinator/types.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { GROUP, Harness, Pending } from './harness.js'

function inspect(harness: Harness): GroupSnapshot | null {
  const ticket = new Pending<{ group: GroupSnapshot | null }>(0, null)
  harness.step({ type: 'Inspect', ticket, request: GROUP })
  return ticket.now.group
}

function provoke(harness: Harness, provocation: Provocation): string | null {
  const ticket = new Pending<{ refused: string | null }>(0, null)
  harness.step({ type: 'Provoke', ticket, request: provocation })
  return ticket.now.refused
}

it('a group is seen as it is: who leads, who waits, who owes what', () => {
  const harness = new Harness()
  expect(inspect(harness)).toBeNull()
  const [leader] = harness.stable()
  expect(inspect(harness)).toMatchObject({
    state: 'Stable',
    generation: 1,
    protocolName: 'range',
    members: [
      { memberId: leader?.memberId, isLeader: true, waitsIn: null, owes: null, protocols: ['range'] },
    ],
    pendingIds: [],
  })
  const second = harness.newcomer()
  const pending = harness.join().now.memberId
  expect(inspect(harness)).toMatchObject({
    state: 'PreparingRebalance',
    members: [
      { memberId: leader?.memberId, waitsIn: null, owes: 'JoinGroup' },
      { memberId: second.id, waitsIn: 'JoinGroup', owes: null },
    ],
    pendingIds: [pending],
  })
})

it('what is seen of a group can be copied and written, whoever waits in it', () => {
  const harness = new Harness()
  harness.stable()
  harness.newcomer()
  const seen = inspect(harness) as GroupSnapshot
  expect(structuredClone(seen)).toMatchObject({ members: [{ waitsIn: null }, { waitsIn: 'JoinGroup' }] })
  expect(JSON.stringify(seen)).not.toMatch(/Timer|parked|deadline/)
  const timers = [seen.joinTimer, ...seen.members.map(({ sessionTimer }) => sessionTimer)]
  for (const timer of timers) expect(harness.timers.has(timer as GroupTimer)).toBe(true)
})

it('a provoked rebalance is one like any other', () => {
  const harness = new Harness()
  expect(provoke(harness, { what: 'rebalance', groupId: GROUP, reason: 'r' })).toBe(
    `there is no group '${GROUP}'`,
  )
  const [leader] = harness.stable()
  expect(provoke(harness, { what: 'rebalance', groupId: GROUP, reason: 'r' })).toBeNull()
  expect(harness.heartbeat(leader!)).toBe(E.REBALANCE_IN_PROGRESS)
  expect(provoke(harness, { what: 'rebalance', groupId: GROUP, reason: 'r' })).toMatch(
    /is PreparingRebalance/,
  )
})

it('a member expires as if it had been silent, a pending id too, one that waits does not', () => {
  const harness = new Harness()
  const [leader] = harness.stable()
  const second = harness.newcomer()
  const expire = (memberId: string) => provoke(harness, { what: 'expire', groupId: GROUP, memberId })
  expect(expire('nobody')).toBe(`'nobody' is no member of group '${GROUP}'`)
  expect(expire(second.id)).toBe(
    `the JoinGroup of '${second.id}' waits for its answer: its session does not run out meanwhile`,
  )
  expect(expire(leader!.memberId)).toBeNull()
  expect(second.joined.now).toMatchObject({ errorCode: E.NONE, leader: second.id })
  const pending = harness.join().now.memberId
  expect(expire(pending)).toBeNull()
  expect(harness.join({ memberId: pending }).now.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
})

it('a kept session runs from the time until which it was kept', () => {
  const harness = new Harness()
  const [leader] = harness.stable()
  const keep = (untilMs: number) =>
    provoke(harness, { what: 'keep', groupId: GROUP, memberIds: [leader!.memberId, 'nobody'], untilMs })
  expect(keep(harness.nowMs + 3_600_000)).toBeNull()
  harness.advance(3_600_000 + 10_000 - 1)
  expect(harness.heartbeat(leader!)).toBe(E.NONE)
  keep(harness.nowMs)
  harness.advance(10_000)
  expect(harness.heartbeat(leader!)).toBe(E.UNKNOWN_MEMBER_ID)
})

it('a member that was expired leaves nothing to the one that is restored in its place', () => {
  const harness = new Harness()
  const [leader] = harness.stable()
  const value = groupMetadataValue(harness.machine.state.groups.get(GROUP)!)
  harness.advance(6_000)
  provoke(harness, { what: 'expire', groupId: GROUP, memberId: leader!.memberId })
  expect(provoke(harness, { what: 'restore', groupId: GROUP, value })).toBeNull()
  harness.advance(9_999)
  expect(harness.heartbeat(leader!)).toBe(E.NONE)
})
