// Fetch: what comes from which offset in each version, what is refused, and the leader epochs of KIP-320.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { BATCH_HEADER_BYTES } from '../../src/protocol/records/header.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { baseOffsets, batch, OwnTopic, UNKNOWN_ID } from '../own-topic.js'

const needs = [madeTopic]
const READ = 'ReplicaManager.readFromLog'
const HANDLER = 'KafkaApis.handleFetchRequest'
const READ_COMMITTED = 1
const NO_TRANSACTIONS = { 0: null, 1: [] }

const versions = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].map(
  (version): Case => ({
    id: `data/fetch/versions/v${version}`,
    title: `v${version}: batches from an offset on, and where the partition begins and ends`,
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { Fetch: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const value of ['a', 'b', 'c']) await topic.append(batch([value]))
      for (const isolationLevel of [0, READ_COMMITTED] as const) {
        const fetched = await topic.fetch(1, {}, { isolationLevel }, version)
        expectMatch('partition', fetched, {
          errorCode: E.NONE,
          highWatermark: 3n,
          lastStableOffset: 3n,
          logStartOffset: version >= 5 ? 0n : -1n,
          abortedTransactions: NO_TRANSACTIONS[isolationLevel],
          preferredReadReplica: -1,
          divergingEpoch: { epoch: -1 },
        })
        expectMatch('batches', baseOffsets(fetched), [1, 2])
      }
    },
  }),
)

const NO_RECORDS = { highWatermark: -1n, lastStableOffset: -1n, logStartOffset: -1n }

export const fetchCases: readonly Case[] = [
  ...versions,
  {
    id: 'data/fetch/offset/1',
    title: 'at the end there is nothing yet, which is no error',
    level: 'MUST',
    source: READ,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const empty = await topic.fetch(0)
      expectMatch('empty', empty, { errorCode: E.NONE, highWatermark: 0n, logStartOffset: 0n })
      await topic.append(batch(['a']))
      const atEnd = await topic.fetch(1)
      expectMatch('end', atEnd, { errorCode: E.NONE, highWatermark: 1n, lastStableOffset: 1n })
      expectMatch('bytes', [empty?.records?.length, atEnd?.records?.length], [0, 0])
    },
  },
  {
    id: 'data/fetch/offset/2',
    title: 'an offset beyond the end, or below 0, is out of range',
    level: 'MUST',
    source: 'UnifiedLog.read',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a']))
      for (const offset of [2, -1])
        expectMatch(`offset ${offset}`, await topic.fetch(offset), {
          errorCode: E.OFFSET_OUT_OF_RANGE,
          ...NO_RECORDS,
        })
    },
  },
  {
    id: 'data/fetch/offset/3',
    title: 'after records were deleted, an offset before the beginning is out of range',
    level: 'MUST',
    source: 'UnifiedLog.read',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const value of ['a', 'b', 'c']) await topic.append(batch([value]))
      await topic.deleteRecords(2)
      expectMatch('before', await topic.fetch(1), { errorCode: E.OFFSET_OUT_OF_RANGE, ...NO_RECORDS })
      expectMatch('first', await topic.fetch(2), { errorCode: E.NONE, highWatermark: 3n, logStartOffset: 2n })
    },
  },
  {
    id: 'data/fetch/offset/4',
    title: 'from within a batch the whole batch comes',
    level: 'MUST',
    source: 'LogSegment.read',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a', 'b', 'c']))
      await topic.append(batch(['d']))
      expectMatch('batches', baseOffsets(await topic.fetch(2)), [0, 3])
      await topic.deleteRecords(1)
      expectMatch('after its first records are deleted', baseOffsets(await topic.fetch(1)), [0, 3])
    },
  },
  {
    id: 'data/fetch/unknown/1',
    title: 'v12: an unknown topic and an unknown partition are told, with the rest',
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { Fetch: 12 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a']))
      const ask = (partition: number) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 9999 })
      const { errorCode, responses } = await scene.send('Fetch', 12, {
        maxWaitMs: 0,
        topics: [
          { topic: topic.name, partitions: [ask(0), ask(9)] },
          { topic: `${scene.group}-none`, partitions: [ask(0)] },
        ],
      })
      const told = responses.flatMap(({ topic: name, partitions }) =>
        partitions.map((each) => [`${name === topic.name}-${each.partitionIndex}`, each.errorCode] as const),
      )
      expectMatch('error', errorCode, E.NONE)
      expectMatch('errors', Object.fromEntries(told), {
        'true-0': E.NONE,
        'true-9': E.UNKNOWN_TOPIC_OR_PARTITION,
        'false-0': E.UNKNOWN_TOPIC_OR_PARTITION,
      })
    },
  },
  {
    id: 'data/fetch/KIP-516/1',
    title: 'v13 goes by topic id: an unknown id, and the zero id, are told',
    level: 'MUST',
    source: 'KIP-516',
    uses: { Fetch: 13 },
    async run(scene) {
      for (const topicId of [UNKNOWN_ID, ZERO_UUID]) {
        const topics = [{ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 99 }] }]
        const { responses } = await scene.send('Fetch', 13, { maxWaitMs: 0, topics })
        const partitions = [{ errorCode: E.UNKNOWN_TOPIC_ID, ...NO_RECORDS }]
        expectMatch(topicId, responses, [{ topicId, partitions }])
      }
    },
  },
  {
    id: 'data/fetch/KIP-516/2',
    title: 'v13: an unknown partition of a topic that is there is told by another error than the topic',
    level: 'MUST',
    source: 'KIP-516',
    needs,
    uses: { Fetch: 13 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const fetched = await topic.fetch(0, { partition: 9 })
      expectMatch('partition', fetched, { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, ...NO_RECORDS })
    },
  },
  {
    id: 'data/fetch/KIP-320/1',
    title: 'v9: who knows of a newer leader than the broker must wait for it',
    level: 'MUST',
    source: 'KIP-320',
    needs,
    uses: { Fetch: 9 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a']))
      const known = async (currentLeaderEpoch: number) =>
        (await topic.fetch(0, { currentLeaderEpoch }))?.errorCode
      expectMatch('the same', await known(0), E.NONE)
      expectMatch('a newer one', await known(1), E.UNKNOWN_LEADER_EPOCH)
      expectMatch('none', await known(-1), E.NONE)
    },
  },
  {
    id: 'data/fetch/KIP-595/1',
    title: 'v12: the epoch that was fetched last is compared with the log',
    level: 'SHOULD',
    source: 'KIP-595',
    needs,
    uses: { Fetch: 12 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const value of ['a', 'b']) await topic.append(batch([value]))
      const same = await topic.fetch(1, { currentLeaderEpoch: 0, lastFetchedEpoch: 0 })
      expectMatch('the same', same, { errorCode: E.NONE, divergingEpoch: { epoch: -1, endOffset: -1n } })
      expectMatch('batches', baseOffsets(same), [1])
    },
  },
  {
    id: 'data/fetch/KIP-101/1',
    title: 'batches are kept with the epoch of their leader',
    level: 'MUST',
    source: 'KIP-101',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a']))
      const records = (await topic.fetch(0))?.records ?? Buffer.alloc(0)
      expectMatch('bytes', records.length > BATCH_HEADER_BYTES, true)
      expectMatch('epoch', records.readInt32BE(12), 0)
    },
  },
]
