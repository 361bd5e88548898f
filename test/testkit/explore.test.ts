// Many orders of answers, each again at will.

import { expect, it } from 'vitest'
import { type Cohort, type ExploreError, explore } from '../../src/index.js'
import { seededArrangement } from '../../src/testkit/arrangement.js'
import { RawMember } from './member.js'

const topics = { orders: 1 }

/** Three requests on connections of their own at once; who is answered first. */
async function race(cohort: Cohort): Promise<string> {
  const members = await Promise.all([1, 2, 3].map(() => RawMember.connect(cohort, 'g')))
  await Promise.all(members.map((member) => member.heartbeat())) // all are known to the broker
  const order: number[] = []
  await Promise.all(members.map((member, i) => member.heartbeat().then(() => order.push(i))))
  for (const { client } of members) client.close()
  return order.join('')
}

it('an arrangement is the same for the same seed, and loses nobody', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8]
  const arrangements = [7, 7, 8].map((seed) => seededArrangement(seed)(items))
  expect(arrangements[0]).toEqual(arrangements[1])
  expect(arrangements[0]).not.toEqual(arrangements[2])
  for (const { now, later } of arrangements) expect([...now, ...later].sort()).toEqual(items)
})

it('a body sees answers in many orders', async () => {
  const orders = new Set<string>()
  await explore({ runs: 30, topics }, async (cohort) => {
    orders.add(await race(cohort))
  })
  expect(orders.size).toBeGreaterThan(2)
})

it('a failure names its seed and the line that sets it again', async () => {
  let runs = 0
  const failing = explore({ runs: 10, seed: 40, topics }, async () => {
    if (++runs === 3) throw new Error('it broke')
  })
  const error = (await failing.catch((thrown: unknown) => thrown)) as ExploreError
  expect(error.message).toBe('run 3 of 10 failed: it broke\nagain: explore({ runs: 1, seed: 42 }, ...)')
  expect([error.seed, (error.cause as Error).message]).toEqual([42, 'it broke'])
})

it('answers of one connection stay in their order', async () => {
  await explore({ runs: 10, topics }, async (cohort) => {
    const member = await RawMember.alone(cohort, 'g')
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((i) => member.heartbeat().then(() => order.push(i))))
    expect(order).toEqual([1, 2, 3, 4])
    member.client.close()
  })
})
