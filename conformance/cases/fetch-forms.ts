// OffsetFetch in its forms: all topics in each version, stable offsets, the version that Kafka 4 dropped.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { topics as ownTopics } from '../needs.js'
import type { Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const MANAGER = 'OffsetMetadataManager.fetchAllOffsets'

/** One group's topics, by the shape of the version. */
async function fetch(scene: Scene, version: number, topics: object[] | null, more: object = {}) {
  const { group: groupId } = scene
  const body = { groupId, topics, groups: [{ groupId, topics }], ...more }
  const answer = await scene.send('OffsetFetch', version, body as object)
  const [group = answer] = answer.groups
  return group
}

const all = [2, 3, 4, 5, 6, 7, 8, 9].map(
  (version): Case => ({
    id: `offsets/fetch/all/v${version}`,
    title: `v${version}: null topics mean all that is committed, of a missing group nothing`,
    level: 'MUST',
    source: MANAGER,
    uses: { OffsetFetch: version },
    async run(scene) {
      const missing = await fetch(scene, version, null)
      expectMatch('missing group', missing, { errorCode: E.NONE, topics: [] })
      await scene.commit(3, {}, { partition: 1 })
      const partitions = [{ partitionIndex: 1, committedOffset: 3n, errorCode: E.NONE }]
      const found = await fetch(scene, version, null)
      expectMatch('all', found, { errorCode: E.NONE, topics: [{ name: scene.topic, partitions }] })
    },
  }),
)

const stable = [7, 8, 9].map(
  (version): Case => ({
    id: `offsets/fetch/KIP-447/v${version}`,
    title: `v${version}: without an open transaction a stable fetch tells what is committed`,
    level: 'MUST',
    source: 'KIP-447',
    uses: { OffsetFetch: version },
    async run(scene) {
      await scene.commit(3)
      const topics = [{ name: scene.topic, partitionIndexes: [0, 1] }]
      const { topics: told } = await fetch(scene, version, topics, { requireStable: true })
      const byPartition = new Map(told[0]?.partitions.map((each) => [each.partitionIndex, each]))
      expectMatch('committed', byPartition.get(0), { committedOffset: 3n, errorCode: E.NONE })
      expectMatch('not committed', byPartition.get(1), { committedOffset: -1n, errorCode: E.NONE })
    },
  }),
)

export const fetchFormCases: readonly Case[] = [
  ...all,
  ...stable,
  {
    id: 'offsets/fetch/all/v10',
    title: 'v10: null topics mean all that is committed, by topic id',
    level: 'MUST',
    source: 'KIP-848',
    uses: { OffsetFetch: 10 },
    async run(scene) {
      await scene.commit(3)
      const partitions = [{ partitionIndex: 0, committedOffset: 3n, errorCode: E.NONE }]
      const topicId = await scene.topicId()
      expectMatch('all', (await fetch(scene, 10, null)).topics, [{ topicId, partitions }])
    },
  },
  {
    id: 'offsets/fetch/group-id/1',
    title: 'of the empty group id nothing is committed, which is no error',
    level: 'SHOULD',
    source: 'GroupCoordinatorService.fetchOffsets',
    async run(scene) {
      const topics = [{ name: scene.topic, partitionIndexes: [1] }]
      const body = { groupId: '', topics, groups: [{ groupId: '', topics }] }
      const answer = await scene.send('OffsetFetch', scene.usual('OffsetFetch'), body)
      const [group = answer] = answer.groups
      const partitions = [{ partitionIndex: 1, committedOffset: -1n, errorCode: E.NONE }]
      expectMatch('answer', group, { errorCode: E.NONE, topics: [{ partitions }] })
    },
  },
  {
    id: 'offsets/fetch/phase/1',
    title: 'offsets are told in every state of the group',
    level: 'MUST',
    source: 'GroupMetadataManager.fetchOffsets',
    async run(scene) {
      const first = await scene.alone()
      await scene.commit(4, first)
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      expectMatch('join phase', await scene.committed(), 4n)
      await scene.join({ memberId: first.memberId })
      await scene.expectState('CompletingRebalance')
      expectMatch('sync phase', await scene.committed(), 4n)
    },
  },
  {
    id: 'offsets/fetch/null/1',
    title: 'v1: null topics close the connection',
    level: 'MUST',
    source: 'OffsetFetchRequest.json',
    uses: { OffsetFetch: 1 },
    async run(scene) {
      const client = await scene.open()
      const id = Buffer.from(scene.group)
      const header = Buffer.from('0000000000090001000000010000', 'hex')
      const frame = Buffer.concat([header, Buffer.from([0, id.length]), id, Buffer.from('ffffffff', 'hex')])
      frame.writeInt32BE(frame.length - 4)
      const answer = await client.sendBytes(frame).then(String, (error: Error) => error.name)
      expectMatch('the connection', answer, 'ConnectionClosed')
    },
  },
  {
    id: 'offsets/fetch/deleted-topic/1',
    title: 'offsets of a topic go with it',
    level: 'MUST',
    source: 'OffsetMetadataManager.onTopicsDeleted',
    needs: [ownTopics],
    async run(scene) {
      const topic = await scene.ownTopic()
      expectMatch('commit', await scene.commit(6, {}, { topic }), E.NONE)
      await scene.commit(7)
      await scene.deleteTopic(topic)
      await scene.until('its offsets are gone', async () => {
        const { topics } = await fetch(scene, scene.usual('OffsetFetch'), null)
        return topics.length === 1 && topics[0]?.name === scene.topic
      })
    },
  },
  {
    id: 'offsets/fetch/recreated-topic/1',
    title: 'v10: a topic that was made anew under its old name has no offsets',
    level: 'MUST',
    source: 'KIP-848',
    needs: [ownTopics],
    uses: { OffsetFetch: 10, OffsetCommit: 10 },
    async run(scene) {
      const topic = await scene.ownTopic()
      await scene.commit(6, {}, { topic })
      await scene.deleteTopic(topic)
      await scene.until('it can be made again', async () => (await scene.ownTopic()) === topic)
      const { topics } = await scene.send('Metadata', 12, { topics: [{ name: topic }] })
      const topicId = topics[0]?.topicId ?? ''
      let told: unknown
      // Each broker learns of the topic in its own time.
      await scene.until('the coordinator knows the topic', async () => {
        const { topics: found } = await fetch(scene, 10, [{ topicId, partitionIndexes: [0] }])
        told = found
        return found[0]?.partitions[0]?.errorCode !== E.UNKNOWN_TOPIC_ID
      })
      const partitions = [{ committedOffset: -1n, errorCode: E.NONE }]
      expectMatch('fetched', told, [{ topicId, partitions }])
    },
  },
  {
    id: 'offsets/fetch/versions/v0',
    title: 'v0: committed offsets are told; where ZooKeeper held them they are not to be had',
    level: 'INFO',
    source: 'KafkaApis.handleOffsetFetchRequest',
    uses: { OffsetFetch: 0 },
    async run(scene) {
      await scene.commit(3)
      const [topic] = (await fetch(scene, 0, [{ name: scene.topic, partitionIndexes: [0] }])).topics
      const code = topic?.partitions[0]?.errorCode ?? E.UNKNOWN_SERVER_ERROR
      const isKept = code === E.NONE && topic?.partitions[0]?.committedOffset === 3n
      expectMatch('answer', isKept || (!isKafka4(scene.target) && code !== E.NONE), true)
    },
  },
]
