// Topics, records and offsets without a client; looking back; verify.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { connect } from '../clients/kafkajs.js'
import { RawClient } from '../helpers/raw-client.js'
import { RawMember } from './member.js'

let cohort: Cohort

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 } })
})
afterEach(() => cohort.stop())

it('records are produced in turn or where they are told to, and read back as they were', async () => {
  const places = await cohort.produce('orders', [
    { value: 'a' },
    { value: 'b', partition: 2, key: 'k', headers: { trace: 'x' }, timestamp: 1_700_000_000_000 },
    { value: 'c' },
    { value: null, key: Buffer.from([1, 2]), partition: 2 },
  ])
  expect(places).toEqual([
    { partition: 0, offset: 0n },
    { partition: 2, offset: 0n },
    { partition: 1, offset: 0n },
    { partition: 2, offset: 1n },
  ])
  const records = await cohort.records('orders')
  expect(
    records.map(({ partition, offset, value }) => [partition, offset, value?.toString() ?? null]),
  ).toEqual([
    [0, 0n, 'a'],
    [1, 0n, 'c'],
    [2, 0n, 'b'],
    [2, 1n, null],
  ])
  expect(records[2]).toMatchObject({ timestampMs: 1_700_000_000_000n, key: Buffer.from('k') })
  expect(records[2]?.headers).toEqual([{ key: Buffer.from('trace'), value: Buffer.from('x') }])
  expect(await cohort.records('orders', { partition: 1 })).toHaveLength(1)
})

it('what kafkajs produces is read, and what is produced here kafkajs consumes', async () => {
  const kafka = connect(cohort)
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ key: 'k', value: 'from kafkajs', partition: 1 }] })
  await producer.disconnect()
  const [record] = await cohort.records('orders', { partition: 1 })
  expect([record?.key?.toString(), record?.value?.toString()]).toEqual(['k', 'from kafkajs'])

  await cohort.produce('orders', [{ value: 'from the test', partition: 0 }])
  const consumer = kafka.consumer({ groupId: 'readers' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  const values: string[] = []
  await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) })
  await cohort.group('readers').committed('orders', 0, 1)
  await cohort.group('readers').committed('orders', 1, 1)
  expect(values.sort()).toEqual(['from kafkajs', 'from the test'])
  await consumer.disconnect()
})

it('topics are made, grown and deleted; what cannot be says why', async () => {
  cohort.createTopic('more', 2)
  cohort.growTopic('more', 4)
  await cohort.produce('more', [{ value: 'x', partition: 3 }])
  cohort.deleteTopic('more')
  await expect(cohort.records('more')).rejects.toThrow("there is no topic 'more', only orders")
  expect(() => cohort.createTopic('orders')).toThrow("topic 'orders': Topic 'orders' already exists.")
  expect(() => cohort.growTopic('orders', 1)).toThrow('currently has 3 partition(s)')
  expect(() => cohort.growTopic('nothing', 1)).toThrow("topic 'nothing': UNKNOWN_TOPIC_OR_PARTITION")
  await expect(cohort.produce('orders', [{ value: 'x', partition: 9 }])).rejects.toThrow(
    "messages[0].partition is 9, but topic 'orders' has partitions 0 to 2",
  )
})

it('offsets are committed for a group without members', async () => {
  await cohort.commit('g', { orders: { 0: 5, 2: 7n } })
  expect(await cohort.group('g').committedOffset('orders', 2)).toBe(7n)
  const { topics } = await cohort.group('g').offsets()
  expect(topics[0]?.partitions.map(({ committedOffset }) => committedOffset)).toEqual([5n, 7n])
  const member = await RawMember.alone(cohort, 'g')
  await expect(cohort.commit('g', { orders: { 0: 1 } })).rejects.toThrow(
    "orders-0 of group 'g': UNKNOWN_MEMBER_ID: the group has members",
  )
  await expect(cohort.commit('g', { orders: { 9: 1 } })).rejects.toThrow('UNKNOWN_TOPIC_OR_PARTITION')
  member.client.close()
})

it('reset brings back the beginning', async () => {
  cohort.createTopic('later')
  await cohort.produce('orders', [{ value: 'x' }])
  const member = await RawMember.alone(cohort, 'g')
  await member.commit(1)
  cohort.fault({ api: 'Heartbeat', drop: true }).remove()
  expect(() => cohort.verify()).toThrow('a fault was never met: Heartbeat: drop true')
  await cohort.reset()
  cohort.verify()
  expect([cohort.requests(), cohort.events(), cohort.group('g').rebalances]).toEqual([[], [], 0])
  expect(await cohort.records('orders')).toEqual([])
  expect(await cohort.group('g').snapshot()).toBeNull()
  expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
  await expect(cohort.records('later')).rejects.toThrow("there is no topic 'later'")
  member.client.close()
})

it('requests are kept with their bodies, answers and times, and are found by API, group, client and member', async () => {
  const member = await RawMember.alone(cohort, 'g')
  await member.heartbeat()
  const [beat] = cohort.requests('Heartbeat')
  expect(beat).toMatchObject({
    api: 'Heartbeat',
    version: 4,
    clientId: 'raw',
    group: 'g',
    memberId: member.memberId,
    body: { groupId: 'g', generationId: 1 },
    response: { errorCode: 0 },
    fault: null,
  })
  expect(beat?.answeredAtMs).toBeGreaterThanOrEqual(beat?.atMs as number)
  expect(cohort.requests().map(({ api }) => api)).toEqual([
    'JoinGroup',
    'JoinGroup',
    'SyncGroup',
    'Heartbeat',
  ])
  expect(cohort.requests('JoinGroup', { group: 'other' })).toEqual([])
  expect(cohort.requests(undefined, { client: 'raw', member: member.memberId })).toHaveLength(3)
  await cohort.produce('orders', [{ value: 'x'.repeat(100) }])
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }]
  await member.client.send(Apis.Fetch, 11, { maxBytes: 1000, topics: [{ topic: 'orders', partitions }] })
  expect(
    JSON.stringify(cohort.requests('Fetch')[0]?.response, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  ).toMatch(/"records":"\d+ bytes"/)
  member.client.close()
})

it('events tell what happened and why', async () => {
  const member = await RawMember.alone(cohort, 'g')
  expect(cohort.events('g').map(({ type }) => type)).toEqual([
    'member-pending',
    'member-joined',
    'state',
    'state',
    'state',
  ])
  expect(cohort.events('g')[1]).toMatchObject({ memberId: member.memberId, atMs: expect.any(Number) })
  expect(cohort.events('other')).toEqual([])
  member.client.close()
})

it('verify finds what is lacking, and in strict mode who was left connected', async () => {
  const client = await RawClient.connect(cohort.port)
  await client.send(Apis.ApiVersions, 3, { clientSoftwareName: 'left', clientSoftwareVersion: '1.2' })
  cohort.verify()
  expect(() => cohort.verify({ strict: true })).toThrow(
    /^client 'raw' \(left 1\.2\) was left connected, for \d+ ms$/,
  )
  const frame = client.frame(Apis.Heartbeat, 4, { groupId: 'g' })
  frame.writeInt16BE(9999, 4)
  await expect(client.sendBytes(frame)).rejects.toThrow('connection closed')
  expect(() => cohort.verify()).toThrow(
    /asked for what is lacking: API key 9999 \(version 4\) is not handled/,
  )
  await expect(cohort.stop()).rejects.toThrow('is lacking')
  cohort = await startCohort()
})

it('stop tells who was still connected', async () => {
  const client = await RawClient.connect(cohort.port)
  await client.heartbeat()
  const { connected } = await cohort.stop()
  expect(connected).toMatchObject([{ clientId: 'raw', software: null, host: '/127.0.0.1' }])
  await client.closed
})

it('a seed gives the same ids on every run', async () => {
  const ids: string[] = []
  for (let i = 0; i < 2; i++) {
    await using seeded = await startCohort({ topics: { orders: 1 }, seed: 7 })
    const member = await RawMember.alone(seeded, 'g')
    ids.push(member.memberId)
    member.client.close()
  }
  expect(ids).toEqual([
    'raw-00000000-0000-4000-8000-000000000008',
    'raw-00000000-0000-4000-8000-000000000008',
  ])
})
