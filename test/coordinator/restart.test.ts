// Members after a restart: those that can still be there go on unnoticed, those whose session ran out meanwhile are not waited for.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { Harness } from './harness.js'

describe('members after a restart', () => {
  it('go on in their generation and have a whole session to be heard of again', () => {
    const harness = new Harness()
    const [leader, follower] = harness.stable([{}, {}])
    harness.restart(9999)
    expect(harness.state).toBe('Stable')
    expect(harness.heartbeat(leader!)).toBe(E.NONE)
    harness.advance(9999)
    expect(harness.heartbeat(leader!)).toBe(E.NONE)
    harness.advance(1)
    expect(harness.heartbeat(follower!)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('are gone when all sessions ran out while nobody was there: who comes has its generation at once', () => {
    const harness = new Harness()
    const [ghost] = harness.stable([{ groupInstanceId: 'app-1' }])
    harness.restart(10_000)
    harness.settle()
    expect(harness.state).toBe('Empty')
    expect(harness.heartbeat(ghost!)).toBe(E.UNKNOWN_MEMBER_ID)
    const joined = harness.join({ groupInstanceId: 'app-2' })
    harness.settle()
    expect(joined.now).toMatchObject({ errorCode: E.NONE, generationId: 3 })
  })

  it('each by its own session timeout', () => {
    const harness = new Harness()
    const [leader, follower] = harness.stable([{ sessionTimeoutMs: 20_000 }, { sessionTimeoutMs: 5000 }])
    harness.restart(6000)
    harness.settle()
    expect(harness.state).toBe('PreparingRebalance')
    expect(harness.heartbeat(follower!)).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.heartbeat(leader!)).toBe(E.REBALANCE_IN_PROGRESS)
  })

  it('are waited for by the setting, as Kafka does', () => {
    const harness = new Harness({ expireSessionsAtStart: false })
    const [ghost] = harness.stable()
    harness.restart(3_600_000)
    harness.advance(9999)
    expect(harness.heartbeat(ghost!)).toBe(E.NONE)
  })

  it('have a whole session when the shard was only moved or taken back', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    harness.advance(9999)
    harness.restart()
    harness.advance(9999)
    expect(harness.heartbeat(member!)).toBe(E.NONE)
  })
})
