// occurrent#980: a test produced before its consumer owned the partition, and slept to make up for it. Wait for what the test
// depends on instead: the assignment, and then the commit.

import { expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { client, consumerOf } from './kafka.js'

it('a consumer of the latest records sees what is produced after it owns the partition', async () => {
  await using cohort = await startCohort({ topics: { orders: 3 } })
  const consumer = consumerOf(client(cohort.brokers, 'app'), 'readers')
  const seen: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })

  await cohort.group('readers').assigned('orders', 2)
  await cohort.produce('orders', [{ value: 'now', partition: 2 }])
  await cohort.group('readers').committed('orders', 2, 1)
  expect(seen).toEqual(['now'])
  await consumer.disconnect()
})
