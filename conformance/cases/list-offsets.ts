// ListOffsets: the first and the last offset, the times that have a meaning of their own, and the search by time.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, batchAt, EARLIEST, LATEST, NOW, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const needs = [madeTopic]
const HANDLER = 'ReplicaManager.fetchOffset'
const SEARCH = 'UnifiedLog.fetchOffsetByTimestamp'
const OF_MAX_TIME = -3n
const READ_COMMITTED = 1
const NOTHING = { errorCode: E.NONE, offset: -1n, timestamp: -1n, leaderEpoch: -1 }

const versions = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(
  (version): Case => ({
    id: `data/list-offsets/versions/v${version}`,
    title: `v${version}: where a partition begins and ends`,
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { ListOffsets: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const value of ['a', 'b', 'c']) await topic.append(batch([value]))
      await topic.deleteRecords(1)
      const told = { errorCode: E.NONE, timestamp: -1n, leaderEpoch: version >= 4 ? 0 : -1 }
      for (const isolationLevel of [0, READ_COMMITTED]) {
        const ask = (timestamp: bigint) => topic.list({ timestamp }, version, isolationLevel)
        expectMatch('earliest', await ask(EARLIEST), { ...told, offset: 1n })
        expectMatch('latest', await ask(LATEST), { ...told, offset: 3n })
      }
    },
  }),
)

/** Times of records, a batch per list. */
const TIMES = [[0n, 10n], [20n], [20n, 15n], [40n]]

async function timed(scene: Scene): Promise<OwnTopic> {
  const topic = await OwnTopic.make(scene)
  for (const times of TIMES) await topic.append(batchAt(...times.map((time) => NOW + time)))
  return topic
}

/** What is asked, the answer, in ms after NOW. */
const SEARCHES: readonly (readonly [
  name: string,
  title: string,
  time: bigint,
  offset: bigint,
  found: bigint,
])[] = [
  ['exact', 'the first record of exactly this time', 20n, 2n, 20n],
  ['between', 'the first record that is not older', 11n, 2n, 20n],
  ['within', 'a record within a batch', 5n, 1n, 10n],
  ['before', 'before all records, the first', -100n, 0n, 0n],
  ['last', 'the last record', 40n, 5n, 40n],
]

const searches = SEARCHES.map(
  ([name, title, time, offset, found]): Case => ({
    id: `data/list-offsets/time/${name}`,
    title: `by time: ${title}`,
    level: 'MUST',
    source: SEARCH,
    needs,
    async run(scene) {
      const topic = await timed(scene)
      const told = await topic.list({ timestamp: NOW + time })
      expectMatch('answer', told, { errorCode: E.NONE, offset, timestamp: NOW + found, leaderEpoch: 0 })
    },
  }),
)

/** Which version brought which time (KIP-405, KIP-1005, KIP-1023). */
const SPECIAL: readonly (readonly [time: bigint, since: number, what: string, offset: bigint])[] = [
  [-4n, 8, 'the first that is on the local disk', 0n],
  [-5n, 9, 'the last in tiered storage, of which there is none', -1n],
  [-6n, 11, 'the first that is not in tiered storage yet, of which there is none', -1n],
]

const special = SPECIAL.map(
  ([timestamp, since, what, offset]): Case => ({
    id: `data/list-offsets/special/${-timestamp}`,
    title: `v${since}: ${timestamp} is ${what}`,
    level: 'SHOULD',
    source: HANDLER,
    needs,
    uses: { ListOffsets: since },
    async run(scene) {
      const topic = await timed(scene)
      expectMatch('answer', await topic.list({ timestamp }, since), { errorCode: E.NONE, offset })
      const before = await topic.list({ timestamp }, since - 1)
      expectMatch('a version before', before, { errorCode: E.UNSUPPORTED_VERSION, offset: -1n })
    },
  }),
)

export const listOffsetsCases: readonly Case[] = [
  ...versions,
  ...searches,
  ...special,
  {
    id: 'data/list-offsets/versions/v0',
    title: 'v0: a list of offsets, the newest first',
    level: 'SHOULD',
    source: 'ListOffsetsRequest.json',
    needs,
    uses: { ListOffsets: 0 },
    async run(scene) {
      const topic = await timed(scene)
      const latest = await topic.list({ timestamp: LATEST, maxNumOffsets: 9 }, 0)
      expectMatch('latest', latest, { errorCode: E.NONE, oldStyleOffsets: [6n, 0n] })
      const earliest = await topic.list({ timestamp: EARLIEST, maxNumOffsets: 9 }, 0)
      expectMatch('earliest', earliest, { errorCode: E.NONE, oldStyleOffsets: [0n] })
    },
  },
  {
    id: 'data/list-offsets/time/none',
    title: 'by time: after the last record there is none',
    level: 'MUST',
    source: SEARCH,
    needs,
    async run(scene) {
      expectMatch('answer', await (await timed(scene)).list({ timestamp: NOW + 41n }), NOTHING)
    },
  },
  {
    id: 'data/list-offsets/time/deleted',
    title: 'by time: records that were deleted are not found',
    level: 'MUST',
    source: SEARCH,
    needs,
    async run(scene) {
      const topic = await timed(scene)
      await topic.deleteRecords(3)
      const told = await topic.list({ timestamp: NOW })
      expectMatch('answer', told, { errorCode: E.NONE, offset: 3n, timestamp: NOW + 20n })
    },
  },
  {
    id: 'data/list-offsets/time/append',
    title: 'by time: where times are append times, the first record of the batch',
    level: 'SHOULD',
    source: SEARCH,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'message.timestamp.type': 'LogAppendTime' } })
      const { logAppendTimeMs: timestamp } = await topic.produce(batchAt(NOW - 99n, NOW + 99n))
      expectMatch('answer', await topic.list({ timestamp }), { errorCode: E.NONE, offset: 0n, timestamp })
    },
  },
  {
    id: 'data/list-offsets/KIP-734/1',
    title: 'v7: -3 is the newest time and the first record that has it',
    level: 'MUST',
    source: 'KIP-734',
    needs,
    uses: { ListOffsets: 7 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const times of [[5n], [9n, 30n, 30n], [30n], [2n]])
        await topic.append(batchAt(...times.map((time) => NOW + time)))
      const told = await topic.list({ timestamp: OF_MAX_TIME }, 7)
      expectMatch('answer', told, { errorCode: E.NONE, offset: 2n, timestamp: NOW + 30n, leaderEpoch: 0 })
      const before = await topic.list({ timestamp: OF_MAX_TIME }, 6)
      expectMatch('v6', before, { errorCode: E.UNSUPPORTED_VERSION, offset: -1n, timestamp: -1n })
    },
  },
  {
    id: 'data/list-offsets/empty/1',
    title: 'an empty partition begins and ends at 0, and has no time',
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { ListOffsets: 7 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const ask = (timestamp: bigint) => topic.list({ timestamp }, 7)
      for (const timestamp of [EARLIEST, LATEST])
        expectMatch(`${timestamp}`, await ask(timestamp), { errorCode: E.NONE, offset: 0n, timestamp: -1n })
      for (const timestamp of [OF_MAX_TIME, NOW]) expectMatch(`${timestamp}`, await ask(timestamp), NOTHING)
    },
  },
  {
    id: 'data/list-offsets/unknown/1',
    title: 'an unknown topic and an unknown partition are told',
    level: 'MUST',
    source: HANDLER,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const none = { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, offset: -1n, timestamp: -1n }
      expectMatch('partition', await topic.list({ partitionIndex: 9 }), none)
      const partitions = [{ partitionIndex: 0, timestamp: LATEST }]
      const body = { replicaId: -1, topics: [{ name: `${scene.group}-none`, partitions }] }
      const answer = await scene.send('ListOffsets', scene.usual('ListOffsets'), body)
      expectMatch('topic', answer.topics, [{ partitions: [none] }])
    },
  },
  {
    id: 'data/list-offsets/twice/1',
    title: 'a partition that is named twice is refused: since Kafka 4 once, before as often as it is named',
    level: 'SHOULD',
    source: 'ListOffsetsRequest.duplicatePartitions',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const partitions = [0, 1, 0].map((partitionIndex) => ({ partitionIndex, timestamp: LATEST }))
      const body = { replicaId: -1, topics: [{ name: topic.name, partitions }] }
      const { topics } = await scene.send('ListOffsets', scene.usual('ListOffsets'), body)
      const codes = topics.flatMap(({ partitions: told }) =>
        told.map((each) => [each.partitionIndex, each.errorCode]),
      )
      const refused = [0, E.INVALID_REQUEST]
      const expected = [refused, ...(isKafka4(scene.target) ? [] : [refused]), [1, E.NONE]]
      expectMatch(
        'errors',
        codes.sort(([a = 0], [b = 0]) => a - b),
        expected,
      )
    },
  },
  {
    id: 'data/list-offsets/KIP-320/1',
    title: 'v4: who knows of a newer leader than the broker must wait for it',
    level: 'MUST',
    source: 'KIP-320',
    needs,
    uses: { ListOffsets: 4 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const code = async (currentLeaderEpoch: number) => (await topic.list({ currentLeaderEpoch }))?.errorCode
      const codes = [await code(0), await code(1), await code(-1)]
      expectMatch('errors', codes, [E.NONE, E.UNKNOWN_LEADER_EPOCH, E.NONE])
    },
  },
]
