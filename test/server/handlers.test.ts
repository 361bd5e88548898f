// What the conformance cases on the data plane found: answers that were others than those of Apache Kafka 4.4.0.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { MAGIC_OFFSET, TRANSACTIONAL_FLAG } from '../../src/protocol/records/header.js'
import { RawClient } from '../helpers/raw-client.js'

const NOT_ASKED_FOR = -(2 ** 31)

let cohort: Cohort
let client: RawClient

beforeEach(async () => {
  cohort = await startCohort({ topics: { t: 3, u: 1 } })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

function batch(attributes = 0, magic = 2): Buffer {
  const records = [{ timestampMs: BigInt(Date.now()), value: Buffer.from('v') }]
  const ofProducer = attributes === 0 ? {} : { producerId: 1n, producerEpoch: 0, baseSequence: 0 }
  const bytes = buildBatch({ records, attributes, ...ofProducer })
  bytes.writeInt8(magic, MAGIC_OFFSET)
  return bytes
}

const produceBody = (records: readonly Buffer[], acks: number, transactionalId: string | null = null) => ({
  ...{ acks, timeoutMs: 1000, transactionalId },
  topicData: [{ name: 't', partitionData: records.map((each, index) => ({ index, records: each })) }],
})

const endOf = async (partitionIndex: number) => {
  const topics = [{ name: 't', partitions: [{ partitionIndex, timestamp: -1n }] }]
  const answer = await client.send(Apis.ListOffsets, 7, { replicaId: -1, topics })
  return answer.topics[0]?.partitions[0]?.offset
}

describe('Produce', () => {
  it.each([
    ['a magic that there is not', batch(0, 3), E.CORRUPT_MESSAGE],
    ['a size that no batch has', Buffer.alloc(20), E.CORRUPT_MESSAGE],
    ['a transaction without its id', batch(TRANSACTIONAL_FLAG), E.TRANSACTIONAL_ID_AUTHORIZATION_FAILED],
  ])('%s: all partitions are refused', async (_, wrong, code) => {
    const { responses } = await client.send(Apis.Produce, 9, produceBody([batch(), wrong, batch()], -1))
    const codes = responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)
    expect(codes).toEqual([code, code, code])
    expect(await endOf(0)).toBe(0n)
  })

  it('a transaction with its id is refused alone, as long as there are none', async () => {
    const body = produceBody([batch(), batch(TRANSACTIONAL_FLAG)], -1, 'tx')
    const { responses } = await client.send(Apis.Produce, 9, body)
    const codes = responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)
    expect(codes).toEqual([E.NONE, E.INVALID_TXN_STATE])
  })

  it('with acks 0 that fails nothing is done that came behind it', async () => {
    const refused = client.frame(Apis.Produce, 9, produceBody([batch(0, 3)], 0))
    const behind = client.frame(Apis.Produce, 9, produceBody([batch()], 1))
    await expect(client.sendBytes(Buffer.concat([refused, behind]))).rejects.toThrow('connection closed')
    client = await RawClient.connect(cohort.port)
    expect(await endOf(0)).toBe(0n)
  })
})

it('ListOffsets tells a partition that is named twice once', async () => {
  const partitions = [0, 1, 0].map((partitionIndex) => ({ partitionIndex, timestamp: -1n }))
  const { topics } = await client.send(Apis.ListOffsets, 7, {
    replicaId: -1,
    topics: [{ name: 't', partitions }],
  })
  const told = topics[0]?.partitions.map((each) => [each.partitionIndex, each.errorCode])
  expect(told).toEqual([
    [0, E.INVALID_REQUEST],
    [1, E.NONE],
  ])
})

describe('DescribeTopicPartitions', () => {
  const ask = (responsePartitionLimit: number, cursor: object | null = null) =>
    client.send(Apis.DescribeTopicPartitions, 0, {
      topics: [{ name: 't' }, { name: 'u' }],
      responsePartitionLimit,
      cursor: cursor as { topicName: string; partitionIndex: number } | null,
    })

  it.each([
    ['at a topic that is not asked for', { topicName: 'tt', partitionIndex: 0 }],
    ['below 0', { topicName: 't', partitionIndex: -1 }],
  ])('refuses a cursor %s', async (_, cursor) => {
    const { topics, nextCursor } = await ask(9, cursor)
    const refused = { errorCode: E.INVALID_REQUEST, partitions: [], topicAuthorizedOperations: NOT_ASKED_FOR }
    expect(topics).toMatchObject([
      { name: 't', ...refused },
      { name: 'u', ...refused },
    ])
    expect(nextCursor).toBeNull()
  })

  it.each([0, -7])('takes a limit of %j for 1', async (limit) => {
    const { topics, nextCursor } = await ask(limit)
    expect(topics.map(({ partitions }) => partitions.length)).toEqual([1])
    expect(nextCursor).toEqual({ topicName: 't', partitionIndex: 1 })
  })
})

it.each([0, 3])('DescribeCluster does not know endpoints of type %j', async (endpointType) => {
  expect(await client.send(Apis.DescribeCluster, 1, { endpointType })).toMatchObject({
    errorCode: E.UNSUPPORTED_ENDPOINT_TYPE,
    errorMessage: `Unsupported endpoint type ${endpointType}`,
    brokers: [],
  })
})

describe('DescribeConfigs', () => {
  const ask = async (...resources: object[]) =>
    (await client.send(Apis.DescribeConfigs, 4, { resources })).results

  it('takes an empty list of names for all', async () => {
    const topic = { resourceType: 2, resourceName: 't' }
    const [all, empty] = await ask({ ...topic, configurationKeys: null }, { ...topic, configurationKeys: [] })
    expect(empty?.configs.length).toBeGreaterThan(20)
    expect(empty?.configs).toEqual(all?.configs)
  })

  it('refuses all resources when one is of a type that there is not', async () => {
    const told = await ask(
      { resourceType: 2, resourceName: 't', configurationKeys: null },
      { resourceType: 99, resourceName: 'x', configurationKeys: null },
    )
    expect(told.map(({ errorCode, configs }) => [errorCode, configs.length])).toEqual([
      [E.INVALID_REQUEST, 0],
      [E.INVALID_REQUEST, 0],
    ])
  })
})
