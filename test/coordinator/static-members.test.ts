// Static membership (KIP-345, KIP-814).

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { Harness, protocols, subscription } from './harness.js'

const S1 = { groupInstanceId: 'i1' }
const S2 = { groupInstanceId: 'i2' }

const instanceOf = (memberId: string) => memberId.slice(0, 2)

describe('a static member', () => {
  it.each([5, 6, 7, 8, 9])('joins without being given an id first, in v%i (T01)', (version) => {
    const harness = new Harness()
    const joined = harness.join(S1, version)
    harness.settle()
    expect(joined.now.errorCode).toBe(E.NONE)
    expect(joined.now.memberId).toMatch(/^i1-[0-9a-f-]{36}$/)
    expect(joined.now.members[0]?.groupInstanceId).toBe('i1')
  })

  it('that leads and comes back keeps the generation, leads on, and skips the assignment (T02, T05)', () => {
    const harness = new Harness()
    const [old] = harness.stable([S1])
    const { now } = harness.join(S1)
    expect(now).toMatchObject({
      errorCode: E.NONE,
      generationId: 1,
      leader: now.memberId,
      skipAssignment: true,
    })
    expect(now.memberId).not.toBe(old!.memberId)
    expect(now.members).toHaveLength(1)
    expect(harness.state).toBe('Stable')
    const synced = harness.sync({ memberId: now.memberId, generationId: 1 })
    expect(synced.now.assignment.toString()).toBe(old!.memberId)
  })

  it.each([5, 6, 7, 8])('that leads and comes back in v%i is told that its old id leads (T03)', (version) => {
    const harness = new Harness()
    const [old] = harness.stable([S1])
    const { now } = harness.join(S1, version)
    expect(now).toMatchObject({ leader: old!.memberId, members: [], generationId: 1 })
    expect(harness.state).toBe('Stable')
  })

  it('that follows and comes back is told nothing but its place (T04, T14)', () => {
    const harness = new Harness()
    const [leader, follower] = harness.stable([S1, S2])
    const instance = { groupInstanceId: instanceOf(follower!.memberId) }
    const { now } = harness.join(instance)
    expect(now).toMatchObject({
      generationId: 1,
      leader: leader!.memberId,
      skipAssignment: false,
      members: [],
    })
    expect(harness.join(instance).now.memberId).not.toBe(now.memberId)
  })

  it('fences its former self, which without its instance id is unknown (T06)', () => {
    const harness = new Harness()
    const [old] = harness.stable([S1])
    harness.join(S1)
    expect(harness.heartbeat(old!, S1)).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.sync(old!, {}, S1).now.errorCode).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.commit(1, old!, S1)).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.leave([{ ...old!, ...S1 }]).members[0]?.errorCode).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.heartbeat(old!)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('is fenced when it claims an instance of another, and unknown with one of nobody (T07, T16)', () => {
    const harness = new Harness()
    const [member] = harness.stable([S1])
    expect(harness.join({ ...S1, memberId: 'zz' }).now.errorCode).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.join({ groupInstanceId: 'i2', memberId: 'zz' }).now.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.heartbeat(member!, { groupInstanceId: 'i2' })).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.heartbeat(member!)).toBe(E.NONE) // without an instance id its member id is enough (T15)
  })

  it('may come back with other metadata without a rebalance, and the leader sees it (T08)', () => {
    const harness = new Harness()
    harness.stable([S1])
    const changed = [{ name: 'range', metadata: subscription('bar') }]
    const { now } = harness.join({ ...S1, protocols: changed })
    expect(now.generationId).toBe(1)
    expect(now.members[0]?.metadata).toEqual(subscription('bar'))
  })

  it('starts a rebalance when it comes back with another choice of protocol (T09)', () => {
    const harness = new Harness()
    harness.stable([{ ...S1, protocols: protocols('a', 'b') }])
    const { now } = harness.join({ ...S1, protocols: protocols('b', 'a') })
    expect(now).toMatchObject({ generationId: 2, protocolName: 'b' })
  })

  it('starts the join phase again when it comes back in the sync phase (T10, T12)', () => {
    const harness = new Harness()
    const first = harness.join(S1)
    const second = harness.join({ groupInstanceId: 'i2' })
    harness.settle()
    const follower = first.now.leader === first.now.memberId ? second : first
    const instance = follower === first ? 'i1' : 'i2'
    const parked = harness.sync({ memberId: follower.now.memberId, generationId: 1 })
    const back = harness.join({ groupInstanceId: instance })
    expect(parked.now.errorCode).toBe(E.FENCED_INSTANCE_ID)
    expect(harness.state).toBe('PreparingRebalance')
    const leader = first === follower ? second : first
    harness.join({ memberId: leader.now.memberId, groupInstanceId: instance === 'i1' ? 'i2' : 'i1' })
    expect(back.now.generationId).toBe(2)
  })

  it('has its parked JoinGroup fenced when it comes back (T11)', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{}])
    const parked = harness.join(S1)
    harness.settle()
    const again = harness.join(S1)
    expect(parked.now.errorCode).toBe(E.FENCED_INSTANCE_ID)
    expect(again.answer).toBeUndefined()
    harness.join({ memberId: leader!.memberId })
    expect(again.now.generationId).toBe(2)
  })

  it('that rejoins with its own id is treated as any member (T13)', () => {
    const harness = new Harness()
    const [, follower] = harness.stable([S1, S2])
    const { memberId } = follower!
    const { now } = harness.join({ memberId, groupInstanceId: instanceOf(memberId) })
    expect(now).toMatchObject({ generationId: 1, memberId, members: [] })
    expect(harness.state).toBe('Stable')
  })

  it('that stays silent is removed, and is a new member when it comes back (T17)', () => {
    const harness = new Harness()
    harness.stable([S1])
    harness.advance(10_001)
    expect(harness.state).toBe('Empty')
    const back = harness.join(S1)
    harness.settle()
    expect(back.now.generationId).toBe(3)
  })

  it('may have any instance id, even an empty one (T18)', () => {
    for (const groupInstanceId of ['', 'a b/c', 'é']) {
      const harness = new Harness()
      const joined = harness.join({ groupInstanceId })
      harness.settle()
      expect(joined.now.errorCode).toBe(E.NONE)
    }
  })

  it('keeps its place in a join phase it misses, and may even be waited for (J29)', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ ...S1, rebalanceTimeoutMs: 1000, sessionTimeoutMs: 30_000 }])
    const { joined, id } = harness.newcomer({ rebalanceTimeoutMs: 1000, sessionTimeoutMs: 30_000 })
    harness.advance(1000)
    expect(joined.now).toMatchObject({ generationId: 2, leader: id })
    expect(joined.now.members).toHaveLength(2)
    expect(harness.heartbeat(leader!, S1)).toBe(E.ILLEGAL_GENERATION)
    expect(harness.heartbeat({ ...leader!, generationId: 2 }, S1)).toBe(E.NONE)
    harness.sync({ memberId: id, generationId: 2 }, { [id]: 'x' })
    harness.advance(1000) // and is removed when its SyncGroup does not come either (J30)
    expect(harness.state).toBe('PreparingRebalance')
    expect(harness.heartbeat({ ...leader!, generationId: 2 }, S1)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('holds up a group of static members that are all away until their sessions run out', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ ...S1, rebalanceTimeoutMs: 2000, sessionTimeoutMs: 9000 }, {}])
    const dynamic = harness.describe().members.find(({ groupInstanceId }) => groupInstanceId === null)!
    expect(leader).toBeDefined()
    harness.leave([{ memberId: dynamic.memberId }])
    harness.advance(8999)
    expect(harness.state).toBe('PreparingRebalance')
    harness.advance(1)
    expect(harness.state).toBe('Empty')
  })

  it('keeps, when replaced, the session timeout it had until it is heard of again', () => {
    const harness = new Harness()
    harness.stable([{ ...S1, sessionTimeoutMs: 5000 }])
    const { now } = harness.join({ ...S1, sessionTimeoutMs: 20_000 })
    harness.advance(4999)
    expect(harness.heartbeat({ memberId: now.memberId, generationId: 1 }, S1)).toBe(E.NONE)
    harness.advance(19_999)
    expect(harness.state).toBe('Stable')
    harness.advance(1)
    expect(harness.state).toBe('Empty')
  })
})
