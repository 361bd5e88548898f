// The broker over a store that takes its time, fails, or remembers: what clients see of it.

import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../bench/processes.js'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { MemoryStore } from '../../src/store/memory.js'
import type { Store } from '../../src/store/store.js'
import { StoreError } from '../../src/store/store-error.js'
import { JOIN } from '../coordinator/harness.js'
import { HeldStore } from '../helpers/held-store.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

let cohort: Cohort
let client: RawClient
let lines: string[]
let fatal: string[]

async function start(store: Store): Promise<void> {
  lines = []
  fatal = []
  const onFatal = (line: string) => fatal.push(line)
  cohort = await startCohort({ store, topics: { foo: 1 }, log: (_, line) => lines.push(line), onFatal })
  client = await RawClient.connect(cohort.port)
}

/** As soon as it listens. */
async function connected(port: number): Promise<RawClient> {
  for (;;) {
    const connecting = await RawClient.connect(port).catch(() => null)
    if (connecting !== null) return connecting
  }
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
    const kept = new MemoryStore()
    const port = await freePort()
    const starting = startCohort({
      port,
      topics: { foo: 1 },
      store: {
        async *load(log) {
          if (log !== '__cluster_metadata') await loaded
          yield* kept.load(log)
        },
        append: (log, records) => kept.append(log, records),
        close: async () => {},
      },
    })
    client = await connected(port)
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
    cohort = await starting
    let errorCode2: number = E.COORDINATOR_LOAD_IN_PROGRESS
    while (errorCode2 === E.COORDINATOR_LOAD_IN_PROGRESS) {
      errorCode2 = (await client.send(Apis.JoinGroup, 6, JOIN)).errorCode
    }
    expect(errorCode2).toBe(E.MEMBER_ID_REQUIRED)
  })
})

describe('the cluster over a slow store', () => {
  const create = { topics: [{ name: 'bar', numPartitions: 1, replicationFactor: 1 }], timeoutMs: 1000 }
  const describeBar = { topics: [{ name: 'bar' }], allowAutoTopicCreation: false }

  async function slow(): Promise<HeldStore> {
    const store = new HeldStore()
    await start(store)
    store.holdsMetadata = true
    return store
  }

  it('a topic is made known when it is kept, not before', async () => {
    const store = await slow()
    const order: string[] = []
    const made = client.send(Apis.CreateTopics, 7, create).then(() => order.push('made'))
    const seen = client.send(Apis.Metadata, 12, describeBar).then(() => order.push('seen'))
    const other = await RawClient.connect(cohort.port)
    const seenByOther = other.send(Apis.Metadata, 12, describeBar).then(({ topics }) => {
      order.push(`seen by another: ${topics[0]?.errorCode}`)
    })
    await until('it is on its way', () => store.held.length === 1)
    await (await RawClient.connect(cohort.port)).send(Apis.ListGroups, 4, {}) // what came before it has been handled
    expect(order).toEqual([])
    store.held[0]?.succeed()
    await Promise.all([made, seen, seenByOther])
    expect(order.sort()).toEqual(['made', 'seen', 'seen by another: 0'])
    other.close()
  })

  it('a topic that could not be kept is refused, and is not there', async () => {
    const store = await slow()
    const made = client.send(Apis.CreateTopics, 7, create)
    const seen = client.send(Apis.Metadata, 12, describeBar)
    await until('it is on its way', () => store.held.length === 1)
    store.held[0]?.fail()
    expect((await made).topics).toMatchObject([{ name: 'bar', errorCode: E.NOT_CONTROLLER }])
    expect((await seen).topics).toMatchObject([{ name: 'bar', errorCode: E.LEADER_NOT_AVAILABLE }])
    const { topics } = await client.send(Apis.Metadata, 12, describeBar)
    expect(topics).toMatchObject([{ errorCode: E.UNKNOWN_TOPIC_OR_PARTITION }])
    expect((await client.send(Apis.Metadata, 12, { topics: null })).topics).toMatchObject([{ name: 'foo' }])
  })

  it.each([
    ['DeleteTopics', 6, { topics: [{ name: 'foo' }] }],
    ['CreatePartitions', 3, { topics: [{ name: 'foo', count: 2, assignments: null }] }],
    ['InitProducerId', 4, { transactionalId: null }],
    [
      'IncrementalAlterConfigs',
      1,
      {
        resources: [
          { resourceType: 2, resourceName: 'foo', configs: [{ name: 'retention.ms', value: '1' }] },
        ],
      },
    ],
  ] as const)('%s is refused when it could not be kept', async (api, version, request) => {
    const store = await slow()
    const asked = client.send(Apis[api] as typeof Apis.DeleteTopics, version, request as never)
    await until('it is on its way', () => store.held.length > 0)
    for (const held of store.held) held.fail()
    expect(inspect(await asked, { depth: null })).toContain(
      `errorCode: ${api === 'InitProducerId' ? E.COORDINATOR_LOAD_IN_PROGRESS : E.NOT_CONTROLLER},`,
    )
    const { topics } = await client.send(Apis.Metadata, 12, { topics: null })
    expect(topics).toMatchObject([{ name: 'foo', partitions: [{}] }])
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

  it('tells once of what is refused for one reason, in however many shards', async () => {
    const store = new HeldStore()
    await start(store)
    const linesOf = () => lines.filter((line) => line.includes('append failed'))
    const refuse = async (error: Error) => {
      const asked = ['a', 'b', 'c'].map((groupId) =>
        client.send(Apis.OffsetCommit, 8, { ...commit(1n), groupId }),
      )
      await until('all are on their way', () => store.held.length === asked.length)
      for (const held of store.held.splice(0)) held.fail(error)
      for (const answer of await Promise.all(asked))
        expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(E.NOT_COORDINATOR)
    }
    await refuse(new StoreError('the disk is full'))
    expect(linesOf()).toHaveLength(1)
    await refuse(new StoreError('the disk is full again'))
    expect(linesOf()).toHaveLength(2)
    await refuse(new Error('of another store'))
    expect(linesOf()).toHaveLength(5)
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
    expect(fatal).toEqual([lines.at(-1)?.replace('; stopping', '')])
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

it('a broker that starts over a store is the same cluster, and hands out no producer id twice', async () => {
  const store = new MemoryStore()
  await start(store)
  const cluster = async () => {
    const { clusterId, topics } = await client.send(Apis.Metadata, 12, { topics: null })
    return {
      clusterId,
      topics: new Map(topics.map(({ name, topicId, partitions }) => [name, [topicId, partitions.length]])),
    }
  }
  const producerId = async () =>
    (await client.send(Apis.InitProducerId, 4, { transactionalId: null })).producerId
  await client.send(Apis.CreateTopics, 7, {
    topics: [{ name: 'bar', numPartitions: 3, replicationFactor: 1 }],
  })
  await client.send(Apis.CreatePartitions, 3, { topics: [{ name: 'foo', count: 2, assignments: null }] })
  const before = await cluster()
  expect([await producerId(), await producerId()]).toEqual([0n, 1n])
  client.close()
  await cohort.stop()

  await start(store)
  expect(await cluster()).toEqual(before)
  expect(await producerId()).toBe(1000n)
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
