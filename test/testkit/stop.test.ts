// What ends with the broker, and what a group's waits do while its coordinator loads.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Cohort, startCohort, WaitEnded } from '../../src/index.js'
import { RawMember } from './member.js'

let cohort: Cohort

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 1 }, verify: false })
})
afterEach(() => cohort.stop())

const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length

describe('stop()', () => {
  it('ends everything that waits, with what was to be seen before it', async () => {
    const member = await RawMember.alone(cohort, 'g')
    const before = timers()
    const fault = cohort.fault({ api: 'Fetch', drop: true })
    const ends = [
      cohort.group('g').stable({ members: 2, timeout: '1h' }),
      cohort.group('g').committed('orders', 0, 9, { timeout: '1h' }),
      fault.hit(1, { timeout: '1h' }),
    ].map((waiting) =>
      waiting.then(
        () => 'met',
        (error: unknown) => error,
      ),
    )
    await cohort.stop()
    const [stable, ...others] = await Promise.all(ends)
    expect(stable).toBeInstanceOf(WaitEnded)
    expect((stable as Error).message).toMatch(
      /^group 'g' Stable with 2 members: the broker was stopped; before that\ngroup 'g' is Stable for .*, generation 1, 1 member/,
    )
    for (const each of others) expect(each).toBeInstanceOf(WaitEnded)
    await expect(cohort.group('g').stable()).rejects.toThrow('the broker was stopped before')
    expect(timers()).toBeLessThanOrEqual(before)
    await member.client.closed
  })

  it('lets go what a fault holds up, and what is made to load', async () => {
    const before = timers()
    const member = await RawMember.alone(cohort, 'g')
    const delayed = cohort.fault({ api: 'Heartbeat', delay: '1h' })
    const beat = member.heartbeat().catch((error: Error) => error.message)
    await delayed.hit()
    const loading = cohort.group('other').loading('1h')
    await cohort.stop()
    await loading
    expect(await beat).toBe('connection closed')
    expect(timers()).toBeLessThanOrEqual(before)
  })
})

it.each([{ delay: '1h' }, { drop: true }] as const)(
  '%j after the effect is nothing to stumble over when it stops',
  async (action) => {
    const member = await RawMember.alone(cohort, 'g')
    const fault = cohort.fault({ api: 'OffsetCommit', after: true, ...action })
    const committed = member.commit(1).catch((error: Error) => error.message)
    await fault.hit()
    await cohort.stop()
    expect(await committed).toBe('connection closed')
  },
)

it('timers that a test fakes are its own: the broker answers, and waits have their limit', async () => {
  vi.useFakeTimers()
  try {
    const member = await RawMember.alone(cohort, 'g')
    await cohort.group('g').stable({ members: 1 })
    await expect(cohort.group('g').stable({ members: 2, timeout: 20 })).rejects.toThrow('not within 20 ms')
    await cohort.group('g').loading(10)
    member.client.close()
  } finally {
    vi.useRealTimers()
  }
})

describe('while a coordinator loads', () => {
  it('nothing of it is seen yet, and waits go on when it is loaded', async () => {
    const member = await RawMember.alone(cohort, 'g')
    const group = cohort.group('g')
    const loading = group.loading(150)
    expect(await group.describe()).toBe("the coordinator of group 'g' is loading")
    await expect(group.empty({ timeout: 20 })).rejects.toThrow("the coordinator of group 'g' is loading")
    const [stable] = await Promise.all([group.stable({ members: 1 }), cohort.quiesce(), loading])
    expect(stable.generation).toBe(1)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
    member.client.close()
  })

  it('it loads as long as the longest that was asked for', async () => {
    const group = cohort.group('g')
    const first = group.loading(150)
    await group.loading(1)
    await cohort.commit('g', { orders: { 0: 1 } }) // refused if it were still loading
    await first
  })

  it('a duration that is none leaves it as it was', async () => {
    const wrong = '2 s' as '2s'
    expect(() => cohort.group('g').loading(wrong)).toThrow("'2 s' is no duration")
    await cohort.commit('g', { orders: { 0: 1 } })
  })
})

it('what is loaded from fixtures is seen by who waits', async () => {
  const waiting = cohort.group('g').stable({ members: 1 })
  await cohort.load([
    { type: 'group', group: 'g', members: [{ memberId: 'm', assignment: { orders: [0] } }] },
  ])
  expect((await waiting).generation).toBe(1)
})

it('without the test kit nothing can be waited for, set or looked back at, and that is said', async () => {
  await using plain = await startCohort({ topics: { orders: 1 }, testkit: false })
  const off = 'the test kit is off: start the broker without testkit: false'
  expect(() => plain.fault({ api: 'Heartbeat', drop: true })).toThrow(off)
  expect(() => plain.requests()).toThrow(off)
  expect(() => plain.events()).toThrow(off)
  await expect(plain.group('g').stable()).rejects.toThrow(off)
  await plain.produce('orders', [{ value: 'a' }])
  expect(await plain.records('orders')).toHaveLength(1)
})
