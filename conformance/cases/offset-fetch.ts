// OffsetFetch.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { isKafka4 } from '../target.js'

const MANAGER = 'OffsetMetadataManager.fetchOffsets'
const NOTHING = { committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode: E.NONE }

const single = [1, 2, 3, 4, 5, 6, 7].map(
  (version): Case => ({
    id: `offsets/fetch/versions/v${version}`,
    title: `v${version}: a committed offset is fetched, one that is not committed is -1`,
    level: 'MUST',
    source: MANAGER,
    uses: { OffsetFetch: version },
    async run(scene) {
      await scene.commit(9, {}, { committedLeaderEpoch: 3, committedMetadata: 'm' })
      const topics = [{ name: scene.topic, partitionIndexes: [0, 1] }]
      const answer = await scene.send('OffsetFetch', version, { groupId: scene.group, topics })
      const epoch = version >= 5 ? 3 : -1
      const partitions = new Map(answer.topics[0]?.partitions.map((each) => [each.partitionIndex, each]))
      expectMatch('committed', partitions.get(0), {
        committedOffset: 9n,
        committedLeaderEpoch: epoch,
        metadata: 'm',
      })
      expectMatch('not committed', partitions.get(1), NOTHING)
      expectMatch('error', answer.errorCode, E.NONE)
    },
  }),
)

const batched = [8, 9].map(
  (version): Case => ({
    id: `offsets/fetch/versions/v${version}`,
    title: `v${version}: several groups, each for itself; Kafka 4 answers twice when asked twice`,
    level: 'MUST',
    source: 'KIP-709',
    uses: { OffsetFetch: version },
    async run(scene) {
      await scene.commit(9)
      const topics = [{ name: scene.topic, partitionIndexes: [0] }]
      const fetch = async (...ids: string[]) => {
        const groups = ids.map((groupId) => ({ groupId, topics }))
        const answer = await scene.send('OffsetFetch', version, { groups })
        return answer.groups
          .map((group) => [group.groupId, group.topics[0]?.partitions[0]?.committedOffset, group.errorCode])
          .sort((a, b) => String(a[0]).length - String(b[0]).length) // the order of groups is open
      }
      const [known, none] = [scene.group, await scene.beside('none')]
      const [has, hasNot] = [
        [known, 9n, E.NONE],
        [none, -1n, E.NONE],
      ]
      expectMatch('two groups', await fetch(none, known), [has, hasNot])
      if (!isKafka4(scene.target)) return // 3.9 never answers the next one
      expectMatch('one of them twice', await fetch(known, none, known), [has, has, hasNot])
      expectMatch('no group', await fetch(), [])
    },
  }),
)

export const offsetFetchCases: readonly Case[] = [
  ...single,
  ...batched,
  {
    id: 'offsets/fetch/missing/1',
    title: 'of a group that does not exist there is no error: -1 where asked, nothing for all topics',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      expectMatch('named', await scene.fetched(), NOTHING)
      const all = await scene.send('OffsetFetch', 8, { groups: [{ groupId: scene.group, topics: null }] })
      expectMatch('all', all.groups, [{ groupId: scene.group, topics: [], errorCode: E.NONE }])
    },
  },
  {
    id: 'offsets/fetch/unknown/1',
    title: 'of an unknown topic or partition it is -1 without an error',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const topics = [
        { name: 'no-such-topic', partitionIndexes: [0] },
        { name: scene.topic, partitionIndexes: [99] },
      ]
      const { groups } = await scene.send('OffsetFetch', 8, { groups: [{ groupId: scene.group, topics }] })
      for (const topic of groups[0]?.topics ?? []) expectMatch(topic.name, topic.partitions, [NOTHING])
      expectMatch('topics', groups[0]?.topics.length, 2)
    },
  },
  {
    id: 'offsets/fetch/all/1',
    title: 'null topics mean all that is committed, and no more',
    level: 'MUST',
    source: 'OffsetMetadataManager.fetchAllOffsets',
    async run(scene) {
      await scene.commit(1, {}, { partition: 1 })
      const all = await scene.send('OffsetFetch', 7, { groupId: scene.group, topics: null })
      expectMatch('topics', all.topics, [
        { name: scene.topic, partitions: [{ partitionIndex: 1, committedOffset: 1n }] },
      ])
    },
  },
  {
    id: 'offsets/fetch/KIP-848/1',
    title: 'member id and epoch mean nothing to a classic group',
    level: 'MUST',
    source: 'KIP-848',
    uses: { OffsetFetch: 9 },
    async run(scene) {
      await scene.commit(6)
      const topics = [{ name: scene.topic, partitionIndexes: [0] }]
      const groups = [{ groupId: scene.group, memberId: 'zz', memberEpoch: 7, topics }]
      const answer = await scene.send('OffsetFetch', 9, { groups })
      expectMatch('answer', answer.groups, [
        { errorCode: E.NONE, topics: [{ partitions: [{ committedOffset: 6n }] }] },
      ])
    },
  },
  {
    id: 'offsets/fetch/KIP-516/1',
    title: 'v10 goes by topic id: an unknown one is told on its partitions',
    level: 'MUST',
    source: 'KIP-848',
    uses: { OffsetFetch: 10 },
    async run(scene) {
      const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
      const groups = [{ groupId: scene.group, topics: [{ topicId, partitionIndexes: [0] }] }]
      const answer = await scene.send('OffsetFetch', 10, { groups })
      const partitions = [{ committedOffset: -1n, errorCode: E.UNKNOWN_TOPIC_ID }]
      expectMatch('answer', answer.groups, [{ errorCode: E.NONE, topics: [{ topicId, partitions }] }])
    },
  },
]
