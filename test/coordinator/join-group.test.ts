// JoinGroup: ids in brackets are those of the scenario list on which Apache Kafka was checked.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { GROUP, Harness, protocols, subscription } from './harness.js'

describe('a new dynamic member', () => {
  it.each([4, 5, 6, 7, 8, 9])('is given an id first in v%i (J01)', (version) => {
    const { now } = new Harness().join({}, version)
    expect(now).toMatchObject({ errorCode: E.MEMBER_ID_REQUIRED, generationId: -1, leader: '', members: [] })
    expect(now.memberId).toMatch(/^client-[0-9a-f-]{36}$/)
    expect(now.protocolName).toBe(version >= 7 ? null : '')
  })

  it('joins with that id and leads the first generation (J02)', () => {
    const { id, joined } = new Harness().newcomer()
    expect(joined.now).toMatchObject({
      errorCode: E.NONE,
      generationId: 1,
      leader: id,
      memberId: id,
      protocolName: 'range',
      protocolType: 'consumer',
      skipAssignment: false,
      members: [{ memberId: id, groupInstanceId: null, metadata: subscription('foo') }],
    })
  })

  it.each([0, 1, 2, 3])('joins at once in v%i (J03, J04)', (version) => {
    const harness = new Harness()
    const joined = harness.join({}, version)
    harness.settle()
    expect(joined.now).toMatchObject({ errorCode: E.NONE, generationId: 1 })
  })

  it('has an id that begins with a dash when its client has none (J41)', () => {
    const harness = new Harness()
    harness.clientId = null
    expect(harness.join().now.memberId).toMatch(/^-[0-9a-f]/)
  })

  it('leaves the group as it is while its id is pending (J18)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    harness.join()
    expect(harness.state).toBe('Stable')
    expect(harness.heartbeat(leader!)).toBe(E.NONE)
    expect(harness.describe().members).toHaveLength(1)
  })

  it('starts a rebalance when it joins, and is answered with the others (J19, J20)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    const second = harness.newcomer()
    expect(harness.state).toBe('PreparingRebalance')
    expect(harness.heartbeat(leader!)).toBe(E.REBALANCE_IN_PROGRESS)
    const rejoined = harness.join({ memberId: leader!.memberId })
    expect(rejoined.now).toMatchObject({ generationId: 2, leader: leader!.memberId })
    expect(rejoined.now.members).toHaveLength(2)
    expect(second.joined.now).toMatchObject({ generationId: 2, leader: leader!.memberId, members: [] })
  })

  it('must come within its session timeout (J48)', () => {
    const harness = new Harness()
    const { memberId } = harness.join().now
    harness.advance(10_001)
    expect(harness.join({ memberId }).now.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('is sent away after five minutes in a join phase that does not end (J49)', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ rebalanceTimeoutMs: 3_600_000, sessionTimeoutMs: 1_000_000 }])
    const { joined } = harness.newcomer()
    harness.advance(299_999)
    expect(joined.answer).toBeUndefined()
    harness.advance(1)
    expect(joined.now).toMatchObject({ errorCode: E.UNKNOWN_MEMBER_ID, memberId: '', generationId: -1 })
    expect(harness.heartbeat(leader!)).toBe(E.REBALANCE_IN_PROGRESS)
  })

  it('may not claim an instance id with a pending member id (J43)', () => {
    const harness = new Harness()
    const { memberId } = harness.join().now
    expect(harness.join({ memberId, groupInstanceId: 'i' }).now.errorCode).toBe(E.UNKNOWN_SERVER_ERROR)
  })
})

describe('a JoinGroup is refused', () => {
  it('without a group id, whatever else is wrong (J05)', () => {
    const { now } = new Harness().join({ groupId: '', memberId: 'm', sessionTimeoutMs: 1 })
    expect(now).toMatchObject({ errorCode: E.INVALID_GROUP_ID, memberId: 'm' })
  })

  it.each([
    [999, E.INVALID_SESSION_TIMEOUT],
    [1000, E.MEMBER_ID_REQUIRED],
    [1_800_000, E.MEMBER_ID_REQUIRED],
    [1_800_001, E.INVALID_SESSION_TIMEOUT],
  ])('with a session timeout out of bounds: %i gives %i (J06, J07)', (sessionTimeoutMs, errorCode) => {
    expect(new Harness().join({ sessionTimeoutMs }).now.errorCode).toBe(errorCode)
  })

  it('with an id in a group that does not exist, which it does not create (J08)', () => {
    const harness = new Harness()
    expect(harness.join({ memberId: 'zz' }).now).toMatchObject({
      errorCode: E.UNKNOWN_MEMBER_ID,
      memberId: 'zz',
    })
    expect(harness.describe().errorCode).toBe(E.GROUP_ID_NOT_FOUND)
  })

  it('with an unknown id in a group that exists (J09)', () => {
    const harness = new Harness()
    harness.stable()
    expect(harness.join({ memberId: 'zz' }).now.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('without protocols or protocol type, and leaves an empty group behind (J10, J11, J12)', () => {
    const harness = new Harness()
    expect(harness.join({ protocols: [] }).now).toMatchObject({
      errorCode: E.INCONSISTENT_GROUP_PROTOCOL,
      memberId: '',
    })
    expect(harness.state).toBe('Empty')
    expect(harness.join({ protocolType: '' }).now.errorCode).toBe(E.INCONSISTENT_GROUP_PROTOCOL)
  })

  it('with another protocol type than the group has (J13)', () => {
    const harness = new Harness()
    harness.stable()
    expect(harness.join({ protocolType: 'connect' }).now).toMatchObject({
      errorCode: E.INCONSISTENT_GROUP_PROTOCOL,
      memberId: '',
    })
  })

  it('without a protocol that all members support (J14, J15)', () => {
    const harness = new Harness()
    harness.stable([{ protocols: protocols('a', 'b') }, { protocols: protocols('b', 'c') }])
    expect(harness.join({ protocols: protocols('other') }).now.errorCode).toBe(E.INCONSISTENT_GROUP_PROTOCOL)
    expect(harness.join({ protocols: protocols('a') }).now.errorCode).toBe(E.INCONSISTENT_GROUP_PROTOCOL)
    expect(harness.join({ protocols: protocols('b') }).now.errorCode).toBe(E.MEMBER_ID_REQUIRED)
  })
})

describe('the choice of protocol', () => {
  it('falls on what all support (J17)', () => {
    const harness = new Harness()
    harness.stable([{ protocols: protocols('a', 'b') }, { protocols: protocols('b', 'c') }])
    expect(harness.describe().protocolData).toBe('b')
  })

  it('falls on what most prefer', () => {
    const harness = new Harness()
    const [ab, ba] = [{ protocols: protocols('a', 'b') }, { protocols: protocols('b', 'a') }]
    harness.stable([ab, ba, ba])
    expect(harness.describe().protocolData).toBe('b')
  })

  it('lets a sole member change its protocols as long as an old one is among them (J16)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    const { memberId } = leader!
    expect(harness.join({ memberId, protocols: protocols('zz') }).now.errorCode).toBe(
      E.INCONSISTENT_GROUP_PROTOCOL,
    )
    expect(harness.state).toBe('Stable')
    expect(harness.join({ memberId, protocols: protocols('zz', 'range') }).now).toMatchObject({
      generationId: 2,
      protocolName: 'zz',
    })
  })

  it('counts a name once, however often a request brings it', () => {
    const { joined } = new Harness().newcomer({ protocols: protocols('range', 'range') })
    expect(joined.now).toMatchObject({ errorCode: E.NONE, protocolName: 'range' })
  })

  it('lets an Empty group change its type (J37)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    harness.leave([leader!])
    const { joined } = harness.newcomer({ protocolType: 'connect' })
    expect(joined.now.protocolType).toBe('connect')
    expect(harness.list()[0]).toMatchObject({ protocolType: 'connect' })
  })
})

describe('a member that rejoins', () => {
  it('as a follower of a Stable group with nothing changed is answered at once (J21)', () => {
    const harness = new Harness()
    const [leader, follower] = harness.stable([{}, {}])
    const { now } = harness.join({ memberId: follower!.memberId })
    expect(now).toMatchObject({ errorCode: E.NONE, generationId: 1, leader: leader!.memberId, members: [] })
    expect(harness.state).toBe('Stable')
  })

  it.each([
    ['other metadata', [{ name: 'range', metadata: subscription('bar') }]],
    ['the same protocols in another order', protocols('b', 'a')],
  ])('as a follower with %s starts a rebalance (J22, J23)', (_, changed) => {
    const harness = new Harness()
    const before = changed.length === 2 ? protocols('a', 'b') : protocols('range')
    const [leader, follower] = harness.stable([{ protocols: before }, { protocols: before }])
    const rejoined = harness.join({ memberId: follower!.memberId, protocols: changed })
    expect(harness.state).toBe('PreparingRebalance')
    harness.join({ memberId: leader!.memberId, protocols: before })
    expect(rejoined.now.generationId).toBe(2)
  })

  it('as the leader of a Stable group starts a rebalance (J24)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    expect(harness.join({ memberId: leader!.memberId }).now.generationId).toBe(2)
  })

  it('in the sync phase with nothing changed gets its generation again (J25, J26)', () => {
    const harness = new Harness()
    const ids = [harness.join().now.memberId, harness.join().now.memberId]
    const joins = ids.map((memberId) => harness.join({ memberId }))
    harness.settle()
    const leader = joins[0]!.now.leader
    const follower = ids.find((id) => id !== leader) as string
    expect(harness.state).toBe('CompletingRebalance')
    expect(harness.join({ memberId: leader }).now).toMatchObject({ generationId: 1, skipAssignment: false })
    expect(harness.join({ memberId: leader }).now.members).toHaveLength(2)
    expect(harness.join({ memberId: follower }).now).toMatchObject({ generationId: 1, members: [] })
  })

  it('in the sync phase with other metadata sends waiting followers back to join (J27)', () => {
    const harness = new Harness()
    const ids = [harness.join().now.memberId, harness.join().now.memberId]
    const joins = ids.map((memberId) => harness.join({ memberId }))
    harness.settle()
    const leader = joins[0]!.now.leader
    const memberId = ids.find((id) => id !== leader) as string
    const parked = harness.sync({ memberId, generationId: 1 })
    harness.join({ memberId: leader, protocols: [{ name: 'range', metadata: subscription('bar') }] })
    expect(parked.now).toMatchObject({
      errorCode: E.REBALANCE_IN_PROGRESS,
      protocolType: null,
      protocolName: null,
    })
    expect(parked.now.assignment).toHaveLength(0)
    expect(harness.state).toBe('PreparingRebalance')
  })

  it('not in time is dropped, even when it kept its heartbeats (J28, H08)', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ rebalanceTimeoutMs: 12_000, sessionTimeoutMs: 5000 }])
    const { joined, id } = harness.newcomer({ rebalanceTimeoutMs: 12_000, sessionTimeoutMs: 5000 })
    for (let i = 0; i < 3; i++) {
      harness.advance(3999)
      expect(harness.heartbeat(leader!)).toBe(E.REBALANCE_IN_PROGRESS)
    }
    expect(joined.answer).toBeUndefined()
    harness.advance(3)
    expect(joined.now).toMatchObject({ generationId: 2, leader: id })
    expect(joined.now.members).toHaveLength(1)
    expect(harness.heartbeat(leader!)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('while its older JoinGroup is parked takes its place; the older one is sent back to join (J35)', () => {
    const harness = new Harness()
    harness.stable()
    const { id, joined } = harness.newcomer()
    const again = harness.join({ memberId: id })
    expect(joined.now.errorCode).toBe(E.REBALANCE_IN_PROGRESS)
    expect(again.answer).toBeUndefined()
  })
})

describe('a pending member', () => {
  const waiting = () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ rebalanceTimeoutMs: 3000 }])
    const pending = harness.join({ rebalanceTimeoutMs: 3000 }).now.memberId
    const rejoined = harness.join({ memberId: leader!.memberId, rebalanceTimeoutMs: 3000 })
    return { harness, pending, rejoined }
  }

  it('holds up the join phase until the rebalance timeout (J31)', () => {
    const { harness, rejoined } = waiting()
    harness.advance(2999)
    expect(rejoined.answer).toBeUndefined()
    harness.advance(1)
    expect(rejoined.now).toMatchObject({ generationId: 2 })
    expect(rejoined.now.members).toHaveLength(1)
  })

  it('releases the others when it leaves (J32)', () => {
    const { harness, pending, rejoined } = waiting()
    expect(harness.leave([{ memberId: pending }]).members[0]?.errorCode).toBe(E.NONE)
    expect(rejoined.now.generationId).toBe(2)
  })

  it('releases the others when it joins (J33)', () => {
    const { harness, pending, rejoined } = waiting()
    const joined = harness.join({ memberId: pending })
    expect(rejoined.now.members).toHaveLength(2)
    expect(joined.now.generationId).toBe(2)
  })

  it('may still join when all members have left meanwhile', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    const { memberId } = harness.join().now
    harness.leave([leader!])
    expect(harness.state).toBe('PreparingRebalance')
    expect(harness.join({ memberId, protocols: protocols('new') }).now).toMatchObject({
      errorCode: E.NONE,
      generationId: 2,
      leader: memberId,
      protocolName: 'new',
    })
  })

  it('releases the others when its session runs out', () => {
    const harness = new Harness()
    const [leader] = harness.stable([{ rebalanceTimeoutMs: 60_000 }])
    harness.join({ sessionTimeoutMs: 2000 })
    const rejoined = harness.join({ memberId: leader!.memberId })
    harness.advance(2000)
    expect(rejoined.now.generationId).toBe(2)
  })
})

describe('the initial rebalance delay', () => {
  it('is extended once for members that join meanwhile (J44)', () => {
    const harness = new Harness({ groupInitialRebalanceDelayMs: 3000 })
    const first = harness.newcomer()
    harness.advance(1500)
    const second = harness.newcomer()
    harness.advance(4499)
    expect(first.joined.answer).toBeUndefined()
    harness.advance(1)
    expect(first.joined.now.generationId).toBe(1)
    expect(second.joined.now.generationId).toBe(1)
  })

  it('never lasts longer than the rebalance timeout (J45)', () => {
    const harness = new Harness({ groupInitialRebalanceDelayMs: 3000 })
    const first = harness.newcomer({ rebalanceTimeoutMs: 4000 })
    for (let i = 0; i < 3; i++) {
      harness.advance(1000)
      harness.newcomer({ rebalanceTimeoutMs: 4000 })
    }
    harness.advance(1000)
    expect(first.joined.now.members).toHaveLength(4)
  })

  it('is not cut short when all have joined', () => {
    const harness = new Harness({ groupInitialRebalanceDelayMs: 3000 })
    const { joined } = harness.newcomer()
    harness.advance(2999)
    expect(joined.answer).toBeUndefined()
    harness.advance(1)
    expect(joined.now.generationId).toBe(1)
  })
})

describe('group.max.size', () => {
  it('turns away one member too many, in either step (J46)', () => {
    const harness = new Harness({ groupMaxSize: 2 })
    harness.stable([{}, {}])
    expect(harness.join().now).toMatchObject({ errorCode: E.GROUP_MAX_SIZE_REACHED, memberId: '' })
  })

  it('lowered below the number of members turns away who rejoins last (J47)', () => {
    const harness = new Harness()
    const members = harness.stable([{}, {}, {}])
    harness.image = { ...harness.image, settings: { ...harness.image.settings, groupMaxSize: 2 } }
    const [leader, second, third] = members
    const kept = [harness.join({ memberId: leader!.memberId }), harness.join({ memberId: second!.memberId })]
    expect(harness.join({ memberId: third!.memberId }).now.errorCode).toBe(E.GROUP_MAX_SIZE_REACHED)
    harness.advance(60_000)
    for (const { now } of kept) expect(now.generationId).toBe(2)
    expect(harness.heartbeat(third!)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('makes a group that was loaded too large rebalance at once', () => {
    const harness = new Harness()
    harness.stable([{}, {}, {}])
    harness.image = { ...harness.image, settings: { ...harness.image.settings, groupMaxSize: 2 } }
    harness.restart()
    expect(harness.state).toBe('PreparingRebalance')
  })
})

describe('a group', () => {
  it('counts its generations on over being Empty (J38)', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    harness.leave([leader!])
    expect(harness.newcomer().joined.now.generationId).toBe(3)
  })

  it('takes a rebalance timeout below zero and a long reason (J39, J40)', () => {
    const { joined } = new Harness().newcomer({ rebalanceTimeoutMs: -1, reason: 'x'.repeat(300) })
    expect(joined.now.errorCode).toBe(E.NONE)
  })

  it('takes the session timeout for both timeouts in v0, which has no other', () => {
    const harness = new Harness()
    const first = harness.join({ sessionTimeoutMs: 5000, rebalanceTimeoutMs: -1 }, 0)
    harness.settle()
    const { memberId } = first.now
    harness.sync({ memberId, generationId: 1 }, { [memberId]: 'a' })
    const { joined } = harness.newcomer({ rebalanceTimeoutMs: 1 })
    harness.advance(4999)
    expect(joined.answer).toBeUndefined()
    harness.advance(1)
    expect(joined.now.generationId).toBe(2)
  })

  it('tells why it rebalances in Kafka’s words', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    harness.join({ memberId: leader!.memberId, reason: 'need to revoke partitions' })
    const causes = harness.events.flatMap((event) => (event.type === 'state' ? [event.cause] : []))
    expect(causes).toContain(
      `Leader ${leader!.memberId} re-joining group during Stable; client reason: need to revoke partitions`,
    )
    expect(causes[0]).toMatch(
      /^Adding new member .* with group instance id null; client reason: not provided$/,
    )
    expect(harness.events.every((event) => event.groupId === GROUP)).toBe(true)
  })
})
