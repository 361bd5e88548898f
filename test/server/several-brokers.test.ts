// A cluster of three nodes over the wire: each answers for the groups and partitions that it leads, and says of others that it does not.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import type { Api } from '../../src/protocol/apis.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { TABLE } from '../../src/server/dispatch.js'
import { JOIN } from '../coordinator/harness.js'
import { RawClient } from '../helpers/raw-client.js'

/** Of 50 shards in 47, 29 and 12; they are led by the nodes in turn. */
const LEADERS = { a: 3, grp: 3, 'my-group': 1 }
let cohort: Cohort
let clients: RawClient[]

const node = (nodeId: number) => clients[nodeId - 1] as RawClient

const commit = (groupId: string) => ({
  groupId,
  generationIdOrMemberEpoch: -1,
  memberId: '',
  topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }],
})

beforeAll(async () => {
  cohort = await startCohort({ brokers: 3, topics: { foo: 3, bar: 1 }, verify: false })
  clients = await Promise.all(cohort.ports.map((port) => RawClient.connect(port)))
  for (const [groupId, leader] of Object.entries(LEADERS)) {
    await node(leader).send(Apis.OffsetCommit, 8, commit(groupId))
  }
})

afterAll(async () => {
  for (const client of clients) client.close()
  await cohort.stop()
})

describe('every node', () => {
  it('tells of all of them', async () => {
    for (const client of clients) {
      const { brokers, controllerId, topics } = await client.send(Apis.Metadata, 12, { topics: null })
      expect(brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`])).toEqual(
        cohort.brokers.map((address, i) => [i + 1, address]),
      )
      expect(controllerId).toBe(1)
      const leaders = topics.map(({ name, partitions }) => [name, partitions.map(({ leaderId }) => leaderId)])
      expect(Object.fromEntries(leaders)).toEqual({ foo: [1, 2, 3], bar: [2] })
      const described = await client.send(Apis.DescribeCluster, 2, { endpointType: 1 })
      expect(described.brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced])).toEqual([
        [1, false],
        [2, false],
        [3, false],
      ])
    }
  })

  it('knows who coordinates a group', async () => {
    for (const client of clients) {
      const { coordinators } = await client.send(Apis.FindCoordinator, 4, {
        coordinatorKeys: Object.keys(LEADERS),
      })
      expect(coordinators.map(({ key, nodeId }) => [key, nodeId])).toEqual(Object.entries(LEADERS))
      expect(coordinators.map(({ port }) => port)).toEqual(
        coordinators.map(({ nodeId }) => cohort.ports[nodeId - 1]),
      )
    }
  })

  it('creates and grows topics for all, and spreads their leaders', async () => {
    const placed = async () => {
      const { topics } = await node(2).send(Apis.Metadata, 12, { topics: [{ name: 'spread' }] })
      return topics[0]?.partitions.map(({ replicaNodes }) => replicaNodes)
    }
    const [topic] = (
      await node(3).send(Apis.CreateTopics, 7, {
        topics: [{ name: 'spread', numPartitions: 3, replicationFactor: 2 }],
      })
    ).topics
    expect(topic).toMatchObject({ errorCode: E.NONE, replicationFactor: 2 })
    expect(await placed()).toEqual([
      [3, 1],
      [1, 2],
      [2, 3],
    ])
    await node(1).send(Apis.CreatePartitions, 3, {
      topics: [{ name: 'spread', count: 4, assignments: null }],
    })
    expect((await placed())?.[3]).toEqual([3, 1])
    const deleted = await node(2).send(Apis.DeleteTopics, 6, { topics: [{ name: 'spread' }] })
    expect(deleted.responses[0]?.errorCode).toBe(E.NONE)
  })

  it('checks replicas that are chosen by hand', async () => {
    const create = async (...assignments: number[][]) => {
      const { topics } = await node(1).send(Apis.CreateTopics, 7, {
        topics: [
          {
            name: 'by-hand',
            numPartitions: -1,
            replicationFactor: -1,
            assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
          },
        ],
        validateOnly: true,
      })
      return [topics[0]?.errorCode, topics[0]?.errorMessage]
    }
    expect(await create([2, 1], [3, 2])).toEqual([E.NONE, null])
    expect(await create([4])).toEqual([
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes broker 4, but no such broker is registered.',
    ])
    expect(await create([2, 2])).toEqual([
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes the broker 2 more than once.',
    ])
    expect(await create([1, 2], [3])).toEqual([
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).',
    ])
  })
})

describe('a group of another node', () => {
  it('is refused with NOT_COORDINATOR', async () => {
    const wrong = node(2)
    expect((await wrong.heartbeat('a')).errorCode).toBe(E.NOT_COORDINATOR)
    expect((await wrong.send(Apis.JoinGroup, 9, { ...JOIN, groupId: 'a' })).errorCode).toBe(E.NOT_COORDINATOR)
    const committed = await wrong.send(Apis.OffsetCommit, 8, commit('a'))
    expect(committed.topics[0]?.partitions[0]?.errorCode).toBe(E.NOT_COORDINATOR)
    expect((await wrong.send(Apis.LeaveGroup, 5, { groupId: 'a' })).errorCode).toBe(E.NOT_COORDINATOR)
    expect((await wrong.send(Apis.OffsetDelete, 0, { groupId: 'a' })).errorCode).toBe(E.NOT_COORDINATOR)
  })

  it('is refused alone where several are asked for', async () => {
    const groups = Object.keys(LEADERS)
    const right = (groupId: string) => (groupId === 'my-group' ? E.NONE : E.NOT_COORDINATOR)
    const expected = groups.map((groupId) => [groupId, right(groupId)])
    const fetched = await node(1).send(Apis.OffsetFetch, 8, {
      groups: groups.map((groupId) => ({ groupId, topics: null })),
    })
    expect(fetched.groups.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual(expected)
    const described = await node(1).send(Apis.DescribeGroups, 5, { groups })
    expect(described.groups.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual(expected)
    const deleted = await node(2).send(Apis.DeleteGroups, 2, { groupsNames: groups })
    expect(deleted.results.map(({ errorCode }) => errorCode)).toEqual(groups.map(() => E.NOT_COORDINATOR))
  })

  it('is listed where it is led', async () => {
    const listed = await Promise.all(clients.map((client) => client.send(Apis.ListGroups, 4, {})))
    expect(listed.map(({ groups }) => groups.map(({ groupId }) => groupId).sort())).toEqual([
      ['my-group'],
      [],
      ['a', 'grp'],
    ])
    expect(listed.map(({ errorCode }) => errorCode)).toEqual([E.NONE, E.NONE, E.NONE])
  })
})

describe('settings of a node', () => {
  it('are told and changed by itself alone', async () => {
    const resources = [{ resourceType: 4, resourceName: '2' }]
    const told = async (nodeId: number) => {
      const { results } = await node(nodeId).send(Apis.DescribeConfigs, 4, { resources })
      return [results[0]?.errorCode, results[0]?.errorMessage]
    }
    expect(await told(2)).toEqual([E.NONE, ''])
    expect(await told(1)).toEqual([
      E.INVALID_REQUEST,
      'Unexpected broker id, expected 1 or empty string, but received 2',
    ])
  })
})

/** Requests that name a group or partition that the first node does not lead, for every API that goes to a leader. */
const batch = buildBatch({ records: [{ timestampMs: 0n, value: Buffer.from('v') }] })
const WRONG: readonly [Api, (version: number, topicId: string) => object][] = [
  [Apis.JoinGroup, () => ({ ...JOIN, groupId: 'a' })],
  [Apis.SyncGroup, () => ({ groupId: 'a' })],
  [Apis.Heartbeat, () => ({ groupId: 'a' })],
  [
    Apis.LeaveGroup,
    (version) => ({ groupId: 'a', ...(version < 3 ? { memberId: 'm' } : { members: [{ memberId: 'm' }] }) }),
  ],
  [
    Apis.OffsetCommit,
    (_, topicId) => ({ groupId: 'a', topics: [{ name: 'foo', topicId, partitions: [{}] }] }),
  ],
  [
    Apis.OffsetFetch,
    (version) => {
      const topics = [{ name: 'foo', partitionIndexes: [0] }]
      return version < 8 ? { groupId: 'a', topics } : { groups: [{ groupId: 'a', topics }] }
    },
  ],
  [
    Apis.OffsetDelete,
    () => ({ groupId: 'a', topics: [{ name: 'foo', partitions: [{ partitionIndex: 0 }] }] }),
  ],
  [Apis.DescribeGroups, () => ({ groups: ['a'] })],
  [Apis.DeleteGroups, () => ({ groupsNames: ['a'] })],
  [
    Apis.Produce,
    (version, topicId) => ({
      acks: 1,
      topicData: [
        { name: 'foo', topicId, partitionData: [{ index: 1, records: version < 3 ? null : batch }] },
      ],
    }),
  ],
  [
    Apis.Fetch,
    (_, topicId) => ({
      topics: [{ topic: 'foo', topicId, partitions: [{ partition: 1, fetchOffset: 0n }] }],
    }),
  ],
  [
    Apis.ListOffsets,
    () => ({ topics: [{ name: 'foo', partitions: [{ partitionIndex: 1, timestamp: -1n }] }] }),
  ],
  [
    Apis.DeleteRecords,
    () => ({ topics: [{ name: 'foo', partitions: [{ partitionIndex: 1, offset: 0n }] }] }),
  ],
  [
    Apis.OffsetForLeaderEpoch,
    () => ({ topics: [{ topic: 'foo', partitions: [{ partition: 1, leaderEpoch: 0 }] }] }),
  ],
]
const VERSIONS = WRONG.flatMap(([api, body]) => {
  const row = TABLE.find((each) => each.api === api)
  const [first, last] = [row?.first ?? 0, row?.last ?? -1]
  return Array.from({ length: last - first + 1 }, (_, i) => [api.name, first + i, api, body] as const)
})

describe('what a wrong node is asked', () => {
  it.each(VERSIONS)('%s v%i is answered as such', async (_, version, api, body) => {
    const { topics } = await node(1).send(Apis.Metadata, 12, { topics: [{ name: 'foo' }] })
    const answer = await node(1).send(api, version, body(version, topics[0]?.topicId ?? ''))
    const text = JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? Number(value) : value))
    const expected = text.includes('"errorCode":16') || text.includes('"errorCode":6')
    const isNothing = api === Apis.Produce && version < 3 // without records there is nothing to refuse
    expect(expected || isNothing, text).toBe(true)
  })
})

it('sessions of a fetch are of one node', async () => {
  const topics = [{ topic: 'foo', partitions: [{ partition: 0, fetchOffset: 0n }] }]
  const begun = await node(1).send(Apis.Fetch, 11, { sessionEpoch: 0, topics })
  const later = { sessionId: begun.sessionId, sessionEpoch: 1 }
  expect((await node(2).send(Apis.Fetch, 11, later)).errorCode).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
  expect((await node(1).send(Apis.Fetch, 11, later)).errorCode).toBe(E.NONE)
})
