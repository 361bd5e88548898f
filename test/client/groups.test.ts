// Groups, their members and their offsets, as a cluster tells them: on our server, and on brokers that play a part.

import { describe, expect, it } from 'vitest'
import { Cluster } from '../../src/client/cluster.js'
import { AdminError } from '../../src/client/errors.js'
import { describeGroup, describeGroups, listGroups, lookUpGroup } from '../../src/client/groups.js'
import { commitOffsets, committedOffsets, deleteOffsets } from '../../src/client/offsets.js'
import { type CohortOptions, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { RawMember } from '../testkit/member.js'
import { fakeBroker, metadataOf } from './fake-broker.js'

/** Quick, but as many tries as usual. */
const patience = { tries: 16, delayMs: 1, maxDelayMs: 1 }
const clusterOf = (port: number) => new Cluster([{ host: '127.0.0.1', port }], { patience })

async function withCohort(
  options: CohortOptions,
  body: (cohort: Awaited<ReturnType<typeof startCohort>>, cluster: Cluster) => Promise<void>,
) {
  await using cohort = await startCohort({ topics: { orders: 3, users: 1 }, ...options })
  const cluster = clusterOf(cohort.port)
  try {
    await body(cohort, cluster)
  } finally {
    await cluster.close()
  }
}

/** Before ListGroups told states, and FindCoordinator took several groups. */
const OLD = {
  ApiVersions: [0, 2],
  Metadata: [0, 3],
  FindCoordinator: [0, 2],
  ListGroups: [0, 2],
  DescribeGroups: [0, 2],
  OffsetFetch: [0, 5],
  OffsetCommit: [0, 5],
  ListOffsets: [0, 2],
} as const

describe.each([
  ['of today', {}],
  ['of Kafka 1.1', { apiVersions: OLD }],
])('a broker %s', (_, options) => {
  it('lists and describes groups', () =>
    withCohort(options, async (cohort, cluster) => {
      const member = await RawMember.alone(cohort, 'readers')
      await cohort.commit('simple', { orders: { 0: 1 } })
      const { groups, failures } = await listGroups(cluster)
      expect(failures).toEqual([])
      expect(groups.map(({ groupId, type, protocolType }) => [groupId, type, protocolType])).toEqual([
        ['readers', 'classic', 'consumer'],
        ['simple', 'classic', ''],
      ])
      const described = await describeGroup(cluster, 'readers')
      expect(described).toMatchObject({
        state: 'Stable',
        protocolName: 'range',
        coordinator: { nodeId: 1, host: '127.0.0.1', port: cohort.port },
        members: [
          {
            memberId: member.memberId,
            clientId: 'raw',
            host: '127.0.0.1',
            instanceId: null,
            subscribed: { kind: 'consumer', topics: ['orders'], owned: [], ownedInGeneration: null },
            assigned: { kind: 'consumer', partitions: [{ topic: 'orders', partition: 0 }] },
          },
        ],
      })
      expect(await lookUpGroup(cluster, 'nobody')).toMatchObject({ type: null, state: 'Dead' })
      member.client.close()
    }))

  it('tells, takes and forgets offsets', () =>
    withCohort(options, async (cohort, cluster) => {
      const outcome = await commitOffsets(cluster, 'g', [
        { topic: 'orders', partition: 2, offset: 2n ** 60n },
        { topic: 'nope', partition: 0, offset: 1n },
        { topic: 'orders', partition: 0, offset: 7n },
      ])
      expect(outcome.map(({ error }) => error?.errorName ?? null)).toEqual([
        null,
        'UNKNOWN_TOPIC_OR_PARTITION',
        null,
      ])
      expect(outcome[1]?.error?.message).toMatch(
        /^topic 'nope' or its partition does not exist \(OffsetCommit/,
      )
      const places = [
        { topic: 'orders', partition: 0, offset: 7n },
        { topic: 'orders', partition: 2, offset: 2n ** 60n },
      ]
      expect(await committedOffsets(cluster, 'g')).toMatchObject(places)
      await deleteOffsets(cluster, 'g', [{ topic: 'orders', partition: 0 }])
      expect(await committedOffsets(cluster, 'g')).toMatchObject(places.slice(1))
      expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
    }))
})

describe('members', () => {
  it('of another protocol type keep their bytes to themselves', () =>
    withCohort({}, async (cohort, cluster) => {
      const { client } = await RawMember.connect(cohort, 'connect')
      const join = {
        groupId: 'connect',
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        protocolType: 'connect',
      }
      const protocols = [{ name: 'compatible', metadata: Buffer.from('abc') }]
      const { memberId } = await client.send(Apis.JoinGroup, 3, { ...join, protocols })
      const assignments = [{ memberId, assignment: Buffer.from('de') }]
      await client.send(Apis.SyncGroup, 3, { groupId: 'connect', generationId: 1, memberId, assignments })
      const [member] = (await describeGroup(cluster, 'connect')).members
      expect(member).toMatchObject({
        subscribed: { kind: 'undecoded', sizeBytes: 3, why: "protocol type 'connect'" },
        assigned: { kind: 'undecoded', sizeBytes: 2, why: "protocol type 'connect'" },
      })
      client.close()
    }))

  it('may send anything', () =>
    withCohort({}, async (cohort, cluster) => {
      const { client } = await RawMember.connect(cohort, 'g')
      const protocols = [{ name: 'range', metadata: Buffer.from('ffff', 'hex') }]
      const join = {
        groupId: 'g',
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        protocolType: 'consumer',
        protocols,
      }
      const { memberId } = await client.send(Apis.JoinGroup, 3, join)
      const assignments = [{ memberId, assignment: Buffer.from('00') }]
      await client.send(Apis.SyncGroup, 3, { groupId: 'g', generationId: 1, memberId, assignments })
      const [member] = (await describeGroup(cluster, 'g')).members
      expect(member).toMatchObject({ subscribed: { kind: 'undecoded' }, assigned: { kind: 'undecoded' } })
      client.close()
    }))

  it('tell what they owned, and in which generation', async () => {
    const metadata = writeSubscription(
      {
        topics: ['t'],
        ownedPartitions: [{ topic: 't', partitions: [1, 2] }],
        generationId: 6,
        rackId: 'eu-1',
      },
      3,
    )
    const group = {
      groupId: 'g',
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'cooperative-sticky',
      members: [
        { memberId: 'b-1', clientId: 'b', memberMetadata: metadata, memberAssignment: writeAssignment({}) },
        { memberId: 'a-2', clientId: 'a' },
        { memberId: 'a-1', clientId: 'a' },
      ],
    }
    await using broker = await fakeBroker({
      Metadata: () => metadataOf([broker.port]),
      FindCoordinator: ({ coordinatorKeys }: { coordinatorKeys: string[] }) =>
        coordinators(coordinatorKeys, broker.port),
      DescribeGroups: () => ({ groups: [group] }),
    })
    const cluster = clusterOf(broker.port)
    const { members } = await describeGroup(cluster, 'g')
    expect(members.map(({ memberId }) => memberId)).toEqual(['a-1', 'a-2', 'b-1'])
    expect(members[0]).toMatchObject({ subscribed: null, assigned: null })
    expect(members[2]?.subscribed).toEqual({
      kind: 'consumer',
      topics: ['t'],
      owned: [
        { topic: 't', partition: 1 },
        { topic: 't', partition: 2 },
      ],
      ownedInGeneration: 6,
      rack: 'eu-1',
    })
    await cluster.close()
  })
})

const coordinators = (keys: readonly string[], port: number, nodeId = 1) => ({
  coordinators: keys.map((key) => ({ key, nodeId, host: '127.0.0.1', port })),
})

describe('a coordinator', () => {
  it.each(['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR'] as const)(
    'that says %s is asked again',
    (error) =>
      withCohort({}, async (cohort, cluster) => {
        await cohort.commit('g', { orders: { 0: 5 } })
        const apis = ['FindCoordinator', 'DescribeGroups', 'OffsetFetch', 'OffsetCommit'] as const
        const faults = apis.map((api) => cohort.fault({ api, error, times: 2 }))
        expect(await describeGroup(cluster, 'g')).toMatchObject({ state: 'Empty' })
        expect(await committedOffsets(cluster, 'g')).toMatchObject([{ offset: 5n }])
        const [outcome] = await commitOffsets(cluster, 'g', [{ topic: 'orders', partition: 0, offset: 6n }])
        expect(outcome?.error).toBeNull()
        expect(faults.map(({ hits }) => hits.length)).toEqual([2, 2, 2, 2])
      }),
  )

  it('that never is there is given up on', () =>
    withCohort({}, async (cohort, cluster) => {
      const fault = cohort.fault({ api: 'FindCoordinator', error: 'COORDINATOR_NOT_AVAILABLE' })
      const failure = await describeGroup(cluster, 'g').catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(AdminError)
      expect((failure as Error).message).toMatch(
        /^group 'g' has no coordinator: __consumer_offsets is not there yet, or .* \(FindCoordinator at .*: COORDINATOR_NOT_AVAILABLE\)$/,
      )
      expect(fault.hits).toHaveLength(patience.tries)
    }))

  it('may be another one by now', async () => {
    await using second = await fakeBroker({
      DescribeGroups: ({ groups }: { groups: string[] }) => ({
        groups: groups.map((groupId) => ({ groupId, groupState: 'Empty' })),
      }),
    })
    const errorCode = ErrorCodes.NOT_COORDINATOR
    const found: string[] = []
    await using first = await fakeBroker({
      FindCoordinator: ({ coordinatorKeys }: { coordinatorKeys: string[] }) => {
        found.push(coordinatorKeys.join())
        return found.length === 1
          ? coordinators(coordinatorKeys, first.port, 1)
          : coordinators(coordinatorKeys, second.port, 2)
      },
      DescribeGroups: ({ groups }: { groups: string[] }) => ({
        groups: groups.map((groupId) =>
          groupId === 'moves' ? { groupId, errorCode } : { groupId, groupState: 'Stable' },
        ),
      }),
    })
    const cluster = clusterOf(first.port)
    const described = await describeGroups(cluster, ['stays', 'moves'])
    expect([...described.values()]).toMatchObject([
      { groupId: 'stays', state: 'Stable', coordinator: { nodeId: 1 } },
      { groupId: 'moves', state: 'Empty', coordinator: { nodeId: 2 } },
    ])
    expect(found).toEqual(['stays,moves', 'moves'])
    await cluster.close()
  })

  it('that cannot be reached leaves the groups of the others', async () => {
    const ListGroups = () => ({ groups: [{ groupId: 'g', groupState: 'Stable', groupType: 'consumer' }] })
    await using second = await fakeBroker({ ListGroups })
    await second[Symbol.asyncDispose]()
    await using first = await fakeBroker({
      ListGroups,
      Metadata: () => metadataOf([first.port, second.port]),
    })
    const cluster = clusterOf(first.port)
    const { groups, failures } = await listGroups(cluster)
    expect(groups).toMatchObject([{ groupId: 'g', state: 'Stable', type: 'consumer' }])
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/ECONNREFUSED: this address is what the cluster advertises/),
    ])
    await cluster.close()
  })
})

describe('a group of a newer type', () => {
  it('is not described, but listed (KIP-848)', async () => {
    const errorCode = ErrorCodes.GROUP_ID_NOT_FOUND
    await using broker = await fakeBroker({
      FindCoordinator: ({ coordinatorKeys }: { coordinatorKeys: string[] }) =>
        coordinators(coordinatorKeys, broker.port),
      DescribeGroups: () => ({ groups: [{ groupId: 'g', groupState: 'Dead', errorCode }] }),
      ListGroups: () => ({
        groups: [{ groupId: 'g', groupState: 'Stable', groupType: 'Consumer', protocolType: 'consumer' }],
      }),
    })
    const cluster = clusterOf(broker.port)
    expect(await lookUpGroup(cluster, 'g')).toMatchObject({
      type: 'consumer',
      state: 'Stable',
      protocolType: 'consumer',
      described: { members: [] },
    })
    await cluster.close()
  })
})

describe('a refusal', () => {
  it.each([
    ['UNKNOWN_MEMBER_ID', /^group 'g' has members: stop them first/],
    ['GROUP_AUTHORIZATION_FAILED', /^this client may not do that to group 'g': it needs an ACL/],
    ['TOPIC_AUTHORIZATION_FAILED', /^this client may not do that to topic 'orders': it needs an ACL/],
    ['OFFSET_METADATA_TOO_LARGE', /^the broker refused, for group 'g'/],
  ] as const)('%s says what to do', (error, message) =>
    withCohort({}, async (cohort, cluster) => {
      cohort.fault({ api: 'OffsetCommit', error, times: 1 })
      const [outcome] = await commitOffsets(cluster, 'g', [{ topic: 'orders', partition: 0, offset: 6n }])
      expect(outcome?.error).toMatchObject({ errorName: error, api: 'OffsetCommit' })
      expect(outcome?.error?.message).toMatch(message)
      expect(outcome?.error?.message).toContain(
        `OffsetCommit at broker 1, 127.0.0.1:${cohort.port}: ${error}`,
      )
    }),
  )

  it('of a deletion while the topic is consumed', () =>
    withCohort({}, async (cohort, cluster) => {
      const member = await RawMember.alone(cohort, 'g')
      await member.commit(3)
      const [outcome] = await deleteOffsets(cluster, 'g', [{ topic: 'orders', partition: 0 }])
      expect(outcome?.error?.message).toMatch(
        /^group 'g' is consuming topic 'orders': stop its members first \(OffsetDelete at broker 1, .*: GROUP_SUBSCRIBED_TO_TOPIC\)$/,
      )
      member.client.close()
    }))

  it('of a deletion in a group that does not exist', () =>
    withCohort({}, async (_, cluster) => {
      await expect(deleteOffsets(cluster, 'nobody', [{ topic: 'orders', partition: 0 }])).rejects.toThrow(
        /^group 'nobody' does not exist: nobody has joined it or committed to it/,
      )
    }))
})
