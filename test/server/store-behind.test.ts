// The broker over a store that takes its time, fails, or remembers: what clients see of it.

import { afterEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { MemoryStore } from '../../src/store/memory.js'
import type { Store } from '../../src/store/store.js'
import { JOIN } from '../coordinator/harness.js'
import { HeldStore } from '../helpers/held-store.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

let cohort: Cohort
let client: RawClient
let lines: string[]

async function start(store: Store): Promise<void> {
  lines = []
  cohort = await startCohort({ store, topics: { foo: 1 }, log: (_, line) => lines.push(line) })
  client = await RawClient.connect(cohort.port)
}

afterEach(async () => {
  client.close()
  await cohort.stop()
})

const commit = (offset: bigint) => ({
  groupId: 'g',
  generationIdOrMemberEpoch: -1,
  memberId: '',
  topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: offset }] }],
})

const committed = async () => {
  const request = { groupId: 'g', topics: [{ name: 'foo', partitionIndexes: [0] }] }
  const { topics } = await client.send(Apis.OffsetFetch, 7, request)
  return topics[0]?.partitions[0]?.committedOffset
}

describe('over a slow store', () => {
  it('a commit that waits for the disk lets the next request in, and answers leave in order', async () => {
    const store = new HeldStore()
    await start(store)
    const order: string[] = []
    const first = client.send(Apis.OffsetCommit, 8, commit(1n)).then(() => order.push('first'))
    const second = client.send(Apis.OffsetCommit, 8, commit(2n)).then(() => order.push('second'))
    const other = client.send(Apis.ListGroups, 4, {}).then(() => order.push('list'))
    await until('both commits are on their way', () => store.held.length === 2)
    expect(order).toEqual([])
    for (const held of store.held) held.succeed()
    await Promise.all([first, second, other])
    expect(order).toEqual(['first', 'second', 'list'])
  })

  it('takes only so many requests that wait for it', async () => {
    const store = new HeldStore()
    await start(store)
    const answers = Array.from({ length: 400 }, (_, i) =>
      client.send(Apis.OffsetCommit, 8, commit(BigInt(i))),
    )
    await until('the limit is reached', () => store.held.length === 256)
    const other = await RawClient.connect(cohort.port)
    await other.heartbeat() // a later turn: nothing more was taken
    other.close()
    expect(store.held).toHaveLength(256)
    let done = 0
    const release = setInterval(() => {
      for (; done < store.held.length; done++) store.held[done]?.succeed()
    }, 1)
    expect(await Promise.all(answers)).toHaveLength(400)
    clearInterval(release)
    expect(await committed()).toBe(399n)
  })

  it('says that it loads, while heartbeats are told that all is well', async () => {
    let finish = () => {}
    const loaded = new Promise<void>((resolve) => {
      finish = resolve
    })
    await start({
      async *load() {
        await loaded
        yield* []
      },
      append: () => undefined,
      close: async () => {},
    })
    expect((await client.heartbeat('g')).errorCode).toBe(E.NONE)
    const { errorCode, memberId, protocolName } = await client.send(Apis.JoinGroup, 6, JOIN)
    expect([errorCode, memberId, protocolName]).toEqual([E.COORDINATOR_LOAD_IN_PROGRESS, '', ''])
    const offsets = await client.send(Apis.OffsetFetch, 1, {
      groupId: 'g',
      topics: [{ name: 'foo', partitionIndexes: [0] }],
    })
    expect(offsets.topics[0]?.partitions[0]?.errorCode).toBe(E.COORDINATOR_LOAD_IN_PROGRESS)
    const described = await client.send(Apis.DescribeGroups, 5, { groups: ['g'] })
    expect(described.groups[0]).toMatchObject({ errorCode: E.COORDINATOR_LOAD_IN_PROGRESS, groupState: '' })
    const listed = await client.send(Apis.ListGroups, 4, {})
    expect(listed).toMatchObject({ errorCode: E.COORDINATOR_LOAD_IN_PROGRESS, groups: [] })
    const fetched = await client.send(Apis.Fetch, 11, {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [{ topic: 'foo', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 }] }],
    })
    expect(fetched.responses[0]?.partitions[0]?.errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
    finish()
    let errorCode2: number = E.COORDINATOR_LOAD_IN_PROGRESS
    while (errorCode2 === E.COORDINATOR_LOAD_IN_PROGRESS) {
      errorCode2 = (await client.send(Apis.JoinGroup, 6, JOIN)).errorCode
    }
    expect(errorCode2).toBe(E.MEMBER_ID_REQUIRED)
  })
})

describe('over a store that fails', () => {
  it('a commit that was not kept is not acknowledged and not seen', async () => {
    const store = new HeldStore()
    await start(store)
    const kept = client.send(Apis.OffsetCommit, 8, commit(1n))
    await until('the first commit is on its way', () => store.held.length === 1)
    store.held[0]?.succeed()
    await kept
    const lost = client.send(Apis.OffsetCommit, 8, commit(2n))
    await until('the second commit is on its way', () => store.held.length === 2)
    store.held[1]?.fail()
    expect((await lost).topics[0]?.partitions[0]?.errorCode).toBe(E.NOT_COORDINATOR)
    expect(await committed()).toBe(1n)
    expect(lines.join()).toMatch(
      /__consumer_offsets-\d+: append failed \(Error: disk full\); loading it again/,
    )
  })

  it('stops with one line when it cannot be read again', async () => {
    const store = new HeldStore()
    await start(store)
    const lost = client.send(Apis.OffsetCommit, 8, commit(1n))
    await until('the commit is on its way', () => store.held.length === 1)
    store.failLoad = true
    store.held[0]?.fail()
    expect((await lost).topics[0]?.partitions[0]?.errorCode).toBe(E.NOT_COORDINATOR)
    await client.closed
    expect(lines.at(-1)).toMatch(
      /__consumer_offsets-\d+ could not be loaded .*: Error: unreadable; stopping$/,
    )
    await expect(RawClient.connect(cohort.port)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('does not start when it cannot be read', async () => {
    await start(new MemoryStore())
    const store = new HeldStore()
    store.failLoad = true
    await expect(startCohort({ store })).rejects.toThrow(
      /could not be loaded from the store: Error: unreadable/,
    )
  })
})

it('a broker that starts over a store has the offsets and groups of the one before', async () => {
  const store = new MemoryStore()
  await start(store)
  await client.send(Apis.OffsetCommit, 8, commit(42n))
  const { memberId } = await client.send(Apis.JoinGroup, 9, { ...JOIN, groupId: 'stable' })
  await client.send(Apis.JoinGroup, 9, { ...JOIN, groupId: 'stable', memberId })
  const assignments = [{ memberId, assignment: Buffer.from('mine') }]
  await client.send(Apis.SyncGroup, 3, { groupId: 'stable', generationId: 1, memberId, assignments })
  client.close()
  await cohort.stop()

  await start(store)
  expect(await committed()).toBe(42n)
  const { groups } = await client.send(Apis.DescribeGroups, 5, { groups: ['stable'] })
  expect(groups[0]).toMatchObject({ groupState: 'Stable', members: [{ memberId }] })
  const beat = { groupId: 'stable', generationId: 1, memberId }
  expect((await client.send(Apis.Heartbeat, 4, beat)).errorCode).toBe(E.NONE)
})
