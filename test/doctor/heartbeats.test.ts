// Rules about signs of life, each with a scenario that triggers it and one close by that does not.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { Stage } from './stage.js'

describe('R1 heartbeats too far apart', () => {
  it('is found for heartbeats every 15 s in a session of 30 s', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(150_000, [member], 15_000)
    const [finding] = stage.findings('R1')
    expect(finding).toMatchObject({ severity: 'warning', group: 'g' })
    expect(finding?.headline).toBe(
      `Heartbeats of member ${member.memberId} come 15 s apart; the session timeout is 30 s`,
    )
    expect(finding?.evidence[0]?.text).toMatch(
      /has sent \d+ heartbeats in .*, 15 s to 15 s apart, mostly 15 s/,
    )
    expect(finding?.remedy).toMatch(
      /^heartbeat.interval.ms=10000 or less .* or session.timeout.ms=45000 or more/,
    )
    expect(finding?.explanation).toContain('of these one may be late or lost')
  })

  it('is not for heartbeats at exactly a third of it, nor for two late ones', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(150_000, [member], 10_000)
    await stage.pass(40_000, [member], 20_000)
    expect(stage.findings('R1')).toEqual([])
  })
})

describe('R2 silent while at work', () => {
  it('is found when a session runs out on an open connection, soon after a Fetch', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(6000, [member])
    await member.fetch()
    await stage.pass(31_000)
    expect(await member.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    const [finding] = stage.findings('R2')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toContain(`${member.memberId} fell silent for a whole session (30 s)`)
    expect(finding?.explanation).toContain('A client without a heartbeat thread (kafkajs and its like)')
    expect(finding?.remedy).toContain('60000 gives twice as long')
    expect(finding?.evidence[0]?.text).toContain('last fetched 30 s ago, still connected')
  })

  it('blames the process of a client whose heartbeats have a thread of their own', async () => {
    await using stage = await Stage.open()
    const member = await stage.member({ software: ['apache-kafka-java', '4.4.0'] })
    await member.fetch()
    await stage.pass(31_000)
    expect(stage.findings('R2')[0]?.explanation).toContain('apache-kafka-java 4.4.0 heartbeats from a thread')
  })

  it('is not when the process was gone, nor when the member had not read for long', async () => {
    await using stage = await Stage.open()
    const [dead, idle] = await stage.members(2)
    await dead?.fetch()
    await idle?.fetch()
    await stage.pass(
      61_000,
      [idle, dead].flatMap((each) => each ?? []),
    )
    await dead?.fetch()
    await dead?.close()
    await stage.pass(31_000)
    const removed = stage.cohort.journal.entries({ types: ['member-removed'] })
    expect(removed).toHaveLength(2)
    expect(stage.findings('R2')).toEqual([])
  })
})

describe('R3 poll loop too slow', () => {
  it('is found in the reason that Java leaves with', async () => {
    await using stage = await Stage.open()
    const member = await stage.member({ rebalanceTimeoutMs: 300_000 })
    await stage.pass(300_000, [member])
    await member.leave('consumer poll timeout has expired.')
    const [finding] = stage.findings('R3')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toMatch(/left by itself: its application did not poll within .* \(5 min\)$/)
    expect(finding?.remedy).toContain('max.poll.interval.ms=600000')
    expect(finding?.evidence[0]?.text).toMatch(/leaves: consumer poll timeout has expired\.$/)
  })

  it('is not in that of a consumer which is closed', async () => {
    await using stage = await Stage.open()
    const member = await stage.member({ rebalanceTimeoutMs: 300_000 })
    await stage.pass(300_000, [member])
    await member.leave('the consumer is being closed')
    expect(stage.findings()).toEqual([])
  })
})

describe('R17 session timeout refused', () => {
  it('is found for a session below the least that the broker takes', async () => {
    await using stage = await Stage.open()
    const member = await stage.actor({ sessionTimeoutMs: 5999 })
    expect((await member.join()).errorCode).toBe(E.INVALID_SESSION_TIMEOUT)
    const [finding] = stage.findings('R17')
    expect(finding?.headline).toBe(
      'A session timeout of 5999 ms is refused: the broker takes 6000 to 1800000',
    )
    expect(finding?.remedy).toBe(
      'session.timeout.ms=6000 in the client, or group.min.session.timeout.ms=5999 in the broker.',
    )
  })

  it("is found by the broker's own bounds", async () => {
    await using stage = await Stage.open({ set: { 'group.max.session.timeout.ms': 20_000 } })
    const member = await stage.actor()
    expect((await member.join()).errorCode).toBe(E.INVALID_SESSION_TIMEOUT)
    expect(stage.findings('R17')[0]?.remedy).toContain('session.timeout.ms=20000 in the client, or group.max')
  })

  it('is not for the least itself', async () => {
    await using stage = await Stage.open()
    await stage.member({ sessionTimeoutMs: 6000 })
    expect(stage.findings('R17')).toEqual([])
  })
})

describe('R20 static member abandoned', () => {
  it('is found when the session of a static member runs out', async () => {
    await using stage = await Stage.open()
    const gone = await stage.member({ instanceId: 'pod-1' })
    await gone.close()
    await stage.pass(31_000)
    const [finding] = stage.findings('R20')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toContain(
      'orders-0, orders-1, orders-2, orders-3, orders-4 and 1 more had no consumer for 30 s',
    )
    expect(finding?.explanation).toContain('It went away without a word')
  })

  it('is found for one that stopped polling, which does not leave either', async () => {
    await using stage = await Stage.open()
    const stuck = await stage.member({ instanceId: 'pod-1' })
    await stuck.fetch()
    await stage.pass(31_000)
    expect(stage.findings('R20')[0]?.explanation).toContain('exceeds max.poll.interval.ms')
    expect(stage.findings('R2')).toEqual([])
  })

  it('is not when it comes back within its session', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ instanceId: 'pod-1' })
    await first.close()
    await stage.pass(20_000)
    const again = await stage.actor({ instanceId: 'pod-1' })
    expect((await again.join()).skipAssignment).toBe(true)
    await stage.sync([again])
    await stage.pass(30_000, [again])
    expect(stage.findings('R20')).toEqual([])
  })
})
