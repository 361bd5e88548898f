// tulios/kafkajs#1527 and #1720, "the group is rebalancing, so a rejoin is needed", again and again: kafkajs learns of a rebalance
// from the heartbeat after a message, but one fetch brought records of several partitions, and it still hands over one of each
// before it rejoins. When these take longer than the rebalance timeout it comes back as a new member: the next rebalance.

import type { EachMessageHandler } from 'kafkajs'
import { expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { client, consumerOf, Hands } from './kafka.js'

const REBALANCE_IN_PROGRESS = 27
const UNKNOWN_MEMBER_ID = 25

const ORDERS = ['order 0', 'order 1', 'order 2', 'order 3']

/** One record in each of four partitions, and a consumer that has fetched them all and works on the first. */
async function busyConsumer(cohort: Cohort, eachMessage: EachMessageHandler) {
  await cohort.produce(
    'orders',
    ORDERS.map((value, partition) => ({ partition, value })),
  )
  const { consumer, running } = await start(cohort, 'old', eachMessage)
  await running
  return consumer
}

/** `running` resolves when it has joined. It heartbeats at every chance that it has. */
async function start(cohort: Cohort, clientId: string, eachMessage: EachMessageHandler) {
  const consumer = consumerOf(client(cohort.brokers, clientId), 'readers', { heartbeatInterval: 0 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  return { consumer, running: consumer.run({ eachMessage }) }
}

/** What the client was told by its heartbeats, the newest last. */
const told = (cohort: Cohort, client: string) =>
  cohort.requests('Heartbeat', { client }).map(({ response }) => response?.errorCode)

it('goes on with what it has fetched, is late, and comes back as another member', async () => {
  await using cohort = await startCohort({ topics: { orders: 4 }, clock: 'virtual' })
  const group = cohort.group('readers')
  const [oldHands, newHands] = [new Hands(), new Hands()]
  const old = await busyConsumer(cohort, oldHands.work)
  let order = await oldHands.next()

  const joiner = await start(cohort, 'new', newHands.work)
  await expect.poll(async () => (await group.snapshot())?.state).toBe('PreparingRebalance')
  for (let messages = 0; messages < 3; messages++) {
    await cohort.clock.advance('20s') // so long a message takes
    order.finish()
    order = await oldHands.next() // of another partition
  }
  await joiner.running
  expect(oldHands.taken.toSorted()).toEqual(ORDERS)
  expect(told(cohort, 'old').slice(-3)).toEqual([
    REBALANCE_IN_PROGRESS,
    REBALANCE_IN_PROGRESS,
    UNKNOWN_MEMBER_ID,
  ])
  await group.stable({ members: 1 })
  expect(String(group.explain())).toMatch(
    /old-\S+ was removed after 1 min: did not rejoin before the rebalance timeout/,
  )

  // Its last commit was refused: that order is done once more. And now the other one is asked to rejoin, in the midst of work.
  const again = await newHands.next()
  expect(oldHands.taken.slice(2)).toContain(again.text)
  order.finish()
  await expect.poll(async () => (await group.snapshot())?.state).toBe('PreparingRebalance')
  expect(group.rebalances).toBe(2)

  newHands.release()
  oldHands.release()
  await group.stable({ members: 2 })
  await Promise.all([old.disconnect(), joiner.consumer.disconnect()])
})

it('rejoins at once when eachMessage lets heartbeat() throw', async () => {
  await using cohort = await startCohort({ topics: { orders: 4 }, clock: 'virtual' })
  const group = cohort.group('readers')
  const [oldHands, newHands] = [new Hands(), new Hands()]
  const old = await busyConsumer(cohort, async ({ message, heartbeat }) => {
    await heartbeat() // throws while the group rebalances: nothing is begun that may be another's
    await oldHands.work({ message })
  })
  await oldHands.next()

  const joiner = await start(cohort, 'new', newHands.work)
  await expect.poll(async () => (await group.snapshot())?.state).toBe('PreparingRebalance')
  await cohort.clock.advance('20s')
  oldHands.release()
  newHands.release()
  await joiner.running
  await group.stable({ members: 2 })
  expect(String(group.explain())).toMatch(/old-\S+ \(client 'old'\) after 20 s, the last/)

  await group.caughtUp()
  expect([...oldHands.taken, ...newHands.taken].toSorted()).toEqual(ORDERS)
  expect(group.rebalances).toBe(1)
  await Promise.all([old.disconnect(), joiner.consumer.disconnect()])
})
