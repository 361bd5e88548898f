// tulios/kafkajs#260, "30 seconds for the first message": the member of the last test run died without leaving, and its group
// waits for it until its session ends. With a broker per test there is no last run; here is what happens without, in no time.

import { expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { client, consumerOf } from './kafka.js'

it('a dead member of the last run holds the group up until its session ends', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 }, clock: 'virtual', verify: false })
  const group = cohort.group('readers')

  const ghost = consumerOf(client(cohort.brokers, 'ghost', 0), 'readers', { restart: false })
  await ghost.connect()
  await ghost.subscribe({ topic: 'orders', fromBeginning: true })
  await ghost.run({ eachMessage: async () => {} })
  await group.stable({ members: 1 })
  // It dies: connections are cut, and whatever it tries afterwards fails.
  cohort.fault({
    api: ['ApiVersions', 'Metadata', 'FindCoordinator', 'LeaveGroup'],
    client: 'ghost',
    disconnect: true,
  })
  cohort.disconnect('ghost')

  const consumer = consumerOf(client(cohort.brokers, 'this run'), 'readers')
  const seen: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const running = consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
  await cohort.produce('orders', [{ value: 'the first message' }])
  await expect.poll(async () => (await group.snapshot())?.members.length).toBe(2)
  await expect(group.stable({ timeout: 300 })).rejects.toThrow(
    /ghost-\S+ \(leader\): is awaited: it owes a JoinGroup; its session runs out in 30 s/,
  )
  expect(seen).toEqual([])

  await cohort.clock.advance('31s')
  await running // it has joined
  await group.caughtUp()
  expect(seen).toEqual(['the first message'])
  expect(String(group.explain())).toMatch(
    /ghost-\S+ was removed after 30 s: removing member ghost-\S+ on heartbeat expiration/,
  )

  await consumer.disconnect()
  await ghost.disconnect()
})
