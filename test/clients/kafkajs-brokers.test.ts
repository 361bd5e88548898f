// Real kafkajs consumers and producers on three brokers: they follow coordinators and leaders wherever these go, and skip nothing.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { connect, Member, produce, type Read, readAll, settled } from './kafkajs.js'

const TOPIC = 'orders'
const PARTITIONS = 6
let cohort: Cohort
let members: Member[]
let ledger: Read[]
let producer: ReturnType<ReturnType<typeof connect>['producer']>

beforeEach(async () => {
  cohort = await startCohort({
    brokers: 3,
    topics: { [TOPIC]: PARTITIONS },
    set: { 'group.min.session.timeout.ms': 500 },
  })
  members = []
  ledger = []
  producer = connect(cohort).producer()
  await producer.connect()
})

afterEach(async () => {
  await producer.disconnect()
  await Promise.all(members.map((member) => member.stop()))
  await cohort.stop()
})

async function start(name: string): Promise<Member> {
  const member = new Member(cohort, name, { groupId: 'group', topic: TOPIC, ledger, sessionTimeout: 6000 })
  members.push(member)
  return member.start()
}

/** APIs whose answers had this error anywhere. */
const answeredWith = (errorCode: number) => {
  const isSo = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(
      ([name, member]) => (name === 'errorCode' && member === errorCode) || isSo(member),
    )
  return new Set(cohort.requests().flatMap(({ api, response }) => (isSo(response) ? [api] : [])))
}

describe('kafkajs on three brokers', () => {
  it('a group works on while its coordinator moves, and misses nothing', async () => {
    const pair = [await start('a'), await start('b')]
    await settled(pair, PARTITIONS)
    const sent: string[] = []
    const homes = new Set<number>()
    for (let round = 0; round < 6; round++) {
      sent.push(...(await produce(producer, TOPIC, `round-${round}`, 60)))
      homes.add(await cohort.group('group').moveCoordinator(round % 2 === 0 ? {} : { loading: '20ms' }))
      await readAll(ledger, sent)
    }
    expect(homes).toEqual(new Set([1, 2, 3]))
    await settled(pair, PARTITIONS)
    expect(answeredWith(E.NOT_COORDINATOR).size).toBeGreaterThan(0)
    await produce(producer, TOPIC, 'last', 60) // kafkajs tries a commit that was refused again with the next batch
    await cohort.group('group').caughtUp({ timeout: '10s' })
  })

  it('producers and consumers follow the leaders of partitions', async () => {
    const members = [await start('a'), await start('b')]
    await settled(members, PARTITIONS)
    const sent = await produce(producer, TOPIC, 'before', 60)
    for (let round = 0; round < 4; round++) {
      for (let partition = 0; partition < PARTITIONS; partition++) cohort.moveLeader(TOPIC, partition)
      sent.push(...(await produce(producer, TOPIC, `round-${round}`, 60)))
    }
    await readAll(ledger, sent)
    const refused = answeredWith(E.NOT_LEADER_OR_FOLLOWER)
    expect(refused).toContain('Produce')
    expect(refused).toContain('Fetch')
  })

  it('a node stops and comes back, the coordinator too', async () => {
    const admin = connect(cohort).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'safe', numPartitions: 3, replicationFactor: 3 }] })
    await admin.disconnect()
    const reader = new Member(cohort, 'c', { groupId: 'safe', topic: 'safe', ledger, sessionTimeout: 6000 })
    members.push(reader)
    await reader.start()
    await settled([reader], 3)
    const coordinator = cohort.group('safe').coordinator()
    const sent: string[] = []
    for (const nodeId of [(coordinator % 3) + 1, coordinator]) {
      await cohort.stopBroker(nodeId)
      // Not by kafkajs: of a send that one broker has answered it forgets the partitions that move to that broker meanwhile.
      const records = Array.from({ length: 30 }, (_, i) => ({ value: `without-${nodeId}-${i}` }))
      await cohort.produce('safe', records)
      sent.push(...records.map(({ value }) => value))
      await readAll(ledger, sent)
      await cohort.startBroker(nodeId)
    }
    await cohort.group('safe').caughtUp({ timeout: '15s' })
  })
})
