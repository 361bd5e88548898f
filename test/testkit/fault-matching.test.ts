// Faults over all APIs and versions: the error is found in what a client decodes; a fault by topic, group or member meets every
// request that names them, whatever the API calls them; an error for a part leaves the rest real.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import type { ApiName } from '../../src/protocol/api-names.js'
import { type Api, Apis } from '../../src/protocol/apis.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { TABLE } from '../../src/server/dispatch.js'
import { RawClient } from '../helpers/raw-client.js'

let cohort: Cohort
let client: RawClient
let topicId: string

beforeAll(async () => {
  cohort = await startCohort({ topics: { orders: 2, users: 1 }, verify: false })
  client = await RawClient.connect(cohort.port)
  const { topics } = await client.send(Apis.Metadata, 12, {
    topics: [{ name: 'orders', topicId: ZERO_UUID }],
  })
  topicId = topics[0]?.topicId as string
})
afterAll(async () => {
  client.close()
  await cohort.stop()
})

const records = () =>
  buildBatch({ records: [{ timestampMs: 0n, key: null, value: Buffer.from('v'), headers: [] }] })
/** v+ by id: then the name has no place. */
const named = (version: number, byIdFrom: number) =>
  version >= byIdFrom
    ? { name: '', topic: '', topicId }
    : { name: 'orders', topic: 'orders', topicId: ZERO_UUID }

/** A request of each API that names topic 'orders' with both partitions, group 'g', member 'm' where it can. */
const REQUESTS: Readonly<Record<string, (version: number) => object>> = {
  Produce: (v) => ({
    ...{ transactionalId: null, acks: -1, timeoutMs: 1000 },
    topicData: [{ ...named(v, 13), partitionData: [0, 1].map((index) => ({ index, records: records() })) }],
  }),
  Fetch: (v) => ({
    ...{ maxWaitMs: 5000, minBytes: 1 << 20, maxBytes: 1 << 20 },
    topics: [
      {
        ...named(v, 13),
        partitions: [0, 1].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 1 << 20 })),
      },
    ],
  }),
  ListOffsets: () => ({
    replicaId: -1,
    topics: [
      { name: 'orders', partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -1n })) },
    ],
  }),
  Metadata: () => ({ topics: [{ name: 'orders', topicId: ZERO_UUID }] }),
  OffsetCommit: (v) => ({
    ...{ groupId: 'g', generationIdOrMemberEpoch: -1, memberId: 'm' },
    topics: [
      {
        ...named(v, 10),
        partitions: [0, 1].map((partitionIndex) => ({
          partitionIndex,
          committedOffset: 1n,
          committedMetadata: '',
        })),
      },
    ],
  }),
  OffsetFetch: (v) => {
    const asked = { groupId: 'g', memberId: 'm', topics: [{ ...named(v, 10), partitionIndexes: [0, 1] }] }
    return v >= 8 ? { groups: [asked] } : asked
  },
  OffsetDelete: () => ({
    groupId: 'g',
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
  }),
  FindCoordinator: (v) => (v >= 4 ? { keyType: 0, coordinatorKeys: ['g'] } : { key: 'g', keyType: 0 }),
  JoinGroup: () => ({
    ...{
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: 'm',
      protocolType: 'consumer',
    },
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  }),
  SyncGroup: () => ({
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
    assignments: [],
    protocolType: 'consumer',
    protocolName: 'range',
  }),
  Heartbeat: () => ({ groupId: 'g', generationId: 1, memberId: 'm' }),
  LeaveGroup: (v) =>
    v >= 3 ? { groupId: 'g', members: [{ memberId: 'm' }] } : { groupId: 'g', memberId: 'm' },
  DescribeGroups: () => ({ groups: ['other', 'g'] }),
  ListGroups: () => ({}),
  DeleteGroups: () => ({ groupsNames: ['other', 'g'] }),
  ApiVersions: () => ({ clientSoftwareName: 'x', clientSoftwareVersion: '1' }),
  CreateTopics: () => ({
    topics: [{ name: 'orders', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
  }),
  DeleteTopics: (v) =>
    v >= 6 ? { topics: [{ name: null, topicId }], timeoutMs: 0 } : { topicNames: ['orders'], timeoutMs: 0 },
  CreatePartitions: () => ({
    topics: [{ name: 'orders', count: 4, assignments: null }],
    timeoutMs: 0,
    validateOnly: true,
  }),
  DescribeConfigs: () => ({
    resources: [{ resourceType: 2, resourceName: 'orders', configurationKeys: null }],
  }),
  DescribeTopicPartitions: () => ({ topics: [{ name: 'orders' }] }),
  DescribeLogDirs: () => ({ topics: [{ topic: 'orders', partitions: [0, 1] }] }),
  DescribeCluster: () => ({}),
  InitProducerId: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
  OffsetForLeaderEpoch: () => ({
    topics: [{ topic: 'orders', partitions: [0, 1].map((partition) => ({ partition, leaderEpoch: 0 })) }],
  }),
  DeleteRecords: () => ({
    topics: [
      { name: 'orders', partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, offset: 0n })) },
    ],
    timeoutMs: 0,
  }),
  AlterConfigs: () => ({
    resources: [{ resourceType: 2, resourceName: 'orders', configs: [] }],
    validateOnly: true,
  }),
  IncrementalAlterConfigs: () => ({
    resources: [{ resourceType: 2, resourceName: 'orders', configs: [] }],
    validateOnly: true,
  }),
  DescribeAcls: () => ({ resourceTypeFilter: 1, operation: 1, permissionType: 1 }),
  CreateAcls: () => ({ creations: [{ resourceType: 2, resourceName: 'orders', principal: 'User:a' }] }),
  DeleteAcls: () => ({ filters: [{ resourceTypeFilter: 1, operation: 1, permissionType: 1 }] }),
  AlterReplicaLogDirs: () => ({ dirs: [{ path: '/', topics: [{ name: 'orders', partitions: [0] }] }] }),
  ElectLeaders: () => ({ topicPartitions: [{ topic: 'orders', partitions: [0, 1] }], timeoutMs: 0 }),
  AlterPartitionReassignments: () => ({
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, replicas: [1] }] }],
  }),
  ListPartitionReassignments: () => ({ topics: [{ name: 'orders', partitionIndexes: [0] }] }),
  DescribeClientQuotas: () => ({ components: [] }),
  AlterClientQuotas: () => ({ entries: [{ entity: [{ entityType: 'user', entityName: 'a' }], ops: [] }] }),
  DescribeUserScramCredentials: () => ({ users: null }),
  DescribeQuorum: () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }),
  DescribeProducers: () => ({ topics: [{ name: 'orders', partitionIndexes: [0, 1] }] }),
  ListTransactions: () => ({}),
  ListConfigResources: () => ({}),
}
const POLICY_VIOLATION = 44

const versionsOf = TABLE.flatMap(({ api, first, last }) =>
  Array.from({ length: last - first + 1 }, (_, i) => ({ api: api.name as ApiName, version: first + i })),
)

function ask(api: ApiName, version: number): Promise<object> {
  const body = REQUESTS[api]?.(version)
  if (body === undefined) throw new Error(`a request of ${api} is wanted here`)
  return client.send(Apis[api] as Api, version, body as never) as Promise<object>
}

/** Every error code of an answer, wherever it is. */
function codesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(codesIn)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return []
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'errorCode' ? [each as number] : codesIn(each),
  )
}

describe('an error', () => {
  it.each(versionsOf)('of $api v$version is found in what is decoded', async ({ api, version }) => {
    // v0 of Metadata has an error for topics alone, and ListGroups and others on top.
    const fault = cohort.fault({ api, version, error: 'POLICY_VIOLATION', times: 1 })
    expect(codesIn(await ask(api, version))).toContain(POLICY_VIOLATION)
    expect(fault.hits).toHaveLength(1)
    fault.remove()
  })
})

const TOPICLESS = [
  'FindCoordinator',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'LeaveGroup',
  'DescribeGroups',
  'ListGroups',
  'DeleteGroups',
  'ApiVersions',
  'DescribeCluster',
  'InitProducerId',
  'DescribeAcls',
  'CreateAcls',
  'DeleteAcls',
  'AlterReplicaLogDirs',
  'DescribeClientQuotas',
  'AlterClientQuotas',
  'DescribeUserScramCredentials',
  'DescribeQuorum',
  'ListTransactions',
  'ListConfigResources',
]
const GROUPS = [
  'OffsetCommit',
  'OffsetFetch',
  'OffsetDelete',
  'FindCoordinator',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'LeaveGroup',
  'DescribeGroups',
  'DeleteGroups',
]
const MEMBERS: Readonly<Record<string, number>> = {
  OffsetCommit: 1,
  OffsetFetch: 9,
  JoinGroup: 0,
  SyncGroup: 0,
  Heartbeat: 0,
  LeaveGroup: 0,
}

describe('a fault meets what it names', () => {
  it.each(versionsOf.filter(({ api }) => !TOPICLESS.includes(api)))(
    'topic in $api v$version',
    async ({ api, version }) => {
      const other = cohort.fault({ api, topic: 'users', drop: true })
      const fault = cohort.fault({ api, topic: 'orders', error: 'POLICY_VIOLATION' })
      expect(codesIn(await ask(api, version))).toContain(POLICY_VIOLATION)
      expect(other.hits).toHaveLength(0)
      for (const each of [other, fault]) each.remove()
    },
  )

  it.each(versionsOf.filter(({ api }) => GROUPS.includes(api)))(
    'group in $api v$version',
    async ({ api, version }) => {
      const other = cohort.fault({ api, group: 'nobody', drop: true })
      const fault = cohort.fault({ api, group: 'g', error: 'POLICY_VIOLATION' })
      await ask(api, version)
      expect([fault.hits.length, other.hits.length]).toEqual([1, 0])
      for (const each of [other, fault]) each.remove()
    },
  )

  it.each(versionsOf.filter(({ api, version }) => version >= (MEMBERS[api] ?? 99)))(
    'member in $api v$version',
    async ({ api, version }) => {
      const fault = cohort.fault({ api, member: 'm', error: 'POLICY_VIOLATION' })
      await ask(api, version)
      expect(fault.hits).toHaveLength(1)
      fault.remove()
    },
  )

  it('a member by its client id or its instance', async () => {
    for (const member of ['raw', 'instance']) {
      const fault = cohort.fault({ api: 'Heartbeat', member, error: 'POLICY_VIOLATION' })
      await client.send(Apis.Heartbeat, 4, {
        groupId: 'g',
        generationId: 1,
        memberId: 'm',
        groupInstanceId: 'instance',
      })
      expect(fault.hits).toHaveLength(1)
      fault.remove()
    }
  })
})

describe('an error for one partition', () => {
  const PARTITIONED: Readonly<Record<string, number>> = {
    Produce: 9,
    Fetch: 12,
    ListOffsets: 7,
    OffsetCommit: 9,
    OffsetFetch: 9,
  }

  it.each(Object.entries(PARTITIONED))('of %s leaves the other as it is', async (api, version) => {
    await client.send(Apis.OffsetCommit, 8, REQUESTS.OffsetCommit?.(8) as never)
    const fault = cohort.fault({
      api: api as ApiName,
      topic: 'orders',
      partition: 1,
      error: 'POLICY_VIOLATION',
    })
    const codes = codesIn(await ask(api as ApiName, version)).filter((code) => code !== 0)
    expect(codes).toEqual([POLICY_VIOLATION])
    fault.remove()
  })

  it('before its effect commits the rest alone, after it everything', async () => {
    const commit = (offset: bigint) =>
      client.send(Apis.OffsetCommit, 9, {
        ...{ groupId: 'parts', generationIdOrMemberEpoch: -1, memberId: '' },
        topics: [
          {
            name: 'orders',
            partitions: [0, 1].map((partitionIndex) => ({
              partitionIndex,
              committedOffset: offset,
              committedMetadata: '',
            })),
          },
        ],
      })
    const group = cohort.group('parts')
    const offsets = async () => [
      await group.committedOffset('orders', 0),
      await group.committedOffset('orders', 1),
    ]
    const before = cohort.fault({ api: 'OffsetCommit', partition: 1, error: 'POLICY_VIOLATION' })
    expect(codesIn(await commit(5n)).sort()).toEqual([0, POLICY_VIOLATION])
    expect(await offsets()).toEqual([5n, -1n])
    before.remove()
    const after = cohort.fault({ api: 'OffsetCommit', partition: 1, error: 'POLICY_VIOLATION', after: true })
    expect(codesIn(await commit(6n)).sort()).toEqual([0, POLICY_VIOLATION])
    expect(await offsets()).toEqual([6n, 6n])
    after.remove()
  })

  it('of Metadata keeps the brokers and the other topics', async () => {
    const fault = cohort.fault({ api: 'Metadata', topic: 'orders', error: 'LEADER_NOT_AVAILABLE' })
    const { brokers, topics } = await client.send(Apis.Metadata, 9, { topics: null })
    expect(brokers).toHaveLength(1)
    expect(
      topics.map(({ name, errorCode, partitions }) => [name, errorCode, partitions.length]).sort(),
    ).toEqual([
      ['orders', 5, 0],
      ['users', 0, 1],
    ])
    fault.remove()
    const everything = cohort.fault({ api: 'Metadata', error: 'LEADER_NOT_AVAILABLE' })
    const all = await client.send(Apis.Metadata, 9, { topics: null })
    expect([all.brokers.length, ...all.topics.map(({ errorCode }) => errorCode)]).toEqual([1, 5, 5])
    everything.remove()
  })

  it('of an OffsetFetch that asks for all', async () => {
    await cohort.commit('all', { orders: { 0: 1, 1: 2 } })
    const fault = cohort.fault({
      api: 'OffsetFetch',
      topic: 'orders',
      partition: 0,
      error: 'POLICY_VIOLATION',
    })
    const { groups } = await client.send(Apis.OffsetFetch, 9, { groups: [{ groupId: 'all', topics: null }] })
    expect(
      groups[0]?.topics[0]?.partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
    ).toEqual([
      [0, POLICY_VIOLATION],
      [1, 0],
    ])
    fault.remove()
  })
})

it.each([{ error: 'NOT_ENOUGH_REPLICAS' }, { malformed: true }] as const)(
  'a Produce that wants no answer gets none: with %j its connection is closed',
  async (action) => {
    const fault = cohort.fault({ api: 'Produce', ...action })
    const producer = await RawClient.connect(cohort.port)
    const body = { ...(REQUESTS.Produce?.(9) as object), acks: 0 }
    producer.sendBytes(producer.frame(Apis.Produce, 9, body as never)).catch(() => {})
    await producer.closed
    expect(fault.hits).toHaveLength(1)
    fault.remove()
  },
)
