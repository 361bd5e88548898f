// What the log tells of groups: rebalances that ended, members lost, refusals, each with cause and remedy.

import { expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { type LogFields, narrate } from '../../src/monitor/narrate.js'
import { RawMember } from '../testkit/member.js'

it('tells of rebalances, lost members and refusals, with cause and remedy', async () => {
  await using cohort = await startCohort({
    topics: { orders: 1 },
    clock: 'virtual',
    seed: 0,
    set: { 'group.max.size': 1 },
  })
  const told: (LogFields & { level: string; line: string })[] = []
  const stop = narrate(cohort.journal, (level, line, fields) => told.push({ level, line, ...fields }))

  const first = await RawMember.alone(cohort, 'g')
  await first.heartbeat()
  expect(told).toEqual([
    {
      level: 'info',
      line: expect.stringMatching(/^group 'g' is Stable in generation 1 after 0 ms: Adding new member raw-/),
      group: 'g',
      generation: 1,
      cause: expect.stringMatching(/^Adding new member/),
    },
  ])
  told.length = 0

  const second = await RawMember.connect(cohort, 'g')
  expect((await second.join()).errorCode).toBe(81)
  expect(told).toMatchObject([
    { level: 'warn', error: 'GROUP_MAX_SIZE_REACHED', remedy: 'raise group.max.size, or run fewer members' },
  ])
  told.length = 0

  await cohort.clock.advance('31s', { silent: 'all' })
  expect(told).toMatchObject([
    {
      level: 'warn',
      line: expect.stringMatching(
        /^group 'g': raw-\S+ is removed: removing member \S+ on heartbeat expiration\..*last heard 30 s ago/,
      ),
      member: first.memberId,
      remedy: expect.stringContaining('session.timeout.ms'),
    },
    { level: 'info', line: expect.stringMatching(/^group 'g' is Empty in generation 2/) },
  ])
  told.length = 0

  const third = await RawMember.alone(cohort, 'g')
  await cohort.group('g').kick(third.memberId)
  expect(told.map(({ level }) => level)).toEqual(['info', 'info', 'info'])
  stop()
  await cohort.group('g').empty()
  expect(told.every(({ remedy }) => remedy === undefined)).toBe(true)
  for (const { client } of [first, second, third]) client.close()
})
