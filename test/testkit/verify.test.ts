// What verify finds by itself: promises that a coordinator broke, and partitions that two members own.

import { describe, expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import type { RecordedExchange } from '../../src/observe/exchanges.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ownedTwice } from '../../src/testkit/ownership.js'
import { Promises } from '../../src/testkit/verify.js'
import { RawMember } from './member.js'

type Part = Pick<RecordedExchange, 'api'> & { body?: object; response?: object; fault?: string }

/** Exchanges as a broker that breaks its promises would leave them: ours does not. */
const exchanges = (...parts: Part[]) =>
  parts.map(
    ({ body = {}, response = {}, fault = null, api }, i) =>
      ({
        api,
        group: 'g',
        atMs: i,
        answeredAtMs: i,
        fault,
        body,
        response: { errorCode: 0, ...response },
      }) as unknown as RecordedExchange,
  )

function brokenPromises(all: readonly RecordedExchange[]): string[] {
  const promises = new Promises()
  for (const exchange of all) promises.answered(exchange)
  return promises.broken
}

const joined = (generationId: number, fault?: string): Part => ({
  api: 'JoinGroup',
  response: { generationId },
  ...(fault === undefined ? {} : { fault }),
})
const synced = (memberId: string, given: string, assignments: object[] = []): Part => ({
  api: 'SyncGroup',
  body: { memberId, generationId: 1, assignments },
  response: { assignment: Buffer.from(given) },
})
const committed = (generation: number, errorCode: number): Part => ({
  api: 'OffsetCommit',
  body: { memberId: 'm', generationIdOrMemberEpoch: generation },
  response: { topics: [{ partitions: [{ errorCode }] }] },
})
const assigned = [
  { memberId: 'a', assignment: Buffer.from('A') },
  { memberId: 'b', assignment: Buffer.from('B') },
]

describe('broken promises', () => {
  it('a generation that goes back', () => {
    expect(brokenPromises(exchanges(joined(2), joined(1)))).toEqual(["group 'g': generation 1 came after 2"])
    expect(brokenPromises(exchanges(joined(2), joined(2), joined(3)))).toEqual([])
    expect(brokenPromises(exchanges(joined(2), joined(1, 'a fault')))).toEqual([])
  })

  it("bytes other than the leader's", () => {
    const leader = synced('a', 'A', assigned)
    expect(brokenPromises(exchanges(joined(1), leader, synced('b', 'B')))).toEqual([])
    expect(brokenPromises(exchanges(joined(1), leader, synced('b', 'A')))).toEqual([
      "group 'g': member 'b' was given other bytes than its leader assigned in generation 1",
    ])
  })

  it('a commit taken from a generation that was over', () => {
    expect(brokenPromises(exchanges(joined(2), committed(1, 0)))).toEqual([
      "group 'g': a commit of member 'm' in generation 1 was taken at 1970-01-01T00:00:00.001Z, though generation 2 had begun",
    ])
    expect(brokenPromises(exchanges(joined(2), committed(1, 22), committed(2, 0), committed(-1, 0)))).toEqual(
      [],
    )
  })
})

describe('owned twice', () => {
  const generation = (
    assignor: string,
    owned: Record<string, { of: number[]; generationId?: number }>,
  ): Part => ({
    api: 'JoinGroup',
    response: {
      generationId: 1,
      protocolName: assignor,
      members: Object.entries(owned).map(([memberId, { of, generationId = -1 }]) => ({
        memberId,
        metadata: writeSubscription(
          { topics: ['t'], ownedPartitions: [{ topic: 't', partitions: of }], generationId },
          generationId === -1 ? 1 : 2,
        ),
      })),
    },
  })
  const assignment = (given: Record<string, number[]>): Part => ({
    api: 'SyncGroup',
    body: {
      generationId: 1,
      assignments: Object.entries(given).map(([memberId, partitions]) => ({
        memberId,
        assignment: writeAssignment({ assignedPartitions: [{ topic: 't', partitions }] }),
      })),
    },
  })
  const found = (join: Part, sync: Part) => ownedTwice(exchanges(join, sync))

  it('a partition given to two members, by an assignor that is known', () => {
    const twice = assignment({ a: [0, 1], b: [1] })
    expect(found(generation('range', { a: { of: [] }, b: { of: [] } }), twice)).toEqual([
      "group 'g', generation 1, assignor 'range': t-1 is given to 'a' and to 'b'",
    ])
    expect(found(generation('everything-to-all', { a: { of: [] } }), twice)).toEqual([])
    expect(found(generation('range', { a: { of: [] } }), assignment({ a: [0], b: [1] }))).toEqual([])
  })

  it('under a cooperative assignor, a partition given away before it was given up', () => {
    const both = { a: { of: [0, 1] }, b: { of: [] } }
    const early = assignment({ a: [0], b: [1] })
    expect(found(generation('cooperative-sticky', both), early)).toEqual([
      "group 'g', generation 1, assignor 'cooperative-sticky': t-1 is given to 'b' while 'a' still owns it",
    ])
    expect(found(generation('cooperative-sticky', both), assignment({ a: [0], b: [] }))).toEqual([])
    expect(found(generation('sticky', both), early)).toEqual([]) // eager: who rejoins has given all up
    const stale = { a: { of: [1], generationId: 3 }, b: { of: [1], generationId: 5 } }
    expect(found(generation('cooperative-sticky', stale), assignment({ b: [1] }))).toEqual([])
  })

  it('is reported by stop(), and fails with strict', async () => {
    const cohort = await startCohort({ topics: { orders: 1 }, verify: true })
    const member = await RawMember.connect(cohort, 'g')
    await member.join()
    const given = writeAssignment({ assignedPartitions: [{ topic: 'orders', partitions: [0] }] })
    await member.syncWith([
      { memberId: member.memberId, assignment: given },
      { memberId: 'another', assignment: given },
    ])
    member.client.close()
    await expect.poll(() => cohort.connectedClients()).toEqual([])
    const [line, ...others] = cohort.verify().warnings
    expect(line).toBe(
      `group 'g', generation 1, assignor 'range': orders-0 is given to '${member.memberId}' and to 'another'`,
    )
    expect(others).toEqual([])
    expect(() => cohort.verify({ strict: true })).toThrow(line)
    expect((await cohort.stop()).warnings).toEqual([line])
  })
})

it('a commit that is taken while a JoinGroup waits for the next generation breaks no promise', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 }, verify: true })
  const first = await RawMember.alone(cohort, 'g')
  const second = await RawMember.connect(cohort, 'g')
  const joined = second.join()
  await expect.poll(async () => (await cohort.group('g').snapshot())?.state).toBe('PreparingRebalance')
  expect(await first.commit(1)).toBe(0)
  await first.join()
  await joined
  for (const { client } of [first, second]) client.close()
})

it('a group that is taken away or replaced may begin anew, whoever is in it', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 }, verify: true, clock: 'virtual' })
  const member = await RawMember.alone(cohort, 'g')
  await cohort.group('g').rebalance()
  await member.join()
  await member.commit(1)
  const parked = await RawMember.connect(cohort, 'g')
  const waiting = parked.join()
  await expect.poll(async () => (await cohort.group('g').snapshot())?.members.length).toBe(2)
  await cohort.reset()
  expect(await cohort.group('g').snapshot()).toBeNull()
  expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
  expect((await waiting).errorCode).toBe(25) // UNKNOWN_MEMBER_ID
  expect(await member.heartbeat()).toBe(25)
  await cohort.clock.advance('1h', { silent: 'all' }) // no timer of what was there fires
  const again = await RawMember.alone(cohort, 'g')
  expect(again.generationId).toBe(1)

  await cohort.group('g').kick(again.memberId)
  await cohort.load([{ type: 'group', group: 'g', generation: 0 }])
  const anew = await RawMember.alone(cohort, 'g')
  expect(anew.generationId).toBe(1)
  await cohort.group('g').loading(0)
  cohort.verify()
  for (const { client } of [member, parked, again, anew]) client.close()
})
