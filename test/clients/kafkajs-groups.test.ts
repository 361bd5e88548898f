// Real kafkajs consumer groups over TCP: who owns what, and that no record is skipped.

import { CompressionTypes } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { connect, Member, produce, type Read, readAll, settled } from './kafkajs.js'

const TOPIC = 'orders'
const PARTITIONS = 6
let cohort: Cohort
let members: Member[]
let ledger: Read[]

beforeEach(async () => {
  cohort = await startCohort({
    topics: { [TOPIC]: PARTITIONS },
    set: { 'group.min.session.timeout.ms': 500 },
  })
  members = []
  ledger = []
})

afterEach(async () => {
  await Promise.all(members.filter(({ isDead }) => !isDead).map((member) => member.stop()))
  await cohort.stop()
})

async function start(name: string, more: object = {}): Promise<Member> {
  const member = new Member(cohort, name, { groupId: 'group', topic: TOPIC, ledger, ...more })
  members.push(member)
  return member.start()
}

async function withProducer<T>(
  use: (producer: ReturnType<ReturnType<typeof connect>['producer']>) => Promise<T>,
) {
  const producer = connect(cohort).producer()
  await producer.connect()
  try {
    return await use(producer)
  } finally {
    await producer.disconnect()
  }
}

const counts = (reads: readonly Read[]) => {
  const times = new Map<string, number>()
  for (const { value } of reads) times.set(value, (times.get(value) ?? 0) + 1)
  return times
}

describe('a kafkajs consumer group', () => {
  it('reads every record once through joins, and skips none through a leave and a crash', async () => {
    await withProducer(async (producer) => {
      const first = await start('a')
      await settled([first], PARTITIONS)
      expect(first.partitions).toHaveLength(6)

      const second = await start('b')
      await settled([first, second], PARTITIONS)
      expect([first, second].map(({ partitions }) => partitions.length)).toEqual([3, 3])

      const third = await start('c')
      await settled([first, second, third], PARTITIONS)
      const stable = await produce(producer, TOPIC, 'stable', 1000)
      await readAll(ledger, stable)
      expect(ledger).toHaveLength(1000) // exactly once each

      await third.stop()
      members.pop()
      const meanwhile = await produce(producer, TOPIC, 'left', 200)
      await settled([first, second], PARTITIONS)
      await readAll(ledger, meanwhile)

      second.die()
      const afterDeath = await produce(producer, TOPIC, 'died', 200)
      await settled([first], PARTITIONS)
      await readAll(ledger, [...stable, ...meanwhile, ...afterDeath])
      const repeated = [...counts(ledger)].filter(([, times]) => times > 1).map(([value]) => value)
      expect(repeated.filter((value) => value.startsWith('stable'))).toEqual([]) // those were committed
    })
  })

  it('goes on from its committed offsets after all its members were restarted', async () => {
    await withProducer(async (producer) => {
      const before = await start('a')
      const old = await produce(producer, TOPIC, 'old', 100)
      await readAll(ledger, old)
      await before.stop()
      members.length = 0
      ledger.length = 0
      const fresh = await produce(producer, TOPIC, 'new', 100)
      await start('b')
      await readAll(ledger, fresh)
      expect(ledger.map(({ value }) => value).sort()).toEqual([...fresh].sort())
    })
  })

  it('takes up partitions that are added while it runs', async () => {
    await withProducer(async (producer) => {
      const member = await start('a', { metadataMaxAge: 300 })
      await settled([member], PARTITIONS)
      const admin = connect(cohort).admin()
      await admin.connect()
      await admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count: 8 }] })
      await admin.disconnect()
      await settled([member], 8)
      await producer.send({ topic: TOPIC, messages: [{ value: 'late', partition: 7 }] })
      await readAll(ledger, ['late'])
    })
  })

  it('reads batches that were compressed with gzip', async () => {
    await withProducer(async (producer) => {
      await start('a')
      const messages = Array.from({ length: 50 }, (_, i) => ({ value: `zipped-${i}` }))
      await producer.send({ topic: TOPIC, compression: CompressionTypes.GZIP, messages })
      await readAll(
        ledger,
        messages.map(({ value }) => value),
      )
    })
  })
})

describe('a kafkajs producer', () => {
  it('that is idempotent gets its records in once and in order', async () => {
    const producer = connect(cohort).producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (let i = 0; i < 20; i++) {
      await producer.send({ topic: TOPIC, messages: [{ partition: 0, value: `${i}` }], acks: -1 })
    }
    await producer.disconnect()
    const member = await start('a')
    await readAll(ledger, ['19'])
    expect(member.own.map(({ value }) => Number(value))).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it.each([0, 1, -1])('may ask for acks=%i', async (acks) => {
    await withProducer(async (producer) => {
      await producer.send({ topic: TOPIC, acks, messages: [{ value: `acks ${acks}` }] })
      await start('a')
      await readAll(ledger, [`acks ${acks}`])
    })
  })

  it('may write to a topic that does not exist yet', async () => {
    await withProducer(async (producer) => {
      await producer.send({ topic: 'made-on-the-fly', messages: [{ value: 'x' }] })
    })
    const admin = connect(cohort).admin()
    await admin.connect()
    expect(await admin.listTopics()).toContain('made-on-the-fly')
    await admin.disconnect()
  })
})
