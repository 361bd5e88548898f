// @platformatic/kafka as a client program, on the Node that it wants. It commits after every record; its streams have no
// word for partitions that are taken away but the rebalance itself.

import { createRequire } from 'node:module'
import { answer, fail, gate, listen, mode, records, say, settings } from './program.mjs'

const { Admin, Consumer, Producer, stringDeserializers, stringSerializers } = createRequire(
  `${process.env.INTEROP_PACKAGES}/`,
)('@platformatic/kafka')
const { topic, group } = settings
const base = {
  clientId: settings.client,
  bootstrapBrokers: settings.bootstrap.split(','),
  retries: 20,
  retryDelay: 50,
}

const modes = { produce, consume, admin }
modes[mode]().catch(fail)

async function produce() {
  const producer = new Producer({
    ...base,
    serializers: stringSerializers,
    compression: settings.codec ?? 'none',
    idempotent: settings.idempotent !== undefined,
  })
  listen({
    send: async (from, count, partitions) => {
      const messages = records(from, count, partitions).map((each) => ({ topic, ...each }))
      await producer.send({ messages, acks: -1 })
      say('produced', { count: Number(count) })
    },
  })
}

async function consume() {
  const consumer = new Consumer({
    ...base,
    groupId: group,
    deserializers: stringDeserializers,
    sessionTimeout: Number(settings.session),
    rebalanceTimeout: Number(settings.rebalance),
    heartbeatInterval: Number(settings.heartbeat),
    metadataMaxAge: Number(settings.metadata),
    maxWaitTime: 100,
    autocommit: false,
    ...(settings.instance && { groupInstanceId: settings.instance }),
  })
  // a rejoin that was under way when it left; nobody who listens would be a crash
  consumer.on('error', (error) => say('note', { message: String(error?.message ?? error) }))
  const { stall, go, pass } = gate()
  let own = []
  const lose = () => {
    if (own.length > 0) say('revoked', { partitions: own })
    own = []
  }
  consumer.on('consumer:group:rebalance', lose)
  consumer.on('consumer:group:join', ({ assignments }) => {
    lose()
    own = (assignments ?? []).filter((each) => each.topic === topic).flatMap(({ partitions }) => partitions)
    say('assigned', { partitions: own })
  })
  const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' })
  stream.on('error', fail)
  listen({
    stall,
    go,
    pause: () => {
      stream.pause()
      say('paused')
    },
    resume: () => {
      stream.resume()
      say('resumed')
    },
    stop: async () => {
      lose()
      await consumer.close(true)
      say('left')
      process.exit()
    },
  })
  let last = Promise.resolve()
  stream.on('data', (message) => {
    last = last
      .then(() => take(message))
      .catch((error) => say('note', { message: String(error?.message ?? error) }))
  })

  async function take({ partition, offset, value, commit }) {
    await pass()
    say('consumed', { partition, offset: Number(offset), value })
    await commit()
    say('committed', { offsets: { [partition]: Number(offset) + 1 } })
  }
}

async function admin() {
  const client = new Admin(base)
  const offset = async (name, partition, timestamp) => {
    const partitions = [{ partitionIndex: Number(partition), timestamp }]
    const [found] = await client.listOffsets({ topics: [{ name, partitions }] })
    return Number(found.partitions[0].offset)
  }
  const names = (name, partition) => [{ name, partitionIndexes: [Number(partition)] }]
  answer({
    createTopic: async (name, partitions) => {
      await client.createTopics({ topics: [name], partitions: Number(partitions), replicas: 1 })
    },
    listTopics: () => client.listTopics(),
    partitions: async (name) =>
      (await client.metadata({ topics: [name], forceUpdate: true })).topics.get(name).partitionsCount,
    growTopic: (name, count) =>
      client.createPartitions({ topics: [{ name, count: Number(count), assignments: null }] }),
    deleteTopic: (name) => client.deleteTopics({ topics: [name] }),
    alterConfig: (name, key, value) =>
      client.incrementalAlterConfigs({
        resources: [
          { resourceType: 2, resourceName: name, configs: [{ name: key, configOperation: 0, value }] },
        ],
      }),
    config: async (name, key) => {
      const [found] = await client.describeConfigs({
        resources: [{ resourceType: 2, resourceName: name, configurationKeys: [key] }],
      })
      return found.configs[0].value
    },
    listGroups: async () => [...(await client.listGroups()).keys()],
    describeGroup: async (name) => {
      const found = (await client.describeGroups({ groups: [name] })).get(name)
      return {
        state: found.state.toLowerCase().replace(/^./, (first) => first.toUpperCase()),
        members: found.members.size,
      }
    },
    committed: async (groupId, name) => {
      const [found] = await client.listConsumerGroupOffsets({ groups: [groupId] })
      const mine = found.topics.find((each) => each.name === name).partitions
      const sorted = mine.sort((a, b) => a.partitionIndex - b.partitionIndex)
      return Object.fromEntries(sorted.map((each) => [each.partitionIndex, Number(each.committedOffset)]))
    },
    alterOffset: (groupId, name, partition, offset) =>
      client.alterConsumerGroupOffsets({
        groupId,
        topics: [{ name, partitionOffsets: [{ partition: Number(partition), offset: BigInt(offset) }] }],
      }),
    deleteOffset: async (groupId, name, partition) => {
      await client.deleteConsumerGroupOffsets({ groupId, topics: names(name, partition) })
    },
    nodes: async () => (await client.metadata({ topics: [], forceUpdate: true })).brokers.size,
    endOffset: (name, partition) => offset(name, partition, -1n),
    startOffset: (name, partition) => offset(name, partition, -2n),
    deleteRecords: async (name, partition, before) => {
      const partitions = [{ partition: Number(partition), offset: BigInt(before) }]
      await client.deleteRecords({ topics: [{ name, partitions }] })
    },
    // all of its members, as it sends their ids only
    removeMember: (groupId) => client.removeMembersFromConsumerGroup({ groupId }),
    deleteGroup: (name) => client.deleteGroups({ groups: [name] }),
  })
}
