// The admin client of kafkajs.

import { type Admin, AssignerProtocol, ConfigResourceTypes } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { connect, Member, produce, type Read, readAll } from './kafkajs.js'

const TOPIC = 'orders'
let cohort: Cohort
let admin: Admin

beforeEach(async () => {
  cohort = await startCohort({ topics: { [TOPIC]: 2 }, set: { 'group.min.session.timeout.ms': 500 } })
  admin = connect(cohort).admin()
  await admin.connect()
})

afterEach(async () => {
  await admin.disconnect()
  await cohort.stop()
})

const offsets = async (groupId: string, resolveOffsets = false) => {
  const [topic] = await admin.fetchOffsets({ groupId, topics: [TOPIC], resolveOffsets })
  return Object.fromEntries((topic?.partitions ?? []).map(({ partition, offset }) => [partition, offset]))
}

describe('the kafkajs admin client', () => {
  it('describes, lists and deletes groups', async () => {
    const ledger: Read[] = []
    const member = await new Member(cohort, 'a', { groupId: 'group', topic: TOPIC, ledger }).start()
    const producer = connect(cohort).producer()
    await producer.connect()
    await readAll(ledger, await produce(producer, TOPIC, 'x', 10))
    await producer.disconnect()

    const [group] = (await admin.describeGroups(['group'])).groups
    expect(group).toMatchObject({ state: 'Stable', protocolType: 'consumer', errorCode: 0 })
    const assignment = AssignerProtocol.MemberAssignment.decode(group!.members[0]!.memberAssignment)
    expect(assignment?.assignment).toEqual({ [TOPIC]: [0, 1] })
    expect(await admin.listGroups()).toEqual({ groups: [{ groupId: 'group', protocolType: 'consumer' }] })
    await expect(admin.deleteGroups(['group'])).rejects.toThrow()

    await member.stop()
    expect((await admin.describeGroups(['group'])).groups[0]).toMatchObject({ state: 'Empty', members: [] })
    await admin.deleteGroups(['group'])
    expect((await admin.listGroups()).groups).toEqual([])
    expect((await admin.describeGroups(['group'])).groups[0]).toMatchObject({ state: 'Dead' })
  })

  it('sets, fetches and resets offsets', async () => {
    expect(await offsets('g')).toEqual({ 0: '-1', 1: '-1' })
    await admin.setOffsets({ groupId: 'g', topic: TOPIC, partitions: [{ partition: 0, offset: '7' }] })
    expect(await offsets('g')).toEqual({ 0: '7', 1: '-1' })
    await admin.resetOffsets({ groupId: 'g', topic: TOPIC, earliest: true })
    expect(await offsets('g')).toEqual({ 0: '-2', 1: '-2' }) // kafkajs commits the special offset for 'earliest'
    expect(await offsets('g', true)).toEqual({ 0: '0', 1: '0' })
  })

  it('creates, lists, describes and deletes topics', async () => {
    expect(
      await admin.createTopics({ topics: [{ topic: 'new', numPartitions: 3, replicationFactor: 3 }] }),
    ).toBe(true)
    expect(await admin.createTopics({ topics: [{ topic: 'new' }] })).toBe(false)
    expect((await admin.listTopics()).sort()).toEqual(['new', TOPIC])
    const { topics } = await admin.fetchTopicMetadata({ topics: ['new'] })
    expect(topics[0]?.partitions).toHaveLength(3)
    await admin.createPartitions({ topicPartitions: [{ topic: 'new', count: 5 }] })
    expect((await admin.fetchTopicMetadata({ topics: ['new'] })).topics[0]?.partitions).toHaveLength(5)
    await admin.deleteTopics({ topics: ['new'] })
    expect(await admin.listTopics()).toEqual([TOPIC])
  })

  it('finds offsets by end and by time', async () => {
    const producer = connect(cohort).producer()
    await producer.connect()
    const messages = [100, 200, 300].map((time) => ({ partition: 0, value: `${time}`, timestamp: `${time}` }))
    await producer.send({ topic: TOPIC, messages })
    await producer.disconnect()
    const [first] = await admin.fetchTopicOffsets(TOPIC)
    expect(first).toEqual({ partition: 0, offset: '3', low: '0', high: '3' })
    const byTime = await admin.fetchTopicOffsetsByTimestamp(TOPIC, 150)
    expect(byTime.find(({ partition }) => partition === 0)?.offset).toBe('1')
  })

  it('describes the cluster and its settings', async () => {
    const { brokers, controller, clusterId } = await admin.describeCluster()
    expect(brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: cohort.port }])
    expect(controller).toBe(1)
    expect(clusterId).toHaveLength(22)
    const { resources } = await admin.describeConfigs({
      includeSynonyms: true,
      resources: [
        { type: ConfigResourceTypes.BROKER, name: '1', configNames: ['group.min.session.timeout.ms'] },
        { type: ConfigResourceTypes.TOPIC, name: TOPIC, configNames: ['cleanup.policy'] },
      ],
    })
    expect(resources[0]?.configEntries[0]).toMatchObject({ configValue: '500', isDefault: false })
    expect(resources[1]?.configEntries[0]).toMatchObject({ configValue: 'delete', isDefault: true })
  })
})
