// A broker per test with what Node has: node:test and node:assert. `t.after` stops it, and `verify: true` makes stop() fail on
// a fault that was never met or a broken promise of the coordinator, as it does by itself where NODE_ENV is 'test'.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCohort } from 'kafka-cohort'
import { Kafka, logLevel } from 'kafkajs'
import { startOrders } from './orders.js'

async function brokerFor(t, options) {
  const cohort = await startCohort({ verify: true, ...options })
  t.after(() => cohort.stop())
  return cohort
}

const client = (cohort, clientId) =>
  new Kafka({
    clientId,
    brokers: cohort.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
const order = (id) => ({ key: id, value: JSON.stringify({ id }) })

test('the instance that stays takes over when the other is removed', async (t) => {
  const cohort = await brokerFor(t, { topics: { orders: 2 } })
  const group = cohort.group('orders-app')
  const handled = []
  const handle = async ({ id }) => handled.push(id)
  const first = await startOrders(client(cohort, 'first'), handle)
  const second = await startOrders(client(cohort, 'second'), handle)
  await group.stable({ members: 2 })

  await second.disconnect()
  await group.stable({ members: 1 })
  await cohort.produce('orders', [order('a'), order('b'), order('c')])
  await group.caughtUp()
  assert.deepEqual(handled.sort(), ['a', 'b', 'c'])
  assert.match(String(group.explain()), /first-\S+ \(client 'first'\)/)
  await first.disconnect()
})

test('a session that runs out gives the partitions away', async (t) => {
  const cohort = await brokerFor(t, { topics: { orders: 1 }, clock: 'virtual' })
  const group = cohort.group('orders-app')
  const consumer = await startOrders(client(cohort, 'app'), async () => {})
  const { generation } = await group.stable({ members: 1 })

  await cohort.clock.advance('31s', { silent: ['app'] })
  await group.generation((now) => now > generation) // it has come back
  assert.equal(cohort.events('orders-app').filter(({ type }) => type === 'member-removed').length, 1)
  await consumer.disconnect()
})
