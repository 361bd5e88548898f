// tulios/kafkajs#1616, "consumer not removed from group after blocking > session timeout": kafkajs fetches from every node of the
// cluster, and a fetcher that finds no partition of its own on its node heartbeats instead. So a consumer that hangs in eachMessage
// is alive for ever, as long as there is such a node. A test sees it in the lag, not in the membership.

import { expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { client, consumerOf, Hands } from './kafka.js'

async function start(cohort: Cohort, eachMessage: Hands['work']) {
  const consumer = consumerOf(client(cohort.brokers, 'app'), 'readers')
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ eachMessage })
  return consumer
}

const heartbeats = (cohort: Cohort) =>
  cohort.requests('Heartbeat', { client: 'app' }).filter(({ answeredAtMs }) => answeredAtMs !== null).length

it('stays in the group while it hangs, by the heartbeats of its idle fetchers', async () => {
  await using cohort = await startCohort({ brokers: 3, topics: { orders: 1 }, clock: 'virtual' })
  const group = cohort.group('readers')
  const hands = new Hands()
  await cohort.produce('orders', [{ value: 'it hangs on this one' }, { value: 'never reached' }])
  const consumer = await start(cohort, hands.work)
  await hands.next()

  // Two minutes, four sessions long. Nobody is kept alive but by its own heartbeats.
  for (let seconds = 0; seconds < 120; seconds += 20) {
    const before = heartbeats(cohort)
    await expect.poll(() => heartbeats(cohort), { interval: 5 }).toBeGreaterThan(before)
    await cohort.clock.advance('20s', { silent: 'all' })
  }
  await group.stable({ members: 1 })
  expect(group.rebalances).toBe(0)
  expect(await group.lag()).toEqual([{ topic: 'orders', partition: 0, committed: -1n, end: 2n, lag: 2n }])
  await expect(group.caughtUp({ timeout: 50 })).rejects.toThrow("group 'readers' caught up: not within 50 ms")

  hands.release()
  await group.caughtUp()
  await consumer.disconnect()
})

it('is removed when its session ends where no node is without a partition', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 }, clock: 'virtual' })
  const group = cohort.group('readers')
  const hands = new Hands()
  await cohort.produce('orders', [{ value: 'it hangs on this one' }])
  const consumer = await start(cohort, hands.work)
  await hands.next()

  await cohort.clock.advance('31s', { silent: 'all' })
  await group.empty()
  expect(String(group.explain())).toMatch(
    /app-\S+ was removed .*: removing member app-\S+ on heartbeat expiration/,
  )

  hands.release()
  await consumer.disconnect()
})

it('comes back to the message when eachMessage has a limit of its own', async () => {
  await using cohort = await startCohort({ brokers: 3, topics: { orders: 1 }, clock: 'virtual' })
  const group = cohort.group('readers')
  const seen: string[] = []
  await cohort.produce('orders', [{ value: 'it hangs the first time' }, { value: 'the next one' }])
  const consumer = await start(cohort, async ({ message }) => {
    seen.push(String(message.value))
    await within(20, seen.length === 1 ? new Promise(() => {}) : Promise.resolve())
  })

  await group.committed('orders', 0, 2)
  expect(seen).toEqual(['it hangs the first time', 'it hangs the first time', 'the next one'])
  await consumer.disconnect()
})

/** kafkajs has no limit for eachMessage (kafkajs#447). What is thrown makes it hand the message over once more. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms`)), limitMs)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
