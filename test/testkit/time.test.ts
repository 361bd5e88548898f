// Time under a test's hand, with clients that live in real time.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { fromMs, toMs } from '../../src/observe/duration.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { connect } from '../clients/kafkajs.js'
import { RawMember } from './member.js'

let cohort: Cohort

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 1 }, clock: 'virtual' })
})
afterEach(() => cohort.stop())

describe('advance', () => {
  it('keeps members whose connection is open, and lets the silent ones expire', async () => {
    const member = await RawMember.alone(cohort, 'g')
    await cohort.clock.advance('10m')
    expect(await member.heartbeat()).toBe(E.NONE)
    await cohort.clock.advance('29s', { silent: ['raw'] })
    expect(await member.heartbeat()).toBe(E.NONE)
    await cohort.clock.advance('30s', { silent: [member.memberId] })
    expect(await member.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    await cohort.group('g').empty()
    member.client.close()
  })

  it("lets everybody expire with silent: 'all'", async () => {
    const member = await RawMember.alone(cohort, 'g')
    await cohort.clock.advance('31s', { silent: 'all' })
    expect(await member.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    member.client.close()
  })

  it('expires a member whose connection is gone', async () => {
    const member = await RawMember.alone(cohort, 'g')
    member.client.close()
    await expect.poll(() => cohort.connectedClients()).toEqual([])
    await cohort.clock.advance('31s')
    await cohort.group('g').empty()
  })

  it('ends a join phase that a member does not come back to', async () => {
    const first = await RawMember.alone(cohort, 'g')
    const second = await RawMember.connect(cohort, 'g')
    const joined = second.join()
    await cohort.group('g').generation(1)
    await expect.poll(async () => (await cohort.group('g').snapshot())?.state).toBe('PreparingRebalance')
    await cohort.clock.advance('61s')
    expect((await joined).leader).toBe(second.memberId)
    expect(await first.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    first.client.close()
    second.client.close()
  })

  it('expires offsets after seven days', async () => {
    await cohort.commit('g', { orders: { 0: 5 } })
    await cohort.clock.advance('6d')
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(5n)
    await cohort.clock.advance('25h')
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
  })

  it('leaves the waits of Fetch on real time', async () => {
    const member = await RawMember.connect(cohort, 'g')
    const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }]
    const body = { maxWaitMs: 30, minBytes: 1, maxBytes: 1000, topics: [{ topic: 'orders', partitions }] }
    expect((await member.client.send(Apis.Fetch, 11, body)).errorCode).toBe(E.NONE)
    member.client.close()
  })

  it('moves a real kafkajs consumer through an hour without a rebalance', async () => {
    const consumer = connect(cohort).consumer({
      groupId: 'readers',
      heartbeatInterval: 50,
      maxWaitTimeInMs: 50,
    })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders' })
    await consumer.run({ eachMessage: async () => {} })
    const { generation } = await cohort.group('readers').stable({ members: 1 })
    await cohort.clock.advance('1h')
    const fault = cohort.fault({ api: 'Heartbeat', delay: 0, times: 1 })
    await fault.hit()
    expect((await cohort.group('readers').stable()).generation).toBe(generation)
    await consumer.disconnect()
  })

  it('refuses a name that nobody has, and a text where a list is wanted', async () => {
    const member = await RawMember.alone(cohort, 'g')
    await expect(cohort.clock.advance('1s', { silent: ['rew'] })).rejects.toThrow(
      `advance.silent: there is no member 'rew' (did you mean 'raw'?); known are ${member.memberId}, raw`,
    )
    await expect(cohort.clock.advance('1s', { silent: 'raw' as 'all' })).rejects.toThrow(
      `advance.silent is "raw", but must be 'all', or a list of members`,
    )
    member.client.close()
  })

  it('takes weeks with short sessions in no time, and whole milliseconds', async () => {
    const member = await RawMember.alone(cohort, 'g', { sessionTimeoutMs: 6000 })
    const before = performance.now()
    await cohort.clock.advance('30d')
    await cohort.clock.advance(0.5)
    expect(performance.now() - before).toBeLessThan(5000) // it was a minute, a keep for every two seconds
    expect(Number.isInteger(cohort.clock.now())).toBe(true)
    expect(await member.heartbeat()).toBe(E.NONE)
    expect(await member.commit(1)).toBe(E.NONE)
    await cohort.clock.advance('5s', { silent: 'all' })
    expect(await member.heartbeat()).toBe(E.NONE) // its session is what it was
    await cohort.clock.advance('7s', { silent: 'all' })
    expect(await member.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    member.client.close()
  })

  it('is not to be had on real time', async () => {
    await using real = await startCohort()
    expect(() => real.clock).toThrow("start the broker with clock: 'virtual'")
  })
})

describe('durations', () => {
  it('are numbers of milliseconds or texts with a unit', () => {
    expect([5, '500ms', '1.5s', '2m', '1h', '7d'].map((each) => toMs(each as never))).toEqual([
      5, 500, 1500, 120_000, 3_600_000, 604_800_000,
    ])
    for (const wrong of [-1, Number.NaN, '5', 's', '1 s', '1w', null])
      expect(() => toMs(wrong as never)).toThrow(/is no duration: milliseconds, or '500ms'/)
  })

  it('are told in the two largest units', () => {
    expect([0, 999, 1000, 59_900, 60_000, 200_000, 90_000_000, -500].map(fromMs)).toEqual([
      ...['0 ms', '999 ms', '1 s', '59.9 s', '1 min', '3 min 20 s', '1 d 1 h', '-500 ms'],
    ])
  })
})
