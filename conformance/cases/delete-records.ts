// DeleteRecords (KIP-107), and OffsetForLeaderEpoch (KIP-101, KIP-320): where a partition begins, and where an epoch ends.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, EARLIEST, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const DELETE = 'Partition.deleteRecordsOnLeader'
const EPOCHS = 'LeaderEpochFileCache.endOffsetFor'
const UNDEFINED = { leaderEpoch: -1, endOffset: -1n }

/** With offsets 0 to 4, in three batches. */
async function filled(scene: Scene, configs: Record<string, string> = {}): Promise<OwnTopic> {
  const topic = await OwnTopic.make(scene, { configs })
  for (const values of [['a', 'b'], ['c'], ['d', 'e']]) await topic.append(batch(values, { key: 'k' }))
  return topic
}

const versions = [0, 1, 2].map(
  (version): Case => ({
    id: `data/delete-records/versions/v${version}`,
    title: `v${version}: the partition begins at the offset that is asked for, also within a batch`,
    level: 'MUST',
    source: 'KIP-107',
    needs,
    uses: { DeleteRecords: version },
    async run(scene) {
      const topic = await filled(scene)
      const told = await topic.deleteRecords(1, 0, version)
      expectMatch('answer', told, { errorCode: E.NONE, lowWatermark: 1n })
      expectMatch('earliest', (await topic.list({ timestamp: EARLIEST }))?.offset, 1n)
      expectMatch('latest', await topic.end(), 5n)
      expectMatch('below', (await topic.fetch(0))?.errorCode, E.OFFSET_OUT_OF_RANGE)
      expectMatch('produced next', await topic.append(batch(['f'])), 5n)
    },
  }),
)

/** The answer to one partition. */
async function endOfEpoch(scene: Scene, topic: string, asked: object, version: number) {
  const topics = [{ topic, partitions: [{ partition: 0, leaderEpoch: 0, ...asked }] }]
  const answer = await scene.send('OffsetForLeaderEpoch', version, { replicaId: -1, topics })
  return answer.topics[0]?.partitions[0]
}

const epochs = [0, 1, 2, 3, 4].map(
  (version): Case => ({
    id: `data/leader-epoch/versions/v${version}`,
    title: `v${version}: the leader's own epoch ends where the partition does, one that is newer or none is undefined`,
    level: 'MUST',
    source: EPOCHS,
    needs,
    uses: { OffsetForLeaderEpoch: version },
    async run(scene) {
      const topic = await filled(scene)
      const ask = (leaderEpoch: number) => endOfEpoch(scene, topic.name, { leaderEpoch }, version)
      const own = { errorCode: E.NONE, leaderEpoch: version >= 1 ? 0 : -1, endOffset: 5n }
      expectMatch('its own', await ask(0), own)
      expectMatch('newer', await ask(7), { errorCode: E.NONE, ...UNDEFINED })
      expectMatch('none', await ask(-1), { errorCode: E.NONE, ...UNDEFINED })
    },
  }),
)

export const deleteRecordsCases: readonly Case[] = [
  ...versions,
  ...epochs,
  {
    id: 'data/delete-records/offset/1',
    title: '-1 deletes all there is',
    level: 'MUST',
    source: DELETE,
    needs,
    async run(scene) {
      const topic = await filled(scene)
      expectMatch('answer', await topic.deleteRecords(-1), { errorCode: E.NONE, lowWatermark: 5n })
      expectMatch('earliest', (await topic.list({ timestamp: EARLIEST }))?.offset, 5n)
      expectMatch('empty', await topic.fetch(5), { errorCode: E.NONE, highWatermark: 5n, logStartOffset: 5n })
    },
  },
  {
    id: 'data/delete-records/offset/2',
    title: 'an offset beyond the end, or below -1, is out of range and deletes nothing',
    level: 'MUST',
    source: DELETE,
    needs,
    async run(scene) {
      const topic = await filled(scene)
      for (const offset of [6, -2]) {
        const told = await topic.deleteRecords(offset)
        expectMatch(`${offset}`, told, { errorCode: E.OFFSET_OUT_OF_RANGE, lowWatermark: -1n })
      }
      expectMatch('earliest', (await topic.list({ timestamp: EARLIEST }))?.offset, 0n)
    },
  },
  {
    id: 'data/delete-records/offset/3',
    title: 'an offset that is deleted already changes nothing',
    level: 'MUST',
    source: DELETE,
    needs,
    async run(scene) {
      const topic = await filled(scene)
      await topic.deleteRecords(3)
      expectMatch('answer', await topic.deleteRecords(1), { errorCode: E.NONE, lowWatermark: 3n })
    },
  },
  {
    id: 'data/delete-records/policy/1',
    title: 'a topic that is only compacted keeps its records, one that is also deleted does not',
    level: 'MUST',
    source: 'KIP-107',
    needs,
    async run(scene) {
      const compacted = await filled(scene, { 'cleanup.policy': 'compact' })
      const refused = { errorCode: E.POLICY_VIOLATION, lowWatermark: -1n }
      expectMatch('compact', await compacted.deleteRecords(1), refused)
      const both = await OwnTopic.make(scene, {
        configs: { 'cleanup.policy': 'compact,delete' },
        name: 'both',
      })
      await both.append(batch(['a', 'b'], { key: 'k' }))
      expectMatch('compact,delete', await both.deleteRecords(1), { errorCode: E.NONE, lowWatermark: 1n })
    },
  },
  {
    id: 'data/delete-records/unknown/1',
    title: 'an unknown topic and an unknown partition are told, and the rest is done',
    level: 'MUST',
    source: 'KafkaApis.handleDeleteRecordsRequest',
    needs,
    async run(scene) {
      const topic = await filled(scene)
      const ask = (...indexes: number[]) => indexes.map((partitionIndex) => ({ partitionIndex, offset: 1n }))
      const topics = [
        { name: topic.name, partitions: ask(0, 9) },
        { name: `${scene.group}-none`, partitions: ask(0) },
      ]
      const answer = await scene.send('DeleteRecords', scene.usual('DeleteRecords'), {
        topics,
        timeoutMs: 5000,
      })
      const told = answer.topics.flatMap(({ name, partitions }) =>
        partitions.map((each) => [`${name === topic.name}-${each.partitionIndex}`, each.errorCode] as const),
      )
      expectMatch('errors', Object.fromEntries(told), {
        'true-0': E.NONE,
        'true-9': E.UNKNOWN_TOPIC_OR_PARTITION,
        'false-0': E.UNKNOWN_TOPIC_OR_PARTITION,
      })
    },
  },
  {
    id: 'data/leader-epoch/KIP-320/1',
    title: 'v2: who knows of a newer leader than the broker must wait for it',
    level: 'MUST',
    source: 'KIP-320',
    needs,
    uses: { OffsetForLeaderEpoch: 2 },
    async run(scene) {
      const topic = await filled(scene)
      const newer = await endOfEpoch(scene, topic.name, { currentLeaderEpoch: 3 }, 2)
      expectMatch('newer', newer, { errorCode: E.UNKNOWN_LEADER_EPOCH, ...UNDEFINED })
      const same = await endOfEpoch(scene, topic.name, { currentLeaderEpoch: 0 }, 2)
      expectMatch('the same', same, { errorCode: E.NONE, endOffset: 5n })
    },
  },
  {
    id: 'data/leader-epoch/unknown/1',
    title: 'an unknown topic and an unknown partition are told',
    level: 'MUST',
    source: 'ReplicaManager.lastOffsetForLeaderEpoch',
    needs,
    uses: { OffsetForLeaderEpoch: 3 },
    async run(scene) {
      const topic = await filled(scene)
      const refused = { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, ...UNDEFINED }
      expectMatch('partition', await endOfEpoch(scene, topic.name, { partition: 9 }, 3), refused)
      expectMatch('topic', await endOfEpoch(scene, `${scene.group}-none`, {}, 3), refused)
    },
  },
]
