// Topic and cluster requests, with the answers that Apache Kafka 4.4.0 gave to the same.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { RawClient } from '../helpers/raw-client.js'

let cohort: Cohort
let client: RawClient
let lines: string[]

beforeEach(async () => {
  lines = []
  cohort = await startCohort({ topics: { 'a.b': 1, t1: 1 }, log: (_, line) => lines.push(line) })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

const topic = (name: string, more: object = {}) => ({ name, numPartitions: 1, replicationFactor: 1, ...more })
const create = async (asked: object, version = 7) =>
  (await client.send(Apis.CreateTopics, version, { topics: [asked], timeoutMs: 1000 })).topics[0]!
const assigned = (...brokerIds: number[][]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
})

describe('CreateTopics', () => {
  it.each([
    [topic('t1'), E.TOPIC_ALREADY_EXISTS, "Topic 't1' already exists."],
    [topic('a_b'), E.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b"],
    [topic(''), E.INVALID_TOPIC_EXCEPTION, 'Topic name is invalid: the empty string is not allowed'],
    [topic('..'), E.INVALID_TOPIC_EXCEPTION, "Topic name is invalid: '..' is not allowed"],
    [
      topic('bad!'),
      E.INVALID_TOPIC_EXCEPTION,
      "Topic name is invalid: 'bad!' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    [
      topic('n', { numPartitions: 0 }),
      E.INVALID_PARTITIONS,
      'Number of partitions was set to an invalid non-positive value.',
    ],
    [
      topic('n', { numPartitions: -2, replicationFactor: -2 }),
      E.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    ],
    [
      topic('n', { configs: [{ name: 'bogus', value: '1' }] }),
      E.INVALID_CONFIG,
      'Unknown topic config name: bogus',
    ],
    [
      topic('n', { configs: [{ name: 'retention.ms', value: 'abc' }] }),
      E.INVALID_CONFIG,
      'Invalid value abc for configuration retention.ms: Not a number of type LONG',
    ],
    [
      topic('n', { configs: [{ name: 'cleanup.policy', value: 'zip' }] }),
      E.INVALID_CONFIG,
      'Invalid value zip for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    [
      topic('n', { configs: [{ name: 'max.message.bytes', value: '-5' }] }),
      E.INVALID_CONFIG,
      'Invalid value -5 for configuration max.message.bytes: Value must be at least 0',
    ],
    [
      topic('n', { configs: [{ name: 'retention.ms', value: null }] }),
      E.INVALID_CONFIG,
      'Null value not supported for topic configs: retention.ms',
    ],
    [
      topic('n', assigned([7])),
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes broker 7, but no such broker is registered.',
    ],
    [
      topic('n', assigned([])),
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes an empty replica list.',
    ],
    [
      topic('n', assigned([1, 1])),
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes the broker 1 more than once.',
    ],
    [
      topic('n', { ...assigned([1]), numPartitions: 2 }),
      E.INVALID_REQUEST,
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    ],
    [
      topic('n', { ...assigned([1]), replicationFactor: 1 }),
      E.INVALID_REQUEST,
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    ],
    [
      topic('n', { ...assigned(), assignments: [{ partitionIndex: 1, brokerIds: [1] }] }),
      E.INVALID_REPLICA_ASSIGNMENT,
      'partitions should be a consecutive 0-based integer sequence',
    ],
    [
      topic('n', {
        ...assigned(),
        assignments: [
          { partitionIndex: 0, brokerIds: [1] },
          { partitionIndex: 0, brokerIds: [1] },
        ],
      }),
      E.INVALID_REPLICA_ASSIGNMENT,
      'Found multiple manual partition assignments for partition 0',
    ],
    [
      topic('__cluster_metadata'),
      E.INVALID_REQUEST,
      'Creation of internal topic __cluster_metadata is prohibited.',
    ],
  ])('refuses %j', async (asked, errorCode, errorMessage) => {
    expect(await create(asked)).toMatchObject({ errorCode, errorMessage, numPartitions: -1, configs: [] })
  })

  it('says how a topic was made, with every setting', async () => {
    const made = await create(
      topic('n', { numPartitions: 3, configs: [{ name: 'retention.ms', value: '1000' }] }),
    )
    expect(made).toMatchObject({ errorCode: E.NONE, numPartitions: 3, replicationFactor: 1 })
    expect(made.topicId).not.toBe(ZERO_UUID)
    expect(made.configs).toHaveLength(37)
    expect(made.configs?.find(({ name }) => name === 'retention.ms')).toMatchObject({
      value: '1000',
      configSource: 1,
    })
  })

  it('caps a replication factor above the number of brokers, with a line that says so', async () => {
    expect(await create(topic('n', { replicationFactor: 3 }))).toMatchObject({
      errorCode: E.NONE,
      replicationFactor: 1,
    })
    expect(lines.at(-1)).toBe("topic 'n': replication factor 3 capped to the 1 broker(s) there are")
  })

  it('gives Kafka’s error for it when told to be strict', async () => {
    await using strict = await startCohort({ set: { 'cohort.strict.replication.factor': true } })
    const other = await RawClient.connect(strict.port)
    const { topics } = await other.send(Apis.CreateTopics, 7, {
      topics: [topic('n', { replicationFactor: 3 })],
    })
    expect(topics[0]).toMatchObject({
      errorCode: E.INVALID_REPLICATION_FACTOR,
      errorMessage: expect.stringMatching(/^Unable to replicate the partition 3 time\(s\)/),
    })
    other.close()
  })

  it('refuses more partitions than a request may make, whatever a number says', async () => {
    const asked = [topic('n', { numPartitions: 2_000_000_000 }), topic('m')]
    const { topics } = await client.send(Apis.CreateTopics, 7, { topics: asked })
    const errorMessage = 'Excessively large number of partitions per request.'
    expect(topics).toMatchObject([
      { name: 'n', errorCode: E.POLICY_VIOLATION, errorMessage },
      { name: 'm', errorCode: E.POLICY_VIOLATION, errorMessage },
    ])
    const grown = [{ name: 't1', count: 2_000_000_000, assignments: null }]
    const { results } = await client.send(Apis.CreatePartitions, 3, { topics: grown })
    expect(results).toMatchObject([
      {
        errorCode: E.POLICY_VIOLATION,
        errorMessage: 'Excessively large number of additional partitions per request.',
      },
    ])
  })

  it('refuses a name that comes twice, and only checks when asked to', async () => {
    const twice = await client.send(Apis.CreateTopics, 7, {
      topics: [topic('d'), topic('d'), topic('ok')],
      validateOnly: true,
    })
    const codes = Object.fromEntries(twice.topics.map(({ name, errorCode }) => [name, errorCode]))
    expect(codes).toEqual({ d: E.INVALID_REQUEST, ok: E.NONE })
    const { topics } = await client.send(Apis.Metadata, 12, { topics: null })
    expect(topics.map(({ name }) => name)).toEqual(['a.b', 't1'])
  })
})

describe('CreatePartitions', () => {
  it.each([
    ['t1', 1, null, E.INVALID_PARTITIONS, 'Topic already has 1 partition(s).'],
    [
      't1',
      0,
      null,
      E.INVALID_PARTITIONS,
      'The topic t1 currently has 1 partition(s); 0 would not be an increase.',
    ],
    ['none', 2, null, E.UNKNOWN_TOPIC_OR_PARTITION, null],
    [
      't1',
      3,
      [{ brokerIds: [1] }],
      E.INVALID_REPLICA_ASSIGNMENT,
      'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
    ],
    [
      't1',
      2,
      [{ brokerIds: [9] }],
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes broker 9, but no such broker is registered.',
    ],
    ['t1', 2, [{ brokerIds: [1] }], E.NONE, null],
    ['t1', 4, null, E.NONE, null],
  ])('of %s to %i (%j) gives %i', async (name, count, assignments, errorCode, errorMessage) => {
    const { results } = await client.send(Apis.CreatePartitions, 3, {
      topics: [{ name, count, assignments }],
    })
    expect(results).toEqual([{ name, errorCode, errorMessage }])
  })
})

describe('DeleteTopics', () => {
  it('answers for each name or id', async () => {
    const missingId = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const { responses } = await client.send(Apis.DeleteTopics, 6, {
      topics: [
        { name: 'nope', topicId: ZERO_UUID },
        { name: null, topicId: missingId },
        { name: 't1', topicId: missingId },
        { name: null, topicId: ZERO_UUID },
        { name: 'a.b', topicId: ZERO_UUID },
        { name: 'a.b', topicId: ZERO_UUID },
      ],
    })
    const told = responses.map(({ name, errorCode, errorMessage }) => [name, errorCode, errorMessage])
    expect(told).toEqual([
      ['nope', E.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.'],
      [null, E.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.'],
      ['t1', E.INVALID_REQUEST, 'You may not specify both topic name and topic id.'],
      [null, E.INVALID_REQUEST, 'Neither topic name nor id were specified.'],
      ['a.b', E.INVALID_REQUEST, 'Duplicate topic name.'],
    ])
  })

  it('takes the offsets of the topic with it', async () => {
    const partitions = [{ partitionIndex: 0, committedOffset: 5n, committedMetadata: '' }]
    await client.send(Apis.OffsetCommit, 8, { groupId: 'g', topics: [{ name: 't1', partitions }] })
    await client.send(Apis.DeleteTopics, 3, { topicNames: ['t1'] })
    const { groups } = await client.send(Apis.OffsetFetch, 8, { groups: [{ groupId: 'g', topics: null }] })
    expect(groups[0]?.topics).toEqual([])
  })

  it('is refused where topics may not be deleted', async () => {
    await using keeping = await startCohort({ topics: { a: 1 }, set: { 'delete.topic.enable': false } })
    const other = await RawClient.connect(keeping.port)
    const { responses } = await other.send(Apis.DeleteTopics, 5, { topicNames: ['a'] })
    expect(responses[0]?.errorCode).toBe(E.TOPIC_DELETION_DISABLED)
    other.close()
  })
})

describe('Metadata', () => {
  it('makes a topic on demand, and shows it the second time', async () => {
    const ask = () =>
      client.send(Apis.Metadata, 12, { topics: [{ name: 'auto' }], allowAutoTopicCreation: true })
    expect((await ask()).topics[0]).toMatchObject({ errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, name: 'auto' })
    expect((await ask()).topics[0]).toMatchObject({
      errorCode: E.NONE,
      partitions: [{ partitionIndex: 0, leaderId: 1 }],
    })
  })

  it('makes none when the request or the broker declines, or the name is illegal', async () => {
    const topics = [{ name: 'auto' }, { name: 'bad!' }]
    const declined = await client.send(Apis.Metadata, 12, { topics, allowAutoTopicCreation: false })
    expect(declined.topics.map(({ errorCode }) => errorCode)).toEqual([
      E.UNKNOWN_TOPIC_OR_PARTITION,
      E.INVALID_TOPIC_EXCEPTION,
    ])
    await using closed = await startCohort({ set: { 'auto.create.topics.enable': false } })
    const other = await RawClient.connect(closed.port)
    for (let i = 0; i < 2; i++) {
      const { topics: told } = await other.send(Apis.Metadata, 1, { topics: [{ name: 'auto' }] })
      expect(told[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    }
    other.close()
  })

  it('goes by ids where there are any', async () => {
    const all = await client.send(Apis.Metadata, 12, { topics: null })
    const id = all.topics.find(({ name }) => name === 't1')!.topicId
    const byId = await client.send(Apis.Metadata, 12, {
      topics: [
        { name: null, topicId: id },
        { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' },
        { name: 'a.b' },
      ],
    })
    expect(byId.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['t1', E.NONE],
      [null, E.UNKNOWN_TOPIC_ID],
    ])
  })

  it.each([10, 11])('refuses ids in v%i, which has a place for them', async (version) => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const { topics } = await client.send(Apis.Metadata, version, { topics: [{ name: null, topicId }] })
    expect(topics).toMatchObject([{ name: '', topicId, errorCode: E.INVALID_REQUEST }])
  })

  it('means all topics by an empty list in v0 only, and tells operations when asked', async () => {
    expect((await client.send(Apis.Metadata, 0, { topics: [] })).topics).toHaveLength(2)
    expect((await client.send(Apis.Metadata, 1, { topics: [] })).topics).toHaveLength(0)
    const told = await client.send(Apis.Metadata, 9, {
      topics: null,
      includeTopicAuthorizedOperations: true,
      includeClusterAuthorizedOperations: true,
    })
    expect(told.clusterAuthorizedOperations).toBe(8096)
    expect(told.topics[0]?.topicAuthorizedOperations).toBe(3576)
  })
})

describe('describing', () => {
  it('the cluster', async () => {
    const told = await client.send(Apis.DescribeCluster, 2, {
      includeClusterAuthorizedOperations: true,
      endpointType: 1,
    })
    expect(told).toMatchObject({ errorCode: E.NONE, controllerId: 1, clusterAuthorizedOperations: 8096 })
    expect(told.brokers).toMatchObject([
      { brokerId: 1, host: '127.0.0.1', port: cohort.port, isFenced: false },
    ])
    expect((await client.send(Apis.DescribeCluster, 1, { endpointType: 2 })).errorCode).toBe(
      E.MISMATCHED_ENDPOINT_TYPE,
    )
  })

  it('topics page by page', async () => {
    await create(topic('t2', { numPartitions: 3 }))
    const first = await client.send(Apis.DescribeTopicPartitions, 0, {
      topics: [],
      responsePartitionLimit: 3,
      cursor: null,
    })
    expect(first.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['a.b', 1],
      ['t1', 1],
      ['t2', 1],
    ])
    expect(first.nextCursor).toMatchObject({ topicName: 't2', partitionIndex: 1 })
    const cursor = first.nextCursor
    const second = await client.send(Apis.DescribeTopicPartitions, 0, {
      topics: [],
      responsePartitionLimit: 3,
      cursor,
    })
    expect(second.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([['t2', 2]])
    expect(second.nextCursor).toBeNull()
  })

  it.each([
    [4, '7', E.INVALID_REQUEST, 'Unexpected broker id, expected 1 or empty string, but received 7'],
    [4, 'abc', E.INVALID_REQUEST, 'Broker id must be an integer, but it is: abc'],
    [2, 'nope', E.UNKNOWN_TOPIC_OR_PARTITION, ''],
    [2, '', E.INVALID_TOPIC_EXCEPTION, 'Topic name is invalid: the empty string is not allowed'],
    [4, '', E.NONE, ''],
  ])('the settings of %i %j', async (resourceType, resourceName, errorCode, errorMessage) => {
    const resources = [{ resourceType, resourceName, configurationKeys: null }]
    const { results } = await client.send(Apis.DescribeConfigs, 4, { resources })
    expect(results[0]).toMatchObject({ errorCode, errorMessage, configs: [] })
  })

  it('every setting of broker and topic', async () => {
    const resources = [
      { resourceType: 4, resourceName: '1', configurationKeys: null },
      { resourceType: 2, resourceName: 't1', configurationKeys: null },
    ]
    const { results } = await client.send(Apis.DescribeConfigs, 4, { resources, includeSynonyms: true })
    expect(results[0]!.configs.length).toBeGreaterThan(340)
    expect(results[1]!.configs).toHaveLength(37)
    const policy = results[1]!.configs.find(({ name }) => name === 'cleanup.policy')
    expect(policy).toMatchObject({ configType: 7, synonyms: [{ name: 'log.cleanup.policy', source: 5 }] })
  })
})

describe('finding', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('the coordinator of a group in v%i (Q11, Q14)', async (version) => {
    const told = await client.send(Apis.FindCoordinator, version, {
      key: 'g',
      keyType: 0,
      coordinatorKeys: ['g', ''],
    })
    const found = version >= 4 ? told.coordinators : [told]
    expect(found).toHaveLength(version >= 4 ? 2 : 1)
    for (const one of found) expect(one).toMatchObject({ errorCode: E.NONE, nodeId: 1, port: cohort.port })
    if (version >= 1) expect(found[0]?.errorMessage).toBe(version >= 4 ? '' : 'NONE')
  })

  it('other coordinators (Q12, Q13)', async () => {
    const code = async (version: number, keyType: number, key: string) => {
      const told = await client.send(Apis.FindCoordinator, version, { key, keyType, coordinatorKeys: [key] })
      return version >= 4 ? told.coordinators[0] : told
    }
    expect(await code(4, 9, 'x')).toMatchObject({
      errorCode: E.INVALID_REQUEST,
      nodeId: -1,
      host: '',
      port: -1,
    })
    expect(await code(3, 2, 'x')).toMatchObject({ errorCode: E.INVALID_REQUEST })
    expect(await code(6, 2, 'x')).toMatchObject({ errorCode: E.INVALID_REQUEST })
    expect(await code(6, 2, `g:${ZERO_UUID}:0`)).toMatchObject({ errorCode: E.COORDINATOR_NOT_AVAILABLE })
    expect(await code(2, 1, 'tx')).toMatchObject({ errorCode: E.COORDINATOR_NOT_AVAILABLE })
  })

  it('a producer id', async () => {
    const ask = (more: object) =>
      client.send(Apis.InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1, ...more })
    const [first, second] = [await ask({}), await ask({})]
    expect(first).toMatchObject({ errorCode: E.NONE, producerEpoch: 0 })
    expect(second.producerId).not.toBe(first.producerId)
    expect((await ask({ producerId: 5n })).errorCode).toBe(E.INVALID_REQUEST)
    expect((await ask({ transactionalId: '' })).errorCode).toBe(E.INVALID_REQUEST)
    expect((await ask({ transactionalId: 'tx' })).errorCode).toBe(E.COORDINATOR_NOT_AVAILABLE)
  })
})

describe('groups over the wire', () => {
  it('are described and deleted as asked, spread over shards (Q06, D12)', async () => {
    const names = ['a', 'my-group', 'a', 'none']
    for (const groupId of ['a', 'my-group']) {
      const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: '' }]
      await client.send(Apis.OffsetCommit, 8, { groupId, topics: [{ name: 't1', partitions }] })
    }
    const described = await client.send(Apis.DescribeGroups, 5, {
      groups: names,
      includeAuthorizedOperations: true,
    })
    expect(described.groups.map(({ groupId, groupState }) => [groupId, groupState])).toEqual([
      ['a', 'Empty'],
      ['my-group', 'Empty'],
      ['a', 'Empty'],
      ['none', 'Dead'],
    ])
    expect(described.groups[0]?.authorizedOperations).toBe(3400)
    expect((await client.send(Apis.ListGroups, 4, {})).groups).toHaveLength(2)
    const deleted = await client.send(Apis.DeleteGroups, 2, { groupsNames: names })
    expect(deleted.results.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual([
      ['a', E.NONE],
      ['my-group', E.NONE],
      ['none', E.GROUP_ID_NOT_FOUND],
    ])
    expect((await client.send(Apis.DescribeGroups, 5, { groups: [] })).groups).toEqual([])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'give their offsets in OffsetFetch v%i (F01, F07)',
    async (version) => {
      const { topics } = await client.send(Apis.Metadata, 12, { topics: [{ name: 't1' }] })
      const { topicId } = topics[0]!
      const partitions = [
        { partitionIndex: 0, committedOffset: 9n, committedLeaderEpoch: 3, committedMetadata: 'm' },
      ]
      await client.send(Apis.OffsetCommit, 8, { groupId: 'g', topics: [{ name: 't1', partitions }] })
      const asked = [{ name: 't1', topicId, partitionIndexes: [0] }]
      const told = await client.send(Apis.OffsetFetch, version, {
        groupId: 'g',
        topics: asked,
        groups: [
          { groupId: 'g', topics: asked },
          { groupId: 'g', topics: asked },
        ],
      })
      const [found] = version >= 8 ? told.groups[1]!.topics : told.topics
      expect(found?.partitions[0]).toMatchObject({
        partitionIndex: 0,
        committedOffset: 9n,
        metadata: 'm',
        errorCode: E.NONE,
        committedLeaderEpoch: version >= 5 ? 3 : -1,
      })
    },
  )
})
