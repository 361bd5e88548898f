// Rules about rebalances, each with a scenario that triggers it and one close by that does not.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import type { Actor } from './actor.js'
import { Stage } from './stage.js'

/** A second member comes; the first comes back so much later. */
async function secondJoins(stage: Stage, first: Actor, afterMs: number): Promise<Actor> {
  const second = await stage.actor()
  const joining = second.join()
  await stage.parked(second)
  await stage.pass(afterMs, [first])
  await Promise.all([joining, first.join()])
  await stage.sync([first, second])
  return second
}

describe('R4 everybody waited for one', () => {
  it('is found when the last JoinGroup comes near the rebalance timeout', async () => {
    await using stage = await Stage.open()
    const first = await stage.member()
    await secondJoins(stage, first, 54_000)
    const [finding] = stage.findings('R4')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toBe(
      `The join phase lasted 54 s of at most 1 min: member ${first.memberId} came last`,
    )
    expect(finding?.evidence.map(({ text }) => text.split(' ')[0])).toEqual([
      'Stable',
      first.memberId,
      'PreparingRebalance',
    ])
    expect(finding?.remedy).toContain('(now 60000)')
  })

  it('is found for a member that was given up while it heartbeat', async () => {
    await using stage = await Stage.open()
    const first = await stage.member()
    const second = await stage.actor()
    const joining = second.join()
    await stage.parked(second)
    await stage.pass(61_000, [first])
    await joining
    expect(stage.findings('R4')[0]?.headline).toContain(
      `member ${first.memberId} was given up at the rebalance timeout`,
    )
  })

  it('is not for a rebalance of ten seconds', async () => {
    await using stage = await Stage.open()
    await secondJoins(stage, await stage.member(), 10_000)
    expect(stage.findings('R4')).toEqual([])
  })
})

describe('R5 rebalance storm', () => {
  /** The leader rejoins so often: nobody comes or goes. */
  async function rejoins(stage: Stage, times: number, everyMs: number): Promise<void> {
    const [leader, follower] = (await stage.members(2)) as [Actor, Actor]
    for (let i = 0; i < times; i++) {
      await stage.pass(everyMs, [leader, follower], 9000)
      const joining = leader.join()
      await stage.parked(leader)
      await Promise.all([joining, follower.join()])
      await stage.sync([leader, follower])
    }
  }

  it('is found for four rebalances in twenty minutes with the same clients', async () => {
    await using stage = await Stage.open()
    await rejoins(stage, 4, 300_000)
    const [finding] = stage.findings('R5')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe(
      '4 rebalances in 15 min, and the group is as it was: 2 members of the same clients',
    )
    expect(finding?.explanation).toContain("What began them: the leader's rejoin.")
  })

  it('is not for the same within two hours', async () => {
    await using stage = await Stage.open()
    await rejoins(stage, 4, 1_800_000)
    expect(stage.findings('R5')).toEqual([])
  })

  it('is not for a group that grows', async () => {
    await using stage = await Stage.open()
    await stage.members(6)
    expect(stage.cohort.journal.entries({ types: ['state'] }).length).toBeGreaterThan(12)
    expect(stage.findings('R5')).toEqual([])
  })
})

describe('R12 leader asks for a rebalance', () => {
  it('is found with the reason that it gives', async () => {
    await using stage = await Stage.open()
    const leader = await stage.member()
    await leader.join('cached metadata has changed')
    await stage.sync([leader])
    const [finding] = stage.findings('R12')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe(
      "A rebalance was asked for by the group's leader, though nobody came or went",
    )
    expect(finding?.explanation).toContain('It says: cached metadata has changed.')
  })

  it('is not for a follower that asks again, which is answered at once', async () => {
    await using stage = await Stage.open()
    const [, follower] = await stage.members(2)
    expect((await follower?.join())?.generationId).toBe(follower?.generationId)
    expect(stage.findings('R12')).toEqual([])
  })
})

describe('R13 SyncGroup that never came', () => {
  /** Two join; the follower does not sync. */
  async function unsynced(stage: Stage): Promise<[Actor, Actor]> {
    const leader = await stage.member()
    const follower = await stage.actor()
    const joining = follower.join()
    await stage.parked(follower)
    await Promise.all([joining, leader.join()])
    await leader.sync(new Map([[leader.memberId, { orders: [0] }]]))
    return [leader, follower]
  }

  it('is found when a follower stays away', async () => {
    await using stage = await Stage.open()
    const [leader, follower] = await unsynced(stage)
    await stage.pass(61_000, [leader, follower])
    const [finding] = stage.findings('R13')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe(
      `member ${follower.memberId} joined and never sent SyncGroup: the group waited 1 min for it`,
    )
  })

  it('is not when it comes late', async () => {
    await using stage = await Stage.open()
    const [leader, follower] = await unsynced(stage)
    await stage.pass(54_000, [leader, follower])
    expect((await follower.sync()).errorCode).toBe(E.NONE)
    await stage.pass(30_000, [leader, follower])
    expect(stage.findings('R13')).toEqual([])
  })
})

describe('R15 wait at the start', () => {
  it('is found for the initial delay of Kafka', async () => {
    await using stage = await Stage.open({ set: { 'group.initial.rebalance.delay.ms': 3000 } })
    const first = await stage.actor()
    const joining = first.join()
    await stage.parked(first)
    await stage.pass(3000)
    await joining
    await stage.sync([first])
    const [finding] = stage.findings('R15')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe('The first members waited 3 s for others to come')
    expect(finding?.remedy).toContain('group.initial.rebalance.delay.ms=0')
  })

  it('is found for a ghost: a join that waits for a process which is gone', async () => {
    await using stage = await Stage.open()
    const ghost = await stage.member()
    await ghost.close()
    const next = await stage.actor()
    const joining = next.join()
    await stage.parked(next)
    await stage.pass(31_000)
    await joining
    const [finding] = stage.findings('R15')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toBe(
      `A join waited 30 s for member ${ghost.memberId}, whose process was already gone`,
    )
    expect(stage.findings('R4')).toEqual([])
  })

  it('is not without a delay, and after members that left', async () => {
    await using stage = await Stage.open()
    const first = await stage.member()
    await first.leave('the consumer is being closed')
    await first.close()
    await stage.member()
    expect(stage.findings('R15')).toEqual([])
  })
})
