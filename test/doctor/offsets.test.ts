// Rules about committed offsets, each with a scenario that triggers it and one close by that does not.

import { describe, expect, it } from 'vitest'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import type { Actor } from './actor.js'
import { Stage } from './stage.js'

describe('R18 committed offsets lost', () => {
  it('is found when nobody was there for offsets.retention.minutes', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await member.commit(5)
    await member.leave()
    await stage.cohort.clock.advance('8d', { silent: 'all' })
    const [finding] = stage.findings('R18')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe('1 committed offset of this group was removed: nobody used it for 7 d')
    expect(finding?.remedy).toContain('(now 10080)')
  })

  it('is not when the topic was deleted, nor within the retention', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await member.commit(5)
    await member.commit(5, 0, 'payments')
    await member.leave()
    stage.cohort.deleteTopic('payments')
    await stage.cohort.clock.advance('6d', { silent: 'all' })
    expect(stage.cohort.journal.entries({ types: ['offsets-removed'] })).toMatchObject([
      { cause: 'topic deleted', count: 1 },
    ])
    expect(stage.findings('R18')).toEqual([])
  })
})

describe('R19 zombie commit', () => {
  it('is found for a commit after the session ran out, with what is processed twice', async () => {
    await using stage = await Stage.open()
    const zombie = await stage.member()
    await zombie.commit(10)
    await stage.pass(31_000)
    const heir = await stage.member()
    await heir.commit(12)
    expect(await zombie.commit(25)).toBe(E.UNKNOWN_MEMBER_ID)
    const [finding] = stage.findings('R19')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe(
      `member ${zombie.memberId} committed after it had lost its place: refused with UNKNOWN_MEMBER_ID`,
    )
    expect(finding?.explanation).toContain('At least 15 records are processed twice.')
    expect(finding?.evidence.map(({ text }) => text)).toEqual([
      expect.stringContaining('on heartbeat expiration'),
      expect.stringContaining('commits orders-0 at 25, refused with UNKNOWN_MEMBER_ID'),
    ])
  })

  it('is not for one that commits in time, nor for a stranger', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(29_000)
    expect(await member.commit(25)).toBe(E.NONE)
    const stranger = await stage.actor()
    stranger.memberId = 'nobody'
    expect(await stranger.commit(30)).toBe(E.UNKNOWN_MEMBER_ID)
    expect(stage.findings('R19')).toEqual([])
  })
})

describe('R23 lag', () => {
  /** Records come and are committed, every ten seconds: how many in all by then. */
  async function reads(
    stage: Stage,
    member: Actor,
    steps: readonly { readonly produce: number; readonly commit: number | null }[],
  ): Promise<void> {
    for (const { produce, commit } of steps) {
      const messages = Array.from({ length: produce }, () => ({ value: 'x', partition: 0 }))
      if (produce > 0) await stage.cohort.produce('orders', messages)
      await member.fetch()
      if (commit !== null) await member.commit(commit)
      await stage.pass(10_000, [member])
    }
  }
  const steps = (count: number, commit: (i: number) => number | null, produce: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => ({ produce: produce(i), commit: commit(i) }))

  async function played(count: number, commit: (i: number) => number | null, produce: (i: number) => number) {
    await using stage = await Stage.open()
    const member = await stage.member()
    await reads(stage, member, steps(count, commit, produce))
    return stage.findings('R23')
  }

  it('is WARN for a lag that only grows', async () => {
    const [finding] = await played(
      10,
      (i) => i + 1,
      () => 3,
    )
    expect(finding).toMatchObject({ severity: 'warning', headline: 'WARN: orders-0 is 20 records behind' })
    expect(finding?.evidence[0]?.text).toMatch(/orders-0 committed at 1, log ends at 3$/)
  })

  it('is STALL for the same offset again and again', async () => {
    const [finding] = await played(
      10,
      () => 2,
      () => 1,
    )
    // The first commit is ahead of the log's end, the second at it: then it stands still.
    expect(finding).toBeUndefined()
    const [stalled] = await played(
      12,
      () => 1,
      (i) => (i === 0 ? 5 : 1),
    )
    expect(stalled).toMatchObject({ severity: 'error', headline: 'STALL: orders-0 is 15 records behind' })
  })

  it('is STOP when commits end while records keep coming', async () => {
    const commits = (i: number) => (i < 6 ? 2 * i + 1 : null)
    const [finding] = await played(18, commits, () => 3)
    expect(finding).toMatchObject({ severity: 'error', headline: 'STOP: orders-0 is 43 records behind' })
  })

  it('is REWIND when the committed offset goes back', async () => {
    const [finding] = await played(
      10,
      (i) => (i < 8 ? 2 * i + 2 : i),
      () => 3,
    )
    expect(finding?.headline).toBe('REWIND: orders-0 is 21 records behind')
  })

  it('is none for a lag that is made up, nor for a step back that is, nor for a consumer with nothing to do', async () => {
    const made = await played(
      10,
      (i) => (i === 5 ? 15 : 2 * i + 1),
      () => 3,
    )
    expect(made).toEqual([])
    const recovered = await played(
      10,
      (i) => (i === 5 ? 9 : 2 * i + 3),
      () => 3,
    )
    expect(recovered.map(({ headline }) => headline.split(':')[0])).not.toContain('REWIND')
    const idle = await played(
      10,
      () => 1,
      (i) => (i === 0 ? 1 : 0),
    )
    expect(idle).toEqual([])
  })
})
