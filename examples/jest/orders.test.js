// A broker per test in plain JavaScript: CommonJS, try/finally, and jest's expect with the group matchers.

const { cohortMatchers, startCohort } = require('kafka-cohort')
const { Kafka, logLevel } = require('kafkajs')
const { startOrders } = require('./orders.js')

expect.extend(cohortMatchers)

const client = (cohort, clientId) =>
  new Kafka({
    clientId,
    brokers: cohort.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
const order = (id) => ({ key: id, value: JSON.stringify({ id }) })

test('two instances share the partitions, and all orders are handled', async () => {
  const cohort = await startCohort({ topics: { orders: 2 } })
  try {
    const handled = []
    const handle = async ({ id }) => handled.push(id)
    const first = await startOrders(client(cohort, 'first'), handle)
    const second = await startOrders(client(cohort, 'second'), handle)
    const group = cohort.group('orders-app')
    await group.stable({ members: 2 })

    await cohort.produce('orders', [order('a'), order('b'), order('c')])
    await group.caughtUp()
    expect(handled.sort()).toEqual(['a', 'b', 'c'])
    expect(group).toHaveRebalanced(1) // when the second came
    await expect(group).toBeStable({ members: 2 })
    await Promise.all([first.disconnect(), second.disconnect()])
  } finally {
    await cohort.stop()
  }
})

test('an order that could not be committed is handled once more', async () => {
  const cohort = await startCohort({ topics: { orders: 1 } })
  try {
    const handled = []
    const fault = cohort.fault({ api: 'OffsetCommit', error: 'REBALANCE_IN_PROGRESS', times: 1 })
    const consumer = await startOrders(client(cohort, 'app'), async ({ id }) => handled.push(id))
    await cohort.produce('orders', [order('a')])

    await fault.hit()
    await cohort.group('orders-app').committed('orders', 0, 1)
    expect(handled).toEqual(['a', 'a'])
    await expect(cohort.group('orders-app')).toHaveCommitted('orders', 0, 1)
    await consumer.disconnect()
  } finally {
    await cohort.stop()
  }
})
