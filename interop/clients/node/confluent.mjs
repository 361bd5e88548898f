// @confluentinc/kafka-javascript as a client program, by the API of node-rdkafka that it keeps: callbacks for every
// rebalance, librdkafka beneath. It commits after every batch.

import { createRequire } from 'node:module'
import { answer, fail, listen, mode, records, say, settings } from './program.mjs'

const kafka = createRequire(`${process.env.INTEROP_PACKAGES}/`)('@confluentinc/kafka-javascript')
const { topic, group } = settings
const base = { 'bootstrap.servers': settings.bootstrap, 'client.id': settings.client }
const LIMIT_MS = 10_000
const { ERR__ASSIGN_PARTITIONS, ERR__REVOKE_PARTITIONS } = kafka.CODES.ERRORS

const modes = { produce, consume, admin }
modes[mode]().catch(fail)

function connected(client) {
  return new Promise((resolve, reject) =>
    client.connect({ timeout: LIMIT_MS }, (error) => (error ? reject(error) : resolve(client))),
  )
}

async function produce() {
  const config = {
    ...base,
    'linger.ms': 0,
    'enable.idempotence': settings.idempotent !== undefined,
    'compression.codec': settings.codec ?? 'none',
    dr_cb: true,
  }
  const producer = await connected(new kafka.Producer(config, {}))
  producer.setPollInterval(10)
  let failed = null
  producer.on('delivery-report', (error) => {
    failed ??= error
  })
  listen({
    send: async (from, count, partitions) => {
      for (const { key, value, partition } of records(from, count, partitions))
        producer.produce(topic, partition, Buffer.from(value), key)
      await new Promise((resolve, reject) =>
        producer.flush(LIMIT_MS, (error) => (error ? reject(error) : resolve())),
      )
      if (failed) throw failed
      say('produced', { count: Number(count) })
    },
  })
}

function memberConfig() {
  return {
    ...base,
    'group.id': group,
    'enable.auto.commit': false,
    'session.timeout.ms': Number(settings.session),
    'heartbeat.interval.ms': Number(settings.heartbeat),
    'max.poll.interval.ms': Number(settings.poll ?? settings.rebalance),
    'topic.metadata.refresh.interval.ms': Number(settings.metadata),
    'fetch.wait.max.ms': 100,
    ...(settings.instance && { 'group.instance.id': settings.instance }),
    rebalance_cb: true,
  }
}

async function consume() {
  const consumer = new kafka.KafkaConsumer(memberConfig(), { 'auto.offset.reset': 'earliest' })
  let own = []
  consumer.on('rebalance', ({ code }, partitions) => {
    const mine = partitions.map(({ partition }) => partition)
    if (code === ERR__ASSIGN_PARTITIONS) {
      own = mine
      say('assigned', { partitions: mine })
    } else if (code === ERR__REVOKE_PARTITIONS) {
      own = []
      say('revoked', { partitions: mine })
    }
  })
  await connected(consumer)
  consumer.setDefaultConsumeTimeout(50)
  consumer.subscribe([topic])
  let goesOn = true
  let stalled = null
  let go = () => {}
  const all = () => own.map((partition) => ({ topic, partition }))
  listen({
    stall: () => {
      stalled = new Promise((resolve) => {
        go = resolve
      })
    },
    go: () => {
      stalled = null
      go()
    },
    pause: () => {
      consumer.pause(all())
      say('paused')
    },
    resume: () => {
      consumer.resume(all())
      say('resumed')
    },
    stop: () => {
      goesOn = false
    },
  })
  while (goesOn) {
    if (stalled) await stalled
    await read(consumer)
  }
  consumer.disconnect(() => {
    say('left')
    process.exit()
  })
}

async function read(consumer) {
  const messages = await new Promise((resolve) =>
    consumer.consume(100, (error, found) => {
      if (error) say('note', { message: error.message })
      resolve(found ?? [])
    }),
  )
  const offsets = {}
  for (const { partition, offset, value } of messages) {
    say('consumed', { partition, offset, value: String(value) })
    offsets[partition] = offset + 1
  }
  if (messages.length === 0) return
  try {
    consumer.commitSync(
      Object.entries(offsets).map(([partition, offset]) => ({ topic, partition: Number(partition), offset })),
    )
    say('committed', { offsets })
  } catch (error) {
    say('note', { message: `commit: ${error.message}` })
  }
}

async function admin() {
  const { Kafka } = kafka.KafkaJS
  const client = new Kafka({ 'bootstrap.servers': settings.bootstrap, 'client.id': settings.client }).admin()
  await client.connect()
  const older = kafka.AdminClient.create(base) // has what the other has not
  const offset = async (name, partition, which) => {
    const all = await client.fetchTopicOffsets(name)
    return Number(all.find((each) => each.partition === Number(partition))[which])
  }
  answer({
    createTopic: async (name, numPartitions) => {
      await client.createTopics({ topics: [{ topic: name, numPartitions: Number(numPartitions) }] })
    },
    listTopics: () => client.listTopics(),
    partitions: async (name) => {
      const found = await client.fetchTopicMetadata({ topics: [name] })
      return (found.topics ?? found)[0].partitions.length
    },
    deleteTopic: (name) => client.deleteTopics({ topics: [name] }),
    listGroups: async () => (await client.listGroups()).groups.map(({ groupId }) => groupId),
    describeGroup: async (name) => {
      const [found] = (await client.describeGroups([name])).groups
      const states = kafka.KafkaJS.ConsumerGroupStates
      const state = Object.keys(states).find((key) => states[key] === found.state) ?? String(found.state)
      return { state: state.charAt(0) + state.slice(1).toLowerCase(), members: found.members.length }
    },
    committed: async (groupId, name) => {
      const [found] = await client.fetchOffsets({ groupId, topics: [name] })
      const sorted = found.partitions.sort((a, b) => a.partition - b.partition)
      return Object.fromEntries(sorted.map(({ partition, offset }) => [partition, Number(offset)]))
    },
    endOffset: (name, partition) => offset(name, partition, 'high'),
    startOffset: (name, partition) => offset(name, partition, 'low'),
    deleteRecords: async (name, partition, before) => {
      await client.deleteTopicRecords({
        topic: name,
        partitions: [{ partition: Number(partition), offset: before }],
      })
    },
    growTopic: (name, total) =>
      new Promise((resolve, reject) =>
        older.createPartitions(name, Number(total), LIMIT_MS, (error) => (error ? reject(error) : resolve())),
      ),
    deleteGroup: async (name) => {
      await client.deleteGroups([name])
    },
  })
}
