// A broker per test in TypeScript: `await using` stops it at the end of the block.

import './matchers.js'
import { type Cohort, explore, startCohort } from 'kafka-cohort'
import { Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { startOrders } from './orders.js'

const client = (cohort: Cohort, clientId: string) =>
  new Kafka({
    clientId,
    brokers: cohort.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
const order = (id: string) => ({ key: id, value: JSON.stringify({ id }) })

it('shares the partitions among its instances', async () => {
  await using cohort = await startCohort({ topics: { orders: 2 } })
  const group = cohort.group('orders-app')
  const handled: string[] = []
  const handle = async ({ id }: { id: string }) => void handled.push(id)
  const first = await startOrders(client(cohort, 'first'), handle)
  const second = await startOrders(client(cohort, 'second'), handle)

  await group.stable({ members: 2 })
  await cohort.produce('orders', [order('a'), order('b'), order('c')])
  await group.caughtUp()
  expect(handled.sort()).toEqual(['a', 'b', 'c'])
  expect(group).toHaveRebalanced(1) // when the second came
  await expect(group).toOwn('orders', 0)
  await Promise.all([first.disconnect(), second.disconnect()])
})

it('goes on after its coordinator was away', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 } })
  const group = cohort.group('orders-app')
  const consumer = await startOrders(client(cohort, 'app'), async () => {})
  await group.loading(100) // COORDINATOR_LOAD_IN_PROGRESS
  await cohort.produce('orders', [order('a')])
  await group.committed('orders', 0, 1)
  await expect(group).toHaveCommitted('orders', 0, 1)
  await consumer.disconnect()
})

it('handles every order in whatever order the answers come', async () => {
  await explore({ runs: 5, topics: { orders: 2 } }, async (cohort) => {
    const handled = new Set<string>()
    const handle = async ({ id }: { id: string }) => void handled.add(id)
    const consumers = await Promise.all([
      startOrders(client(cohort, 'first'), handle),
      startOrders(client(cohort, 'second'), handle),
    ])
    await cohort.produce('orders', [order('a'), order('b'), order('c')])
    await cohort.group('orders-app').caughtUp()
    expect([...handled].sort()).toEqual(['a', 'b', 'c'])
    await Promise.all(consumers.map((consumer) => consumer.disconnect()))
  })
})
