// Records in and out without a client: any number of them, of any bytes, and what cannot be said with its place.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, type Message, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { RawClient } from '../helpers/raw-client.js'

let cohort: Cohort

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 }, set: { 'fetch.max.bytes': 400_000 } })
})
afterEach(() => cohort.stop())

const large = (count: number): Message[] =>
  Array.from({ length: count }, (_, i) => ({ value: String(i).padEnd(100_000, '.'), partition: i % 2 }))

describe('produce', () => {
  it('takes more than one batch may hold, and records reads more than one answer may', async () => {
    const places = await cohort.produce('orders', large(40))
    expect(places[39]).toEqual({ partition: 1, offset: 19n })
    const records = await cohort.records('orders')
    expect(records.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual(
      [0, 1].flatMap((partition) => Array.from({ length: 20 }, (_, i) => `${partition}:${i}`)),
    )
    expect(records.map(({ value }) => Number.parseInt(String(value), 10))).toEqual(
      [0, 1].flatMap((partition) => Array.from({ length: 20 }, (_, i) => 2 * i + partition)),
    )
  })

  it('cuts its batches by the max.message.bytes of the broker', async () => {
    await using small = await startCohort({ topics: { orders: 1 }, set: { 'message.max.bytes': 300 } })
    await small.produce(
      'orders',
      Array.from({ length: 30 }, () => ({ value: 'x'.repeat(100), headers: { a: 'b'.repeat(20) } })),
    )
    await small.produce(
      'orders',
      Array.from({ length: 300 }, () => ({ value: null })),
    )
    expect(await small.records('orders')).toHaveLength(330)
    await small.produce('orders', [{ value: 'x'.repeat(230) }]) // at most 300 with its batch
    await expect(small.produce('orders', [{ value: 'x'.repeat(240) }])).rejects.toThrow(
      'where max.message.bytes is 300',
    )
  })

  it('leaves what was deleted out, in the middle of a batch too', async () => {
    await cohort.produce(
      'orders',
      [{ value: 'a' }, { value: 'b' }, { value: 'c' }].map((each) => ({ ...each, partition: 1 })),
    )
    const client = await RawClient.connect(cohort.port)
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 1, offset: 1n }] }]
    await client.send(Apis.DeleteRecords, 2, { topics, timeoutMs: 1000 })
    expect(await cohort.records('orders')).toMatchObject([{ offset: 1n }, { offset: 2n }])
    client.close()
  })

  it('says which record is too large, before any of them is there', async () => {
    const messages = [{ value: 'a' }, { value: 'x'.repeat(2_000_000) }]
    await expect(cohort.produce('orders', messages)).rejects.toThrow(
      "messages[1] is too large for topic 'orders': 2000074 bytes with its batch, where max.message.bytes is 1048588",
    )
    expect(await cohort.records('orders')).toEqual([])
  })

  it('says which record the broker refuses', async () => {
    const inFuture = [{ value: 'a', timestamp: Date.now() + 86_400_000, partition: 0 }]
    await expect(cohort.produce('orders', inFuture)).rejects.toThrow(
      /^messages\[0\]: orders-0 takes no record: INVALID_TIMESTAMP: /,
    )
    await expect(cohort.produce('orders', [{ value: 'b', partition: 0 }, ...inFuture])).rejects.toThrow(
      /^one of messages\[0\] to messages\[1\]: orders-0 takes no record/,
    )
  })

  it('takes headers that come again, have no value, and are no text', async () => {
    const bytes = Buffer.from([0xff])
    await cohort.produce('orders', [
      {
        value: 'a',
        headers: [
          ['h', '1'],
          ['h', null],
          [bytes, bytes],
        ],
        partition: 0,
      },
      { value: 'b', headers: { h: null, i: new Uint8Array([1]) }, partition: 0 },
    ])
    const [a, b] = await cohort.records('orders')
    expect(a?.headers).toEqual([
      { key: Buffer.from('h'), value: Buffer.from('1') },
      { key: Buffer.from('h'), value: null },
      { key: bytes, value: bytes },
    ])
    expect(b?.headers).toEqual([
      { key: Buffer.from('h'), value: null },
      { key: Buffer.from('i'), value: Buffer.from([1]) },
    ])
  })

  it.each<[unknown, string]>([
    ['a', 'messages is "a", but must be an array of messages'],
    [[5], 'messages[0] is 5, but must be an object'],
    [[{ value: 'a' }, {}], 'messages[1].value is missing: it must be a text, or a Buffer, or null'],
    [[{ value: 5 }], 'messages[0].value is 5, but must be a text, or a Buffer, or null'],
    [[{ value: 'a', key: {} }], 'messages[0].key is {}, but must be a text, or a Buffer, or null'],
    [
      [{ value: 'a', partitions: 1 }],
      "messages[0].partitions: there is no such option (did you mean 'partition'?)",
    ],
    [[{ value: 'a', partition: -1 }], 'messages[0].partition is -1, but must be a whole number from 0 on'],
    [
      [{ value: 'a', headers: { a: 5 } }],
      'messages[0].headers is {"a":5}, but must be an object of header name -> value',
    ],
    [
      [{ value: 'a', headers: [['a']] }],
      'messages[0].headers is [["a"]], but must be an object of header name -> value',
    ],
    [
      [{ value: 'a', timestamp: 1.5 }],
      'messages[0].timestamp is 1.5, but must be milliseconds since the epoch',
    ],
    [
      [{ value: 'a' }, { value: 'b', partition: 3 }],
      "messages[1].partition is 3, but topic 'orders' has partitions 0 to 2",
    ],
  ])('refuses %j, and adds nothing', async (messages, message) => {
    await expect(cohort.produce('orders', messages as Message[])).rejects.toThrow(message)
    expect(await cohort.records('orders')).toEqual([])
  })
})

describe('topics', () => {
  it.each([0, -1, 1.5, 10_001, 1e9, '3', Number.NaN])('have from 1 to 10000 partitions, not %j', (count) => {
    const partitions = count as number
    const expected = 'but must be a whole number from 1 to 10000'
    expect(() => cohort.createTopic('big', partitions)).toThrow(
      `createTopic('big'): partitions is ${typeof count === 'string' ? `"${count}"` : count}, ${expected}`,
    )
    expect(() => cohort.growTopic('orders', partitions)).toThrow(`growTopic('orders'): partitions is`)
    expect(cohort.topics()).toEqual({ orders: 3 })
  })
})

describe('commit', () => {
  it('takes metadata, and digits where a number is too small', async () => {
    const offset = '9223372036854775807' as unknown as bigint
    await cohort.commit('g', { orders: { 0: { offset: 5, metadata: 'note' }, 1: offset, 2: 7n } })
    const { topics } = await cohort.group('g').offsets()
    expect(topics[0]?.partitions.map(({ committedOffset, metadata }) => [committedOffset, metadata])).toEqual(
      [
        [5n, 'note'],
        [9223372036854775807n, ''],
        [7n, ''],
      ],
    )
  })

  it.each<[unknown, string]>([
    [null, 'offsets is null, but must be an object of topic -> partition -> offset'],
    [{ orders: 5 }, 'offsets.orders is 5, but must be an object of partition -> offset'],
    [{ orders: { x: 5 } }, "offsets.orders.x: 'x' is no partition"],
    [{ orders: { 0: -1 } }, 'offsets.orders.0 is -1, but must be a whole number from 0 to 2^63-1'],
    [
      { orders: { 0: 2n ** 63n } },
      'offsets.orders.0 is "9223372036854775808", but must be a whole number from 0',
    ],
    [
      { orders: { 0: { offst: 1 } } },
      "offsets.orders.0.offst: there is no such field (did you mean 'offset'?)",
    ],
    [{ nothing: { 0: 1 } }, "there is no topic 'nothing', only orders"],
  ])('refuses %o', async (offsets, message) => {
    await expect(cohort.commit('g', offsets as Record<string, never>)).rejects.toThrow(message)
    expect(await cohort.group('g').snapshot()).toBeNull()
  })
})
