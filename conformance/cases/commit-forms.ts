// OffsetCommit in its forms: by topic id, several partitions, retention, the versions that Kafka 4 dropped, and who may
// commit to an Empty group.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import type { Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const MANAGER = 'OffsetMetadataManager.commitOffset'
const VALIDATE = 'ClassicGroup.validateOffsetCommit'

const dropped = [1].map(
  (version): Case => ({
    id: `offsets/commit/versions/v${version}`,
    title: `v${version}: a commit without a generation is kept`,
    level: 'SHOULD',
    source: 'OffsetCommitRequest.json',
    uses: { OffsetCommit: version },
    async run(scene) {
      expectMatch('answer', await scene.commit(41, {}, {}, version), E.NONE)
      expectMatch('fetched', await scene.committed(), 41n)
    },
  }),
)

const retained = [2, 3, 4].map(
  (version): Case => ({
    id: `offsets/commit/retention/v${version}`,
    title: `v${version}: a retention time is taken`,
    level: 'MUST',
    source: 'OffsetCommitRequest.json',
    uses: { OffsetCommit: version },
    async run(scene) {
      const answer = await scene.send('OffsetCommit', version, {
        groupId: scene.group,
        generationIdOrMemberEpoch: -1,
        retentionTimeMs: 3_600_000n,
        topics: [{ name: scene.topic, partitions: [{ partitionIndex: 0, committedOffset: 5n }] }],
      })
      expectMatch('answer', answer.topics, [{ name: scene.topic, partitions: [{ errorCode: E.NONE }] }])
      expectMatch('fetched', await scene.committed(), 5n)
    },
  }),
)

const missing = [2, 5, 6, 7, 8].map(
  (version): Case => ({
    id: `offsets/commit/missing/v${version}`,
    title: `v${version}: with a generation, a group that does not exist is an illegal generation`,
    level: 'MUST',
    source: MANAGER,
    uses: { OffsetCommit: version },
    async run(scene) {
      const member = { memberId: 'm', generationId: 1 }
      expectMatch('answer', await scene.commit(1, member, {}, version), E.ILLEGAL_GENERATION)
      expectMatch('fetched', await scene.committed(), -1n)
    },
  }),
)

/** Commits partitions 0, 1, ... by these offsets; partition 99 is not there. Partition -> error. */
async function commitAll(scene: Scene, offsets: Readonly<Record<number, bigint>>, version = 9) {
  const partitions = Object.entries(offsets).map(([partition, committedOffset]) => {
    return { partitionIndex: Number(partition), committedOffset, committedMetadata: `of ${partition}` }
  })
  const topic = version >= 10 ? { topicId: await scene.topicId() } : { name: scene.topic }
  const body = { groupId: scene.group, topics: [{ ...topic, partitions }] }
  const answer = await scene.send('OffsetCommit', version, body)
  expectMatch('topics', answer.topics, [topic])
  return new Map(answer.topics[0]?.partitions.map((each) => [each.partitionIndex, each.errorCode]))
}

export const commitFormCases: readonly Case[] = [
  ...dropped,
  ...retained,
  ...missing,
  {
    id: 'offsets/commit/versions/v10',
    title: 'v10: a commit by topic id is kept, and is fetched by name and by id',
    level: 'MUST',
    source: 'KIP-848',
    uses: { OffsetCommit: 10, OffsetFetch: 10 },
    async run(scene) {
      const codes = await commitAll(scene, { 0: 8n }, 10)
      expectMatch('error', codes.get(0), E.NONE)
      expectMatch('by name', await scene.committed(), 8n)
      const topicId = await scene.topicId()
      const groups = [{ groupId: scene.group, topics: [{ topicId, partitionIndexes: [0] }] }]
      const answer = await scene.send('OffsetFetch', 10, { groups })
      const partitions = [{ partitionIndex: 0, committedOffset: 8n, errorCode: E.NONE }]
      expectMatch('by id', answer.groups, [{ errorCode: E.NONE, topics: [{ topicId, partitions }] }])
    },
  },
  {
    id: 'offsets/commit/versions/v0',
    title: 'v0: a commit is kept; where ZooKeeper held such offsets it is refused',
    level: 'INFO',
    source: 'KafkaApis.handleOffsetCommitRequest',
    uses: { OffsetCommit: 0 },
    async run(scene) {
      const code = await scene.commit(41, {}, {}, 0)
      if (isKafka4(scene.target)) expectMatch('error', code, E.NONE)
      expectMatch('fetched', await scene.committed(), code === E.NONE ? 41n : -1n)
    },
  },
  {
    id: 'offsets/commit/partitions/1',
    title: 'each partition is answered for itself: those that are there are kept',
    level: 'MUST',
    source: 'KafkaApis.handleOffsetCommitRequest',
    async run(scene) {
      const codes = await commitAll(scene, { 0: 10n, 1: 11n, 99: 12n, 2: 13n }, scene.usual('OffsetCommit'))
      const told = [0, 1, 2, 99].map((partition) => codes.get(partition))
      expectMatch('errors', told, [E.NONE, E.NONE, E.NONE, E.UNKNOWN_TOPIC_OR_PARTITION])
      for (const partition of [0, 1, 2]) {
        const committedOffset = [10n, 11n, 13n][partition]
        const kept = { committedOffset, metadata: `of ${partition}` }
        expectMatch(`partition ${partition}`, await scene.fetched(partition), kept)
      }
    },
  },
  {
    id: 'offsets/commit/partitions/2',
    title: 'a partition whose metadata is too large does not keep the others from being committed',
    level: 'MUST',
    source: 'OffsetMetadataManager.commitOffset',
    async run(scene) {
      const max = Number(scene.target.settings.get('offset.metadata.max.bytes') ?? 4096)
      const partitions = [0, 1].map((partitionIndex) => {
        return { partitionIndex, committedOffset: 6n, committedMetadata: 'x'.repeat(max + partitionIndex) }
      })
      const body = { groupId: scene.group, topics: [{ name: scene.topic, partitions }] }
      const { topics } = await scene.send('OffsetCommit', scene.usual('OffsetCommit'), body)
      const codes = new Map(topics[0]?.partitions.map((each) => [each.partitionIndex, each.errorCode]))
      expectMatch('errors', [codes.get(0), codes.get(1)], [E.NONE, E.OFFSET_METADATA_TOO_LARGE])
      expectMatch('offsets', [await scene.committed(), (await scene.fetched(1))?.committedOffset], [6n, -1n])
    },
  },
  {
    id: 'offsets/commit/partitions/3',
    title: 'a topic that is there and is named without partitions is left out',
    level: 'INFO',
    source: 'KafkaApis.handleOffsetCommitRequest',
    async run(scene) {
      const topics = [scene.topic, 'no-such-topic'].map((name) => ({ name, partitions: [] }))
      const body = { groupId: scene.group, topics }
      const answer = await scene.send('OffsetCommit', scene.usual('OffsetCommit'), body)
      expectMatch('answer', answer.topics, [{ name: 'no-such-topic', partitions: [] }])
    },
  },
  {
    id: 'offsets/commit/again/1',
    title: 'the last commit counts, also one that goes back',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      for (const offset of [5, 9, 2]) expectMatch('answer', await scene.commit(offset, member), E.NONE)
      expectMatch('fetched', await scene.committed(), 2n)
    },
  },
  {
    id: 'offsets/commit/leave/1',
    title: 'what a member committed stays when it leaves and its group is Empty',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      await scene.commit(5, member)
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('fetched', await scene.committed(), 5n)
    },
  },
  {
    id: 'offsets/commit/empty/1',
    title: 'to an Empty group anybody commits without a generation, under any member or instance id',
    level: 'MUST',
    source: VALIDATE,
    async run(scene) {
      const member = await scene.alone()
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('nobody', await scene.commit(1), E.NONE)
      expectMatch('any id', await scene.commit(2, { memberId: 'zz' }), E.NONE)
      expectMatch('any instance', await scene.commit(3, {}, { groupInstanceId: 'i' }), E.NONE)
      expectMatch('with a generation', await scene.commit(4, member), E.UNKNOWN_MEMBER_ID)
      expectMatch('fetched', await scene.committed(), 3n)
    },
  },
  {
    id: 'offsets/commit/phase/2',
    title: 'a member that has just joined may commit with the old generation',
    level: 'SHOULD',
    source: VALIDATE,
    async run(scene) {
      const { generationId } = await scene.alone()
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      expectMatch('answer', await scene.commit(1, { memberId: id, generationId }), E.NONE)
    },
  },
  {
    id: 'offsets/commit/type/1',
    title: 'a group of another protocol type commits as well',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone({ protocolType: 'connect' })
      expectMatch('answer', await scene.commit(5, member), E.NONE)
      expectMatch('fetched', await scene.committed(), 5n)
    },
  },
  {
    id: 'offsets/commit/group-id/1',
    title: 'the empty text is a group id like any other for simple commits',
    level: 'SHOULD',
    source: 'GroupCoordinatorService.isGroupIdNotEmpty',
    async run(scene) {
      const body = (offset: bigint) => ({
        groupId: '',
        generationIdOrMemberEpoch: -1,
        topics: [{ name: scene.topic, partitions: [{ partitionIndex: 2, committedOffset: offset }] }],
      })
      const answer = await scene.send('OffsetCommit', scene.usual('OffsetCommit'), body(77n))
      expectMatch('answer', answer.topics, [{ partitions: [{ errorCode: E.NONE }] }])
      const topics = [{ name: scene.topic, partitionIndexes: [2] }]
      const asked = { groupId: '', topics, groups: [{ groupId: '', topics }] }
      const told = await scene.send('OffsetFetch', scene.usual('OffsetFetch'), asked)
      const [group = told] = told.groups
      expectMatch('fetched', group.topics, [{ partitions: [{ committedOffset: 77n, errorCode: E.NONE }] }])
      await scene.send('DeleteGroups', scene.usual('DeleteGroups'), { groupsNames: [''] })
    },
  },
]
