// Any running broker as the target (--brokers), asked through kafkajs: to tell a mistake of ours from one of a check.
// Generations and requests are not told.

import { Kafka, logLevel } from 'kafkajs'
import type { Host } from './cohort.js'
import { NO_GROUP, type Target } from './target.js'
import { Failed } from './until.js'

export async function useBroker(brokers: string): Promise<Host> {
  const admin = new Kafka({
    clientId: 'runner',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  const target: Target = {
    bootstrap: brokers,
    createTopic: async (topic, numPartitions) => {
      await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true })
    },
    growTopic: async (topic, count) => {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] })
    },
    group: async (group) => {
      const { groups } = await admin.describeGroups([group])
      const found = groups[0]
      return found === undefined ? NO_GROUP : { ...found, members: found.members.length, generation: null }
    },
    committed: async (groupId, topic) => {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const known = (found?.partitions ?? []).filter(({ offset }) => offset !== '-1')
      return Object.fromEntries(known.map(({ partition, offset }) => [partition, Number(offset)]))
    },
    requests: async () => null,
    moveCoordinator: async () => {
      throw new Failed('coordinators of other brokers cannot be moved from here')
    },
    end: async () => [],
  }
  return { broker: async () => target, stop: () => admin.disconnect() }
}
