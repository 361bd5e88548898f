// Two clocks in one test. vi moves the application's timers, and time goes on by itself meanwhile, since clients and sockets need
// it. cohort.clock moves the coordinator's: sessions, rebalance timeouts, retention. Neither moves the other.

import { Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { startBilling } from './app.js'

// Not Date, performance, setImmediate or nextTick: kafkajs, Node's sockets and the broker live by them.
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    shouldAdvanceTime: true,
  })
})
afterEach(() => {
  vi.useRealTimers()
})

const start = () => startCohort({ topics: { orders: 1 }, clock: 'virtual' })
const client = (cohort: Cohort) =>
  new Kafka({
    clientId: 'app',
    brokers: cohort.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })

it('commits every 30 seconds of its own time', async () => {
  await using cohort = await start()
  const group = cohort.group('billing')
  const bill = vi.fn(async () => {})
  const billing = await startBilling(client(cohort), bill)
  await cohort.produce('orders', [{ value: 'a' }, { value: 'b' }])
  await expect.poll(() => bill).toHaveBeenCalledTimes(2)
  expect(await group.committedOffset('orders', 0)).toBe(-1n)

  vi.advanceTimersByTime(30_000)
  await group.committed('orders', 0, 2)
  await billing.stop()
})

it('asks again in a minute of its own time', async () => {
  await using cohort = await start()
  const bill = vi.fn(async () => {}).mockRejectedValueOnce(new Error('the bank is closed'))
  const billing = await startBilling(client(cohort), bill)
  await cohort.produce('orders', [{ value: 'a' }])
  await expect.poll(() => bill).toHaveBeenCalledTimes(1)

  vi.advanceTimersByTime(60_000)
  await expect.poll(() => bill).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(30_000)
  await cohort.group('billing').caughtUp()
  await billing.stop()
})

it("keeps its session through five minutes of its own time: the coordinator's stands still", async () => {
  await using cohort = await start()
  const group = cohort.group('billing')
  const billing = await startBilling(client(cohort), async () => {})
  const { generation } = await group.stable({ members: 1 })

  vi.advanceTimersByTime(300_000) // ten sessions long
  expect(await group.stable({ members: 1 })).toMatchObject({ generation })
  expect(group.rebalances).toBe(0)
  await billing.stop()
})

it('bills twice when its session runs out before it commits', async () => {
  await using cohort = await start()
  const group = cohort.group('billing')
  const bill = vi.fn(async () => {})
  const billing = await startBilling(client(cohort), bill)
  await cohort.produce('orders', [{ value: 'a' }])
  await expect.poll(() => bill).toHaveBeenCalledTimes(1)
  const { generation } = await group.stable()

  // Its timer has not moved: 31 seconds of the coordinator's time bring no commit.
  await cohort.clock.advance('31s', { silent: ['app'] })
  await group.generation((now) => now > generation)
  await group.stable({ members: 1 })
  await expect.poll(() => bill).toHaveBeenCalledTimes(2)

  vi.advanceTimersByTime(30_000)
  await group.committed('orders', 0, 1)
  await billing.stop()
})
