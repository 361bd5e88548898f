// Nodes under a test's hand: coordinators and leaders move, nodes stop and come back, and what clients see of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, ConfigError, ProvocationError, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { MemoryStore } from '../../src/store/memory.js'
import { RawClient } from '../helpers/raw-client.js'
import { RawMember } from './member.js'

let cohort: Cohort
const clients: RawClient[] = []

beforeEach(async () => {
  cohort = await startCohort({ brokers: 3, topics: { orders: 3 }, verify: true })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await cohort.stop()
})

async function member(groupId = 'g'): Promise<RawMember> {
  const made = await RawMember.connect(cohort, groupId)
  clients.push(made.client)
  return made
}

async function alone(groupId = 'g'): Promise<RawMember> {
  const made = await member(groupId)
  await made.join()
  await made.sync([0])
  return made
}

async function node(nodeId: number): Promise<RawClient> {
  const client = await RawClient.connect(cohort.ports[nodeId - 1] as number)
  clients.push(client)
  return client
}

const metadata = async (nodeId: number, version = 12) => {
  const { brokers, topics, controllerId } = await (await node(nodeId)).send(Apis.Metadata, version, {
    topics: [{ name: 'orders' }],
  })
  return { nodes: brokers.map((each) => each.nodeId), controllerId, partitions: topics[0]?.partitions ?? [] }
}

describe('moveCoordinator', () => {
  it('the old node knows the group no more, the new one has it as it was', async () => {
    const group = cohort.group('g')
    const old = await alone()
    await old.commit(3)
    const from = group.coordinator()
    const to = await group.moveCoordinator()
    expect(to).toBe((from % 3) + 1)
    expect(group.coordinator()).toBe(to)
    expect(await old.heartbeat()).toBe(E.NOT_COORDINATOR)
    expect(await old.commit(4)).toBe(E.NOT_COORDINATOR)
    const { memberId, generationId } = old
    const there = Object.assign(await member(), { memberId, generationId })
    expect(await there.heartbeat()).toBe(E.NONE)
    expect(await group.committedOffset('orders', 0)).toBe(3n)
    const { nodeId } = await (await node(1)).send(Apis.FindCoordinator, 3, { key: 'g', keyType: 0 })
    expect(nodeId).toBe(to)
  })

  it('who waits in a join is sent to look for the coordinator', async () => {
    await alone()
    const second = await member()
    const joined = second.join()
    await cohort.group('g').generation(1)
    await cohort.group('g').moveCoordinator({ to: (cohort.group('g').coordinator() % 3) + 1 })
    expect((await joined).errorCode).toBe(E.NOT_COORDINATOR)
  })

  it('loads for as long as it is told', async () => {
    const old = await alone()
    const moved = cohort.group('g').moveCoordinator({ loading: '10m' }) // ends with the broker
    expect(await old.commit(1)).toBe(E.NOT_COORDINATOR)
    const { memberId, generationId } = old
    const there = Object.assign(await member(), { memberId, generationId })
    expect(await there.commit(1)).toBe(E.COORDINATOR_LOAD_IN_PROGRESS)
    expect(await cohort.group('g').describe()).toBe("the coordinator of group 'g' is loading")
    await cohort.stop()
    await moved
  })

  it('answers once it is loaded', async () => {
    const { memberId, generationId } = await alone()
    await cohort.group('g').moveCoordinator({ loading: 1 })
    const there = Object.assign(await member(), { memberId, generationId })
    expect(await there.commit(1)).toBe(E.NONE)
  })

  it('refuses what cannot be', async () => {
    const group = cohort.group('g')
    const move = (options: object) => group.moveCoordinator(options)
    await expect(move({ to: 4 })).rejects.toThrow(
      new ConfigError(
        "moveCoordinator: there is no node 4; there are 1, 2, 3 (startCohort's brokers says how many)",
      ),
    )
    await expect(move({ to: group.coordinator() })).rejects.toThrow(ProvocationError)
    await expect(move({ too: 1 })).rejects.toThrow("did you mean 'to'?")
    await using single = await startCohort()
    await expect(single.group('g').moveCoordinator()).rejects.toThrow(
      'moveCoordinator: no other node runs: start the broker with brokers: 2, or more',
    )
  })

  it('passes in virtual time too', async () => {
    await using virtual = await startCohort({ brokers: 2, topics: { orders: 1 }, clock: 'virtual' })
    const made = await RawMember.alone(virtual, 'g')
    clients.push(made.client)
    await virtual.group('g').moveCoordinator()
    await virtual.clock.advance('40s', { silent: 'all' })
    expect(await virtual.group('g').snapshot()).toMatchObject({ state: 'Empty' })
  })
})

describe('moveLeader', () => {
  it('moves to the next node, or to the one that is named', async () => {
    expect([0, 1, 2].map((partition) => cohort.leaderOf('orders', partition))).toEqual([1, 2, 3])
    expect(cohort.moveLeader('orders', 0)).toBe(2)
    expect(cohort.moveLeader('orders', 2)).toBe(1)
    expect(cohort.moveLeader('orders', 0, 3)).toBe(3)
    const { partitions } = await metadata(2)
    expect(
      partitions.map(({ leaderId, leaderEpoch, replicaNodes }) => [leaderId, leaderEpoch, replicaNodes]),
    ).toEqual([
      [3, 2, [3]],
      [2, 0, [2]],
      [1, 1, [1]],
    ])
  })

  it('records are where they were', async () => {
    await cohort.produce('orders', [{ value: 'before', partition: 0 }])
    cohort.moveLeader('orders', 0)
    await cohort.produce('orders', [{ value: 'after', partition: 0 }])
    expect((await cohort.records('orders')).map(({ value }) => String(value))).toEqual(['before', 'after'])
  })

  it('who waits for records where they were is told', async () => {
    const client = await node(1)
    const topics = [
      { topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }] },
    ]
    const fetched = client.send(Apis.Fetch, 11, { maxWaitMs: 20_000, minBytes: 1, topics })
    await (await node(2)).heartbeat() // a turn later
    cohort.moveLeader('orders', 0)
    expect((await fetched).responses[0]?.partitions[0]?.errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
  })

  it('refuses what cannot be', () => {
    expect(() => cohort.moveLeader('orders', 9)).toThrow(
      "moveLeader: topic 'orders' has 3 partitions, and no 9",
    )
    expect(() => cohort.moveLeader('order', 0)).toThrow("there is no topic 'order', only orders")
    expect(() => cohort.moveLeader('orders', 0, 1)).toThrow('moveLeader: node 1 leads it already')
    expect(() => cohort.moveLeader('orders', 0, 'x' as never)).toThrow(ConfigError)
  })
})

describe('a node that is stopped', () => {
  it('is told no more, and others lead what it led, where they can', async () => {
    const admin = await node(1)
    await admin.send(Apis.CreateTopics, 7, {
      topics: [{ name: 'safe', numPartitions: 3, replicationFactor: 2, assignments: [], configs: [] }],
    })
    const before = [0, 1, 2].map((partition) => cohort.leaderOf('safe', partition))
    expect(before).toContain(1)
    await cohort.stopBroker(1)
    expect(cohort.nodes().map(({ isRunning }) => isRunning)).toEqual([false, true, true])
    const { nodes, controllerId, partitions } = await metadata(2)
    expect([nodes, controllerId]).toEqual([[2, 3], 2])
    expect(partitions[0]).toMatchObject({
      errorCode: E.LEADER_NOT_AVAILABLE,
      leaderId: -1,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [1],
    })
    expect([0, 1, 2].map((partition) => cohort.leaderOf('safe', partition))).not.toContain(1)
    const described = await (await node(2)).send(Apis.DescribeCluster, 2, { includeFencedBrokers: true })
    expect(described.brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ])
    await admin.closed
    await expect(node(1)).rejects.toThrow('ECONNREFUSED')
  })

  it('comes back where it was, and leads what nobody else could', async () => {
    await cohort.produce('orders', [{ value: 'kept', partition: 0 }])
    await cohort.stopBroker(1)
    expect(cohort.leaderOf('orders', 0)).toBe(-1)
    await cohort.startBroker(1)
    expect(cohort.leaderOf('orders', 0)).toBe(1)
    const { nodes, partitions } = await metadata(1)
    expect(nodes).toEqual([1, 2, 3])
    expect(partitions[0]).toMatchObject({
      errorCode: E.NONE,
      leaderId: 1,
      leaderEpoch: 2,
      offlineReplicas: [],
    })
    expect(await cohort.records('orders')).toHaveLength(1)
  })

  it('hands its groups over with what they have committed', async () => {
    const made = await alone()
    await made.commit(7)
    const from = cohort.group('g').coordinator()
    await cohort.stopBroker(from)
    expect(cohort.group('g').coordinator()).not.toBe(from)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(7n)
    expect(await cohort.group('g').snapshot()).toMatchObject({ state: 'Stable', generation: 1 })
  })

  it('leaves too few replicas for min.insync.replicas, which acks -1 is told', async () => {
    const client = await node(3)
    await client.send(Apis.CreateTopics, 7, {
      topics: [
        {
          ...{ name: 'safe', numPartitions: 1, replicationFactor: 3, assignments: [] },
          configs: [{ name: 'min.insync.replicas', value: '2' }],
        },
      ],
    })
    const produced = async (acks: number) => {
      const records = buildBatch({ records: [{ timestampMs: 0n, value: Buffer.from('v') }] })
      const topicData = [{ name: 'safe', partitionData: [{ index: 0, records }] }]
      const { responses } = await client.send(Apis.Produce, 9, { acks, topicData })
      return responses[0]?.partitionResponses[0]?.errorCode
    }
    await cohort.stopBroker(1)
    if (cohort.leaderOf('safe', 0) !== 3) cohort.moveLeader('safe', 0, 3)
    expect(await produced(-1)).toBe(E.NONE)
    await cohort.stopBroker(2)
    expect(await produced(-1)).toBe(E.NOT_ENOUGH_REPLICAS)
    expect(await produced(1)).toBe(E.NONE)
    await cohort.startBroker(1)
    expect(await produced(-1)).toBe(E.NONE)
  })

  it('when all are, nobody coordinates until one is back', async () => {
    await cohort.commit('g', { orders: { 0: 5 } })
    for (const nodeId of [1, 2, 3]) await cohort.stopBroker(nodeId)
    expect(cohort.group('g').coordinator()).toBe(-1)
    expect([0, 1, 2].map((partition) => cohort.leaderOf('orders', partition))).toEqual([-1, -1, -1])
    expect(() => cohort.createTopic('none')).toThrow('All brokers are currently fenced.')
    await cohort.startBroker(2)
    expect(cohort.group('g').coordinator()).toBe(2)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(5n)
    const client = await node(2)
    expect((await client.send(Apis.FindCoordinator, 3, { key: 'g', keyType: 0 })).nodeId).toBe(2)
  })

  it('is not stopped twice, nor started while it runs', async () => {
    await expect(cohort.startBroker(1)).rejects.toThrow('startBroker: node 1 runs')
    await cohort.stopBroker(1)
    await expect(cohort.stopBroker(1)).rejects.toThrow('stopBroker: node 1 is stopped already')
    await expect(cohort.stopBroker(0)).rejects.toThrow(ConfigError)
    expect(() => cohort.moveLeader('orders', 1, 1)).toThrow('moveLeader: node 1 is stopped: start it first')
    await cohort.reset()
    expect(cohort.nodes().every(({ isRunning }) => isRunning)).toBe(true)
  })
})

describe('startCohort with several brokers', () => {
  it('lists and numbers them', () => {
    expect(cohort.brokers).toEqual(cohort.ports.map((port) => `127.0.0.1:${port}`))
    expect(new Set(cohort.ports).size).toBe(3)
    expect(cohort.port).toBe(cohort.ports[0])
  })

  it('begun again with fewer, the rest has it all', async () => {
    const store = new MemoryStore()
    const three = await startCohort({ brokers: 3, topics: { orders: 3 }, store })
    await three.produce(
      'orders',
      [0, 1, 2].map((partition) => ({ value: `${partition}`, partition })),
    )
    await three.commit('g', { orders: { 2: 1 } })
    await three.stop()
    await using one = await startCohort({ store })
    expect([0, 1, 2].map((partition) => one.leaderOf('orders', partition))).toEqual([1, 1, 1])
    expect(await one.records('orders')).toHaveLength(3)
    expect(await one.group('g').committedOffset('orders', 2)).toBe(1n)
    const client = await RawClient.connect(one.port)
    clients.push(client)
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 2, timestamp: -1n }] }]
    const listed = await client.send(Apis.ListOffsets, 5, { topics })
    expect(listed.topics[0]?.partitions[0]).toMatchObject({ errorCode: E.NONE, offset: 1n })
  })

  it('advertises ports that count up', async () => {
    await using proxied = await startCohort({ brokers: 3, advertise: 'kafka.test:7000' })
    expect(proxied.brokers).toEqual(['kafka.test:7000', 'kafka.test:7001', 'kafka.test:7002'])
  })

  it.each([
    [{ brokers: 0 }, 'options.brokers is 0, but must be a whole number from 1 to 100'],
    [{ brokers: 1.5 }, 'options.brokers is 1.5'],
    [{ brokers: 3, port: 65_534 }, 'options.port is 65534, but must be such that 3 ports'],
    [{ brokers: 2, advertise: 'a:65535' }, "options.advertise is 'a:65535'"],
  ])('refuses %o', async (options, message) => {
    await expect(startCohort(options)).rejects.toThrow(message)
  })

  it('looking back, it is known which node was asked', async () => {
    for (const nodeId of [1, 2, 3]) await (await node(nodeId)).heartbeat()
    expect(cohort.requests('Heartbeat').map(({ nodeId }) => nodeId)).toEqual([1, 2, 3])
    expect(cohort.connectedClients().map(({ nodeId }) => nodeId)).toEqual([1, 2, 3])
  })

  it('faults meet requests of every node', async () => {
    cohort.fault({ api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS' })
    for (const nodeId of [1, 2, 3]) {
      expect((await (await node(nodeId)).heartbeat()).errorCode).toBe(E.REBALANCE_IN_PROGRESS)
    }
  })
})
