// What administrators' pages and Kafka's tools ask for beside topics and groups, with the answers that Apache Kafka 4.4.0 gave to the
// same as a cluster of one broker.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { MemoryStore } from '../../src/store/memory.js'
import { RawClient } from '../helpers/raw-client.js'

let cohort: Cohort
let client: RawClient

beforeEach(async () => {
  cohort = await startCohort({ topics: { t: 2 } })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

const ANY = { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 }

describe('without an authorizer', () => {
  const disabled = { errorCode: E.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' }

  it('there are no ACLs to describe, create or delete', async () => {
    expect(await client.send(Apis.DescribeAcls, 3, ANY)).toMatchObject({
      errorCode: E.SECURITY_DISABLED,
      errorMessage: 'No Authorizer is configured on the broker',
      resources: [],
    })
    const acl = { resourceType: 2, resourceName: 't', principal: 'User:a', host: '*', operation: 3 }
    const { results } = await client.send(Apis.CreateAcls, 3, { creations: [acl, acl] })
    expect(results).toEqual([disabled, disabled])
    const { filterResults } = await client.send(Apis.DeleteAcls, 3, { filters: [ANY] })
    expect(filterResults).toEqual([{ ...disabled, matchingAcls: [] }])
  })

  it('nobody has SCRAM credentials', async () => {
    const asked = (...users: string[]) =>
      client.send(Apis.DescribeUserScramCredentials, 0, { users: users.map((name) => ({ name })) })
    expect(await client.send(Apis.DescribeUserScramCredentials, 0, { users: null })).toMatchObject({
      errorCode: E.NONE,
      results: [],
    })
    expect((await asked('a', 'b', 'b')).results).toMatchObject([
      {
        user: 'a',
        errorCode: E.RESOURCE_NOT_FOUND,
        errorMessage: 'Attempt to describe a user credential that does not exist: a',
      },
      {
        user: 'b',
        errorCode: E.DUPLICATE_RESOURCE,
        errorMessage: 'Cannot describe SCRAM credentials for the same user twice in a single request: b',
      },
    ])
  })
})

describe('client quotas', () => {
  type Entity = readonly (readonly [string, string | null])[]
  type Op = readonly [key: string, value: number, remove?: boolean]
  const alter = async (entity: Entity, ops: readonly Op[], validateOnly = false) => {
    const entry = {
      entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
      ops: ops.map(([key, value, remove = false]) => ({ key, value, remove })),
    }
    const { entries } = await client.send(Apis.AlterClientQuotas, 1, { entries: [entry], validateOnly })
    return [entries[0]?.errorCode, entries[0]?.errorMessage]
  }
  const ask = (components: object[] = [], strict = false) =>
    client.send(Apis.DescribeClientQuotas, 1, { components, strict })
  /** 'type=name ... key=value ...' */
  const found = async (components: object[] = [], strict = false) => {
    const { entries } = await ask(components, strict)
    return (entries ?? []).map(({ entity, values }) =>
      [
        ...entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`),
        ...values.map(({ key, value }) => `${key}=${value}`),
      ].join(' '),
    )
  }
  const BOB: Entity = [['user', 'bob']]
  const RATE: Op = ['producer_byte_rate', 1000]

  it('are kept, told and taken back', async () => {
    expect(await found()).toEqual([])
    expect(await alter(BOB, [RATE, ['request_percentage', 12.5]], true)).toEqual([E.NONE, null])
    expect(await found()).toEqual([])
    expect(await alter(BOB, [RATE, ['request_percentage', 12.5]])).toEqual([E.NONE, null])
    expect(await found()).toEqual(['user=bob producer_byte_rate=1000 request_percentage=12.5'])
    await alter(BOB, [
      ['producer_byte_rate', 5],
      ['request_percentage', 0, true],
    ])
    expect(await found()).toEqual(['user=bob producer_byte_rate=5'])
    await alter(BOB, [['producer_byte_rate', 0, true]])
    expect(await found()).toEqual([])
  })

  it('are found by who they are for', async () => {
    await alter(BOB, [RATE])
    await alter([['user', null]], [RATE])
    await alter([...BOB, ['client-id', 'c']], [RATE])
    await alter([['ip', '1.2.3.4']], [['connection_creation_rate', 5]])
    const [bob, all, both] = [BOB, [['user', null]], [...BOB, ['client-id', 'c']]].map(
      (entity) => `${entity.map(([type, name]) => `${type}=${name}`).join(' ')} producer_byte_rate=1000`,
    )
    const user = (matchType: number, match: string | null = null) => ({
      entityType: 'user',
      matchType,
      match,
    })
    expect(await found([user(0, 'bob')])).toEqual([bob, both])
    expect(await found([user(0, 'bob')], true)).toEqual([bob])
    expect(await found([user(1)])).toEqual([all])
    expect(await found([user(2)])).toEqual([bob, all, both])
    expect(await found([user(2), { entityType: 'client-id', matchType: 2, match: null }])).toEqual([both])
    expect(await found([{ entityType: 'ip', matchType: 2, match: null }])).toEqual([
      'ip=1.2.3.4 connection_creation_rate=5',
    ])
    expect(await found([], true)).toEqual([])
  })

  it.each([
    [[], [RATE], 'Invalid empty client quota entity'],
    [[['nope', 'x']], [RATE], 'Unhandled client quota entity type: nope'],
    [[['user', '']], [RATE], 'Empty user not supported'],
    [
      [['ip', '1.2.3.4'], ...BOB],
      [['connection_creation_rate', 5]],
      'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId',
    ],
    [[['ip', 'no such']], [['connection_creation_rate', 5]], 'no such is not a valid IP or resolvable host.'],
    [BOB, [['nope', 1]], 'Invalid configuration key nope'],
    [BOB, [['connection_creation_rate', 1]], 'Invalid configuration key connection_creation_rate'],
    [BOB, [['producer_byte_rate', 0]], 'Quota producer_byte_rate must be greater than 0'],
    [BOB, [['producer_byte_rate', 1.5]], 'producer_byte_rate cannot be a fractional value.'],
    [BOB, [['producer_byte_rate', Number.NaN]], 'Quota producer_byte_rate must be a finite number'],
    [BOB, [['producer_byte_rate', 1e300]], 'Proposed value for producer_byte_rate is too large for a LONG.'],
    [BOB, [RATE, RATE], 'Ignoring duplicate entity ClientQuotaEntity(entries={user=bob})'],
  ] as [Entity, Op[], string][])('of %j are not altered by %j', async (entity, ops, message) => {
    expect(await alter(entity, ops)).toEqual([E.INVALID_REQUEST, message])
    expect(await found()).toEqual([])
  })

  it.each([
    [{ entityType: '', matchType: 2 }, E.INVALID_REQUEST, 'Invalid empty entity type.'],
    [{ entityType: 'nope', matchType: 2 }, E.UNSUPPORTED_VERSION, 'Unsupported entity type nope'],
    [{ entityType: 'user', matchType: 9 }, E.INVALID_REQUEST, 'Unknown match type 9'],
    [
      { entityType: 'user', matchType: 0 },
      E.INVALID_REQUEST,
      'Request specified MATCH_TYPE_EXACT, but set match string to null.',
    ],
    [
      { entityType: 'user', matchType: 1, match: 'x' },
      E.INVALID_REQUEST,
      'Request specified MATCH_TYPE_DEFAULT, but also specified a match string.',
    ],
  ])('are not described by %j', async (component, errorCode, errorMessage) => {
    const asked = { match: null, ...component }
    expect(await ask([asked])).toMatchObject({ errorCode, errorMessage, entries: null })
  })

  it('outlast a restart', async () => {
    const store = new MemoryStore()
    for (const isFirst of [true, false]) {
      await using run = await startCohort({ store })
      const other = await RawClient.connect(run.port)
      const entity = [{ entityType: 'user', entityName: null }]
      const entries = [{ entity, ops: [{ key: 'producer_byte_rate', value: 7, remove: false }] }]
      if (isFirst) await other.send(Apis.AlterClientQuotas, 1, { entries })
      const { entries: kept } = await other.send(Apis.DescribeClientQuotas, 1, { components: [] })
      expect(kept).toEqual([{ entity, values: [{ key: 'producer_byte_rate', value: 7 }] }])
      other.close()
    }
  })
})

describe('leaders and replicas', () => {
  const leaderOf = async (partition: number, from: RawClient = client) => {
    const { topics } = await from.send(Apis.Metadata, 12, { topics: [{ name: 't' }] })
    const found = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
    return [found?.leaderId, found?.leaderEpoch, found?.replicaNodes]
  }

  it.each([0, 1, 2])('ElectLeaders v%i finds nothing to do on one broker', async (version) => {
    const topicPartitions = [
      { topic: 't', partitions: [0, 7] },
      { topic: 'none', partitions: [0] },
    ]
    const answer = await client.send(Apis.ElectLeaders, version, { electionType: 0, topicPartitions })
    const notNeeded = 'Leader election not needed for topic partition.'
    expect(answer).toMatchObject({
      errorCode: E.NONE,
      replicaElectionResults: [
        {
          topic: 't',
          partitionResult: [
            { partitionId: 0, errorCode: E.ELECTION_NOT_NEEDED, errorMessage: notNeeded },
            {
              partitionId: 7,
              errorCode: E.UNKNOWN_TOPIC_OR_PARTITION,
              errorMessage: 'No such partition as t-7',
            },
          ],
        },
        {
          topic: 'none',
          partitionResult: [
            {
              partitionId: 0,
              errorCode: E.UNKNOWN_TOPIC_OR_PARTITION,
              errorMessage: 'No such topic as none',
            },
          ],
        },
      ],
    })
  })

  it('ElectLeaders of everything tells of what changed, and knows two kinds of election', async () => {
    const all = await client.send(Apis.ElectLeaders, 2, { electionType: 1, topicPartitions: null })
    expect(all).toMatchObject({
      errorCode: E.NONE,
      replicaElectionResults: [{ topic: 't', partitionResult: [] }],
    })
    const topicPartitions = [{ topic: 't', partitions: [0] }]
    expect(await client.send(Apis.ElectLeaders, 2, { electionType: 2, topicPartitions })).toMatchObject({
      errorCode: E.INVALID_REQUEST,
      replicaElectionResults: [
        { partitionResult: [{ errorCode: E.INVALID_REQUEST, errorMessage: 'Unknown election type 2' }] },
      ],
    })
  })

  it('a partition is moved to other brokers, and led by the preferred one again', async () => {
    await using three = await startCohort({ brokers: 3, topics: { t: 1 } })
    const other = await RawClient.connect(three.port)
    const move = async (replicas: number[], allowReplicationFactorChange = true) => {
      const { responses } = await other.send(Apis.AlterPartitionReassignments, 1, {
        allowReplicationFactorChange,
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }],
      })
      const [result] = responses[0]?.partitions ?? []
      return [result?.errorCode, result?.errorMessage]
    }
    const [, epoch] = await leaderOf(0, other)
    expect(await move([2, 1])).toEqual([E.NONE, null])
    expect(await leaderOf(0, other)).toEqual([1, epoch, [2, 1]])
    const elect = async () => {
      const answer = await other.send(Apis.ElectLeaders, 2, { electionType: 0, topicPartitions: null })
      return answer.replicaElectionResults[0]?.partitionResult
    }
    expect(await elect()).toEqual([{ partitionId: 0, errorCode: E.NONE, errorMessage: null }])
    expect(await leaderOf(0, other)).toEqual([2, Number(epoch) + 1, [2, 1]])
    expect(await elect()).toEqual([])
    expect(await move([3, 1])).toEqual([E.NONE, null])
    expect(await leaderOf(0, other)).toEqual([3, Number(epoch) + 2, [3, 1]])
    expect(await move([3], false)).toEqual([
      E.INVALID_REPLICATION_FACTOR,
      'The replication factor is changed from 2 to 1',
    ])
    other.close()
  })

  it.each([
    ['t', 0, [1], E.NONE, null],
    ['t', 0, null, E.NO_REASSIGNMENT_IN_PROGRESS, null],
    ['none', 0, [1], E.UNKNOWN_TOPIC_OR_PARTITION, 'Unable to find a topic named none.'],
    ['t', 7, [1], E.UNKNOWN_TOPIC_OR_PARTITION, 'Unable to find partition t:7.'],
    [
      ...['t', 0, []],
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes an empty replica list.',
    ],
    [
      ...['t', 0, [1, 2]],
      E.INVALID_REPLICA_ASSIGNMENT,
      'The manual partition assignment includes broker 2, but no such broker is registered.',
    ],
  ] as [string, number, number[] | null, number, string | null][])(
    'of %s-%i on %j',
    async (name, partitionIndex, replicas, errorCode, errorMessage) => {
      const { responses } = await client.send(Apis.AlterPartitionReassignments, 1, {
        topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
      })
      expect(responses).toMatchObject([{ name, partitions: [{ partitionIndex, errorCode, errorMessage }] }])
    },
  )

  it('no reassignment is ever under way', async () => {
    for (const topics of [null, [{ name: 't', partitionIndexes: [0] }]]) {
      expect(await client.send(Apis.ListPartitionReassignments, 0, { topics })).toMatchObject({
        errorCode: E.NONE,
        errorMessage: null,
        topics: [],
      })
    }
  })

  it('there is one directory, where everything is already', async () => {
    const { results: dirs } = await client.send(Apis.DescribeLogDirs, 4, { topics: [] })
    const path = dirs[0]?.logDir ?? ''
    const topics = [
      { name: 't', partitions: [0, 9] },
      { name: 'none', partitions: [0] },
    ]
    const moved = async (to: string) => {
      const { results } = await client.send(Apis.AlterReplicaLogDirs, 2, { dirs: [{ path: to, topics }] })
      return results.map(({ topicName, partitions }) => [
        topicName,
        ...partitions.map(({ errorCode }) => errorCode),
      ])
    }
    const [unknown, elsewhere] = [E.UNKNOWN_TOPIC_OR_PARTITION, E.LOG_DIR_NOT_FOUND]
    expect(await moved(path)).toEqual([
      ['t', E.NONE, unknown],
      ['none', unknown],
    ])
    expect(await moved('/nowhere')).toEqual([
      ['t', elsewhere, elsewhere],
      ['none', elsewhere],
    ])
  })
})

describe('the quorum', () => {
  const ask = (version: number, ...topics: [string, number][]) =>
    client.send(Apis.DescribeQuorum, version, {
      topics: topics.map(([topicName, partitionIndex]) => ({ topicName, partitions: [{ partitionIndex }] })),
    })

  it.each([0, 1, 2])('v%i is one controller', async (version) => {
    const { errorCode, topics, nodes } = await ask(version, ['__cluster_metadata', 0])
    const [partition] = topics[0]?.partitions ?? []
    expect([errorCode, partition?.errorCode, partition?.leaderId]).toEqual([E.NONE, E.NONE, 1])
    expect(partition?.currentVoters.map(({ replicaId }) => replicaId)).toEqual([1])
    expect(partition?.currentVoters[0]?.logEndOffset).toBe(partition?.highWatermark)
    expect(nodes.map(({ nodeId, listeners }) => [nodeId, listeners[0]?.port])).toEqual(
      version < 2 ? [] : [[1, cohort.port]],
    )
  })

  it('is of the metadata alone', async () => {
    for (const asked of [
      [['t', 0]],
      [['__cluster_metadata', 1]],
      [
        ['__cluster_metadata', 0],
        ['t', 0],
      ],
    ] as [string, number][][]) {
      const { topics, nodes } = await ask(2, ...asked)
      expect(topics[0]?.partitions[0]).toMatchObject({
        errorCode: E.UNKNOWN_TOPIC_OR_PARTITION,
        errorMessage: 'This server does not host this topic-partition.',
        currentVoters: [],
      })
      expect(nodes).toEqual([])
    }
  })
})

describe('producers', () => {
  it('that a partition remembers are described', async () => {
    const write = (producerId: bigint, baseSequence: number, timestampMs: bigint, count: number) => {
      const made = Array.from({ length: count }, (_, i) => ({
        timestampMs: timestampMs + BigInt(i),
        value: Buffer.from('v'),
      }))
      const records = buildBatch({ producerId, producerEpoch: 0, baseSequence, records: made })
      const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
      return client.send(Apis.Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
    }
    const { producerId } = await client.send(Apis.InitProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
    })
    const nowMs = BigInt(Date.now())
    await write(producerId, 0, nowMs, 3)
    await write(producerId, 3, nowMs - 50n, 1)
    const topics = [
      { name: 't', partitionIndexes: [0, 1, 9] },
      { name: 'none', partitionIndexes: [0] },
      { name: '', partitionIndexes: [0] },
    ]
    const answer = await client.send(Apis.DescribeProducers, 0, { topics })
    const producer = {
      producerId,
      producerEpoch: 0,
      lastSequence: 3,
      lastTimestamp: nowMs - 50n,
      coordinatorEpoch: -1,
      currentTxnStartOffset: -1n,
    }
    const unknown = { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, activeProducers: [] }
    expect(answer.topics.map(({ partitions }) => partitions)).toEqual([
      [
        { partitionIndex: 0, errorCode: E.NONE, errorMessage: null, activeProducers: [producer] },
        { partitionIndex: 1, errorCode: E.NONE, errorMessage: null, activeProducers: [] },
        { partitionIndex: 9, errorMessage: null, ...unknown },
      ],
      [{ partitionIndex: 0, errorMessage: 'This server does not host this topic-partition.', ...unknown }],
      [
        {
          partitionIndex: 0,
          errorCode: E.INVALID_TOPIC_EXCEPTION,
          errorMessage: 'Topic name is invalid: the empty string is not allowed',
          activeProducers: [],
        },
      ],
    ])
  })

  it('have no transactions', async () => {
    const stateFilters = ['Nope', 'Ongoing', 'ongoing']
    expect(await client.send(Apis.ListTransactions, 2, { stateFilters })).toMatchObject({
      errorCode: E.NONE,
      unknownStateFilters: ['Nope', 'ongoing'],
      transactionStates: [],
    })
    expect(await client.send(Apis.ListTransactions, 2, { transactionalIdPattern: '[' })).toMatchObject({
      errorCode: E.INVALID_REGULAR_EXPRESSION,
    })
  })
})

describe('the release', () => {
  const features = async (version: number, port: number) => {
    const other = await RawClient.connect(port)
    const software = { clientSoftwareName: 'a', clientSoftwareVersion: '1' }
    const answer = await other.send(Apis.ApiVersions, version, software)
    other.close()
    const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = answer
    return [
      ...supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, minVersion, maxVersion]),
      ...finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
      finalizedFeaturesEpoch >= 0n,
    ]
  }

  it('is told as metadata.version, as pages ask for it', async () => {
    const ours = [
      ['metadata.version', 7, 33],
      ['metadata.version', 33],
    ]
    expect(await features(3, cohort.port)).toEqual([...ours, true])
    expect(await features(2, cohort.port)).toEqual([false])
    await using older = await startCohort({ profile: 'kafka-3.9' })
    expect(await features(3, older.port)).toEqual([
      ['metadata.version', 1, 21],
      ['metadata.version', 21],
      true,
    ])
  })
})
