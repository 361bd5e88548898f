// tulios/kafkajs#967, "run and then stop hangs": a test ends while its consumer is still joining, and the runner never exits. The
// broker answers everything that waits when it is stopped, so the consumer can.

import { expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { client, consumerOf } from './kafka.js'

it('a consumer that is still joining ends with its broker', async () => {
  const cohort = await startCohort({
    topics: { orders: 1 },
    set: { 'group.initial.rebalance.delay.ms': 60_000 }, // it would join for a minute
  })
  const consumer = consumerOf(client(cohort.brokers, 'app', 0), 'readers', { restart: false })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders' })
  const running = consumer.run({ eachMessage: async () => {} })
  running.catch(() => {}) // its join fails when the broker stops
  await expect.poll(async () => (await cohort.group('readers').snapshot())?.state).toBe('PreparingRebalance')

  const { connected } = await cohort.stop()
  expect(connected.map(({ clientId }) => clientId)).toContain('app')
  await consumer.disconnect()
})
