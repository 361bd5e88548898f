// kafkajs as a client program. It commits after every record; it notices that it is too slow when its session has run out.

import kafkajs from 'kafkajs'
import { answer, fail, gate, listen, mode, records, say, settings } from './program.mjs'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'
const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs
const { topic, group } = settings
const kafka = new Kafka({
  clientId: settings.client,
  brokers: settings.bootstrap.split(','),
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 20, retries: 10 },
})

const modes = { produce, consume, admin }
modes[mode]().catch(fail)

async function produce() {
  const isIdempotent = settings.idempotent !== undefined
  const producer = kafka.producer({
    idempotent: isIdempotent,
    ...(isIdempotent && { maxInFlightRequests: 1 }),
  })
  const compression = settings.codec === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None
  await producer.connect()
  listen({
    send: async (from, count, partitions) => {
      await producer.send({ topic, compression, messages: records(from, count, partitions) })
      say('produced', { count: Number(count) })
    },
  })
}

async function consume() {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: Number(settings.session),
    rebalanceTimeout: Number(settings.rebalance),
    heartbeatInterval: Number(settings.heartbeat),
    metadataMaxAge: Number(settings.metadata),
    maxWaitTimeInMs: 100,
    retry: { initialRetryTime: 20, retries: 10 },
  })
  const { stall, go, pass } = gate()
  let own = []
  const lose = () => {
    if (own.length > 0) say('revoked', { partitions: own })
    own = []
  }
  consumer.on(consumer.events.REBALANCING, lose)
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    lose()
    own = payload.memberAssignment[topic] ?? []
    say('assigned', { partitions: own })
  })
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
    for (const { partitions } of payload.topics)
      for (const { partition, offset } of partitions)
        say('committed', { offsets: { [partition]: Number(offset) } })
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ partition, message }) => {
      await pass()
      say('consumed', { partition, offset: Number(message.offset), value: String(message.value) })
    },
  })
  listen({
    stall,
    go,
    pause: () => {
      consumer.pause([{ topic }])
      say('paused')
    },
    resume: () => {
      consumer.resume([{ topic }])
      say('resumed')
    },
    stop: async () => {
      lose()
      await consumer.disconnect()
      say('left')
      process.exit()
    },
  })
}

async function admin() {
  const client = kafka.admin()
  await client.connect()
  const offset = async (name, partition, which) => {
    const all = await client.fetchTopicOffsets(name)
    return Number(all.find((each) => each.partition === Number(partition))[which])
  }
  answer({
    createTopic: async (name, numPartitions) => {
      await client.createTopics({ topics: [{ topic: name, numPartitions: Number(numPartitions) }] })
    },
    listTopics: () => client.listTopics(),
    partitions: async (name) =>
      (await client.fetchTopicMetadata({ topics: [name] })).topics[0].partitions.length,
    growTopic: async (name, count) => {
      await client.createPartitions({ topicPartitions: [{ topic: name, count: Number(count) }] })
    },
    deleteTopic: (name) => client.deleteTopics({ topics: [name] }),
    alterConfig: async (name, key, value) => {
      const resource = { type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: key, value }] }
      await client.alterConfigs({ validateOnly: false, resources: [resource] })
    },
    config: async (name, key) => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name, configNames: [key] }]
      return (await client.describeConfigs({ resources })).resources[0].configEntries[0].configValue
    },
    listGroups: async () => (await client.listGroups()).groups.map(({ groupId }) => groupId),
    describeGroup: async (name) => {
      const [found] = (await client.describeGroups([name])).groups
      return { state: found.state, members: found.members.length }
    },
    committed: async (groupId, name) => {
      const [found] = await client.fetchOffsets({ groupId, topics: [name] })
      const sorted = found.partitions.sort((a, b) => a.partition - b.partition)
      return Object.fromEntries(sorted.map(({ partition, offset }) => [partition, Number(offset)]))
    },
    alterOffset: (groupId, name, partition, offset) =>
      client.setOffsets({ groupId, topic: name, partitions: [{ partition: Number(partition), offset }] }),
    nodes: async () => (await client.describeCluster()).brokers.length,
    endOffset: (name, partition) => offset(name, partition, 'high'),
    startOffset: (name, partition) => offset(name, partition, 'low'),
    deleteRecords: (name, partition, before) =>
      client.deleteTopicRecords({
        topic: name,
        partitions: [{ partition: Number(partition), offset: before }],
      }),
    deleteGroup: async (name) => {
      await client.deleteGroups([name])
    },
  })
}
