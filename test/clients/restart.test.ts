// A server that is killed under load and started again on the same directory: its group does not notice. Same generation and members,
// nobody joins again, no record is lost, and at most what was not committed is read twice.

import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, it } from 'vitest'
import { ServerProcess, temporaryDirectory } from '../crash/server.js'
import { until } from '../helpers/until.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

const TOPIC = 'orders'
const PARTITIONS = 10
const CONSUMERS = 5
const GROUP = 'workers'
const RETRY = { initialRetryTime: 20, maxRetryTime: 100, retries: 1000 }
const SESSION_TIMEOUT_MS = 180_000
/**
 * None is due within this test, which therefore needs all to join at once: where one is due in the moment in which its only broker
 * goes, kafkajs 2.2 gives up with 'No broker available' and begins anew under another member id (recoverFromFetch, createFetchers).
 */
const HEARTBEAT_INTERVAL_MS = 60_000
/** Of a slow machine; every wait of the test says what it waited for before that. */
const TEST_TIMEOUT_MS = 120_000
const WAIT_MS = 30_000

const clean: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const each of clean.splice(0).reverse()) await each()
})

/** Everything that a consumer went through, in order. */
interface Book {
  /** How many partitions it was given each time. */
  readonly joins: number[]
  /** Of its commits. */
  readonly generations: Set<number>
  joinsSent: number
  readonly crashes: string[]
  readonly read: { value: string; partition: number; offset: bigint; isAfter: boolean }[]
  /** By partition: what the broker acknowledged. */
  readonly committed: Map<number, bigint>
}

it('five kafkajs consumers at work do not notice that the broker was killed and started again', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const { path, remove } = temporaryDirectory()
  clean.push(remove)
  const settings = { 'offsets.topic.num.partitions': 3, 'group.initial.rebalance.delay.ms': 3000 }
  const server = await ServerProcess.prepare({
    ...{
      dataDir: `${path}/data`,
      workDir: path,
      fromSource: true,
      settings,
      topics: { [TOPIC]: PARTITIONS },
    },
  })
  await server.start()
  clean.push(() => server.end('SIGKILL'))
  const kafka = new Kafka({ brokers: server.brokers, logLevel: logLevel.NOTHING, retry: RETRY })
  let isAfter = false
  const books = await Promise.all(Array.from({ length: CONSUMERS }, () => consume(kafka, () => isAfter)))
  const admin = kafka.admin()
  await admin.connect()
  clean.push(() => admin.disconnect())
  const described = async () => (await admin.describeGroups([GROUP])).groups[0]
  const has = (value: (book: Book) => boolean) => () => books.every(value)
  await until(
    'five members have two partitions each',
    has(({ joins }) => joins.at(-1) === 2),
  )
  const joinsSent = books.map((book) => book.joinsSent)
  const before = await described()
  expect(before?.state).toBe('Stable')

  const producing = produce(kafka)
  await until(
    'everybody is at work',
    has(({ read, committed }) => read.length > 20 && committed.size > 0),
  )
  const committed = new Map(books.flatMap((book) => [...book.committed]))
  await server.end('SIGKILL')
  const acknowledgedBefore = producing.acknowledged.length
  isAfter = true
  await server.start()
  await until(
    'everybody is at work again',
    has(({ read }) => read.filter((each) => each.isAfter).length > 20),
    WAIT_MS,
    () =>
      `acknowledged: ${acknowledgedBefore} records before, ${producing.acknowledged.length} in all; ${seen(books)}`,
  )
  await until('records go in again', () => producing.acknowledged.length > acknowledgedBefore)
  await producing.stop()
  const all = () => new Set(books.flatMap(({ read }) => read.map(({ value }) => value)))
  const missing = () => {
    const there = all()
    return producing.acknowledged.filter((value) => !there.has(value))
  }
  await until(
    'every acknowledged record is read',
    () => missing().length === 0,
    WAIT_MS,
    () => `missing: ${missing().length}, ${missing().slice(0, 20)}; ${seen(books)}`,
  )

  expect(
    books.map((book) => book.joinsSent),
    seen(books),
  ).toEqual(joinsSent)
  const after = await described()
  expect(after?.state).toBe('Stable')
  expect(after?.members.map(({ memberId }) => memberId)).toEqual(
    before?.members.map(({ memberId }) => memberId),
  )
  expect(after?.members.map(({ memberAssignment }) => memberAssignment)).toEqual(
    before?.members.map(({ memberAssignment }) => memberAssignment),
  )
  expect(new Set(books.flatMap(({ generations }) => [...generations])).size).toBe(1)
  for (const { read } of books) expect(repeatedThoughCommitted(read, committed)).toEqual([])
  const offsets = new Set(books.flatMap(({ read }) => read.map((each) => `${each.partition} ${each.offset}`)))
  expect(all().size).toBe(offsets.size) // each record is in the log once
})

async function consume(kafka: Kafka, isAfter: () => boolean): Promise<Book> {
  const book: Book = {
    joins: [],
    generations: new Set(),
    joinsSent: 0,
    crashes: [],
    read: [],
    committed: new Map(),
  }
  const consumer = kafka.consumer({
    ...{ groupId: GROUP, sessionTimeout: SESSION_TIMEOUT_MS, rebalanceTimeout: SESSION_TIMEOUT_MS },
    ...{ heartbeatInterval: HEARTBEAT_INTERVAL_MS, maxWaitTimeInMs: 50, retry: RETRY },
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    book.joins.push(payload.memberAssignment[TOPIC]?.length ?? 0)
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => book.crashes.push(payload.error.message))
  consumer.on(consumer.events.REBALANCING, () => book.crashes.push('told to rebalance'))
  consumer.on(consumer.events.REQUEST, ({ payload }) => {
    if (payload.apiName === 'JoinGroup') book.joinsSent++
  })
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
    book.generations.add(Number(payload.groupGenerationId))
    for (const { partition, offset } of payload.topics.flatMap(({ partitions }) => partitions))
      book.committed.set(Number(partition), BigInt(offset))
  })
  await consumer.connect()
  clean.push(() => consumer.disconnect())
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 5,
    eachMessage: async ({ partition, message }) => {
      const value = String(message.value)
      book.read.push({ value, partition, offset: BigInt(message.offset), isAfter: isAfter() })
    },
  })
  return book
}

function seen(books: readonly Book[]): string {
  const each = ({ read, joins, joinsSent, crashes }: Book) =>
    `${read.filter(({ isAfter }) => isAfter).length} of ${read.length} read behind it, ${joins.length} of ${joinsSent} joins, ${crashes.length} crashes (${crashes.slice(-3)})`
  return books.map(each).join('; ')
}

/** Sends without end, each record once more only where kafkajs itself does. */
function produce(kafka: Kafka) {
  const acknowledged: string[] = []
  let isOver = false
  const run = async () => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: RETRY })
    await producer.connect()
    for (let n = 0; !isOver; n++) {
      const values = Array.from({ length: PARTITIONS }, (_, partition) => `${n}.${partition}`)
      const messages = values.map((value, partition) => ({ partition, value }))
      await producer.send({ topic: TOPIC, acks: -1, messages })
      acknowledged.push(...values)
    }
    await producer.disconnect()
  }
  const done = run()
  done.catch(() => {})
  const stop = () => {
    isOver = true
    return done
  }
  clean.push(stop)
  return { acknowledged, stop }
}

/** Reads behind the restart of what was committed before it. */
function repeatedThoughCommitted(read: Book['read'], committed: ReadonlyMap<number, bigint>): string[] {
  const wasRead = new Set(read.filter((each) => !each.isAfter).map(({ value }) => value))
  return read
    .filter((each) => each.isAfter && wasRead.has(each.value))
    .filter(({ partition, offset }) => offset < (committed.get(partition) ?? 0n))
    .map(({ value }) => value)
}
