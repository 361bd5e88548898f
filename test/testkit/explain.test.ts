// Why a group rebalanced, in words; and matchers.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Cohort, cohortMatchers, startCohort } from '../../src/index.js'
import { RawMember } from './member.js'

let cohort: Cohort
let first: RawMember
const others: RawMember[] = []

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 2 }, clock: 'virtual', seed: 0 })
  first = await RawMember.alone(cohort, 'g')
})
afterEach(async () => {
  for (const { client } of [first, ...others.splice(0)]) client.close()
  await cohort.stop()
})

/** A second member joins and the first comes back ten seconds later; the second leads nothing and gets nothing. */
async function secondJoins(): Promise<RawMember> {
  const second = await RawMember.connect(cohort, 'g')
  others.push(second)
  const joined = second.join()
  await vi.waitFor(async () => {
    expect((await cohort.group('g').snapshot())?.members).toHaveLength(2)
  })
  await cohort.clock.advance('10s')
  await first.join()
  await joined
  await cohort.clock.advance('2s')
  await first.sync([1])
  await second.sync()
  return second
}

const A = 'raw-00000000-0000-4000-8000-000000000001'
const B = 'raw-00000000-0000-4000-8000-000000000002'

describe('explain', () => {
  it('says what started it, who was awaited for how long, who came last, what moved', async () => {
    await secondJoins()
    const explained = cohort.group('g').explain()
    expect(String(explained).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '<time>')).toBe(
      [
        "Group 'g' rebalanced into generation 2.",
        `  It began at <time>: Adding new member ${B} with group instance id null; client reason: not provided`,
        '  The join phase lasted 10 s, the sync phase 2 s.',
        '  JoinGroup came from',
        `    ${B} (client 'raw') at once`,
        `    ${A} (client 'raw') after 10 s, the last`,
        '  2 partitions changed their owner',
        `    orders-0 from ${A} to nobody`,
        `    orders-1 to ${A}, from nobody`,
      ].join('\n'),
    )
    expect(explained.facts).toMatchObject({
      outcome: 'Stable',
      generation: 2,
      joinPhaseMs: 10_000,
      syncPhaseMs: 2000,
      arrivals: [
        { memberId: B, afterMs: 0 },
        { memberId: A, afterMs: 10_000 },
      ],
    })
    expect(explained.toMarkdown()).toMatch(
      /^\*\*Group 'g' rebalanced into generation 2\.\*\*\n\n- It began at /,
    )
  })

  it('tells of who was removed for its silence', async () => {
    const second = await secondJoins()
    await cohort.clock.advance('31s', { silent: [second.memberId] })
    await first.join()
    await first.sync([0, 1])
    const text = String(cohort.group('g').explain())
    expect(text).toContain(`removing member ${B} on heartbeat expiration.`)
    expect(text).toContain(`${B} was removed as it began`)
    expect(text).toContain(`orders-0 to ${A}, from nobody`)
  })

  it('tells of who did not come back in time', async () => {
    const second = await RawMember.connect(cohort, 'g')
    others.push(second)
    const joined = second.join()
    await vi.waitFor(async () => {
      expect((await cohort.group('g').snapshot())?.members).toHaveLength(2)
    })
    expect(String(cohort.group('g').explain())).toMatch(
      /^Group 'g' is rebalancing, from generation 1\.\n.*\n {2}The join phase is under way\.\n {2}JoinGroup came from\n/,
    )
    await cohort.clock.advance('1m')
    await joined
    expect(String(cohort.group('g').explain())).toContain(
      `${A} was removed after 1 min: did not rejoin before the rebalance timeout`,
    )
  })

  it('has nothing to tell of a group that has not rebalanced', () => {
    expect(String(cohort.group('other').explain())).toBe("Group 'other' has not rebalanced yet.")
    expect(cohort.group('other').explain().facts).toBeNull()
  })
})

describe('matchers', () => {
  expect.extend(cohortMatchers)
  // What vitest and jest make of them is theirs; what they say is ours.
  const { toHaveRebalanced, toBeStable, toOwn, toHaveCommitted } = cohortMatchers

  it('count rebalances', async () => {
    expect(await toHaveRebalanced(cohort.group('g'), 0)).toMatchObject({ pass: true })
    await secondJoins()
    expect(await toHaveRebalanced(cohort.group('g'), 1)).toMatchObject({ pass: true })
    const { pass, message } = await toHaveRebalanced(cohort.group('g'), 5)
    expect(pass).toBe(false)
    expect(message()).toContain(
      "group 'g' has rebalanced once, expected 5 times\nGroup 'g' rebalanced into generation 2.",
    )
  })

  it('look at state, owners and offsets, and say what they saw', async () => {
    await first.commit(7)
    const group = cohort.group('g')
    expect(await toBeStable(group, { members: 1 })).toMatchObject({ pass: true })
    expect(await toOwn(group, 'orders', 0, 'raw')).toMatchObject({ pass: true })
    expect(await toHaveCommitted(group, 'orders', 0, 7)).toMatchObject({ pass: true })
    expect((await toBeStable(group, { members: 2 })).message()).toContain(
      "expected Stable with 2 members, but\ngroup 'g' is Stable",
    )
    expect((await toOwn(group, 'orders', 1)).message()).toBe(
      "orders-1 is owned by nobody in group 'g', expected somebody",
    )
    expect((await toOwn(group, 'orders', 0, 'x')).message()).toContain(
      `orders-0 is owned by ${A} (client 'raw')`,
    )
    expect((await toHaveCommitted(group, 'orders', 1, 7)).message()).toBe(
      "group 'g' has committed nothing of orders-1, expected 7",
    )
    expect(() => toHaveRebalanced({}, 1)).toThrow('toHaveRebalanced is for a group')
  })
})
