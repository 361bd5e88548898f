// Rules about who is who, each with a scenario that triggers it and one close by that does not.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { Stage } from './stage.js'

describe('R6 comes back as a stranger', () => {
  /** The client comes so often, and goes each time. */
  async function comesAndGoes(stage: Stage, times: number, instanceId: string | null = null): Promise<void> {
    for (let i = 0; i < times; i++) {
      const member = await stage.member({ clientId: 'app', instanceId })
      await stage.pass(60_000, [member])
      if (instanceId === null) await member.leave()
      await member.close()
    }
  }

  it('is found for a client that came back three times', async () => {
    await using stage = await Stage.open()
    await comesAndGoes(stage, 4)
    const [finding] = stage.findings('R6')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toBe("Client 'app' came back 3 times within an hour, each time as a new member")
    expect(finding?.evidence).toHaveLength(3)
    expect(finding?.remedy).toContain('session.timeout.ms (now 30000)')
  })

  it('is not for one that came back twice, nor for a static member', async () => {
    await using stage = await Stage.open()
    await comesAndGoes(stage, 3)
    expect(stage.findings('R6')).toEqual([])
    await using other = await Stage.open()
    await comesAndGoes(other, 4, 'pod-1')
    expect(other.findings('R6')).toEqual([])
  })

  it('is not for four that live side by side under one client id', async () => {
    await using stage = await Stage.open()
    await stage.members(4, { clientId: 'app' })
    expect(stage.findings('R6')).toEqual([])
  })
})

describe('R7 one instance id, two processes', () => {
  it('is a warning when the first process still speaks', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ instanceId: 'pod-1' })
    const second = await stage.actor({ instanceId: 'pod-1' })
    await second.join()
    expect(await first.heartbeat()).toBe(E.FENCED_INSTANCE_ID)
    const [finding] = stage.findings('R7')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toBe(
      "A second process has taken group.instance.id 'pod-1'; the first is still running",
    )
  })

  it('is an error when they take it from each other', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ instanceId: 'pod-1' })
    const second = await stage.actor({ instanceId: 'pod-1' })
    await second.join()
    expect(await first.heartbeat()).toBe(E.FENCED_INSTANCE_ID)
    first.memberId = ''
    await first.join()
    expect(await second.heartbeat()).toBe(E.FENCED_INSTANCE_ID)
    const [finding] = stage.findings('R7')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe(
      "Two processes take group.instance.id 'pod-1' from each other, 2 times so far",
    )
    expect(finding?.evidence).toHaveLength(4)
  })

  it('is not for a restart', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ instanceId: 'pod-1' })
    await first.close()
    const again = await stage.actor({ instanceId: 'pod-1' })
    await again.join()
    await again.heartbeat()
    expect(stage.cohort.journal.entries({ types: ['member-replaced'] })).toHaveLength(1)
    expect(stage.findings('R7')).toEqual([])
  })
})

describe('R14 ids given out for nothing', () => {
  it('is found for an id that nobody joined with', async () => {
    await using stage = await Stage.open()
    const lost = await stage.actor()
    expect((await lost.joinOnce()).errorCode).toBe(E.MEMBER_ID_REQUIRED)
    await stage.pass(31_000)
    const [finding] = stage.findings('R14')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe("1 member id was given out and never used, to 'app'")
  })

  it('is a warning for three', async () => {
    await using stage = await Stage.open()
    for (let i = 0; i < 3; i++) await (await stage.actor()).joinOnce()
    await stage.pass(31_000)
    expect(stage.findings('R14')[0]).toMatchObject({
      severity: 'warning',
      headline: "3 member ids were given out and never used, to 'app'",
    })
  })

  it('is not as long as it may still come, nor when it has come', async () => {
    await using stage = await Stage.open()
    const slow = await stage.actor()
    await slow.joinOnce()
    await stage.pass(29_000)
    expect(stage.findings('R14')).toEqual([])
    await slow.join()
    await stage.sync([slow])
    await stage.pass(31_000, [slow])
    expect(stage.findings('R14')).toEqual([])
  })
})

describe('R16 group full', () => {
  it('is found for a member too many', async () => {
    await using stage = await Stage.open({ set: { 'group.max.size': 1 } })
    await stage.member()
    const second = await stage.actor({ clientId: 'second' })
    expect((await second.join()).errorCode).toBe(E.GROUP_MAX_SIZE_REACHED)
    const [finding] = stage.findings('R16')
    expect(finding?.headline).toBe("The group is full: 'second' cannot join")
    expect(finding?.remedy).toContain('group.max.size=2')
  })

  it('is not for the last that fits', async () => {
    await using stage = await Stage.open({ set: { 'group.max.size': 2 } })
    await stage.members(2)
    expect(stage.findings('R16')).toEqual([])
  })
})

describe('R21 static leader restarted without a rebalance', () => {
  it('is told of the leader', async () => {
    await using stage = await Stage.open()
    const leader = await stage.member({ instanceId: 'pod-1' })
    await leader.close()
    const again = await stage.actor({ instanceId: 'pod-1' })
    await again.join()
    await stage.sync([again])
    const [finding] = stage.findings('R21')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe("Static leader 'pod-1' came back, and the group did not rebalance")
  })

  it('is not told of a follower', async () => {
    await using stage = await Stage.open()
    const leader = await stage.member({ instanceId: 'pod-1' })
    const follower = await stage.member({ instanceId: 'pod-2' }, [leader])
    await follower.close()
    const again = await stage.actor({ instanceId: 'pod-2' })
    expect((await again.join()).errorCode).toBe(E.NONE)
    expect(stage.findings('R21')).toEqual([])
  })
})
