// OffsetCommit.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import type { Membership, Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const MANAGER = 'OffsetMetadataManager.commitOffset'
const BROKER = 'KafkaApis.handleOffsetCommitRequest'

const versions = [2, 3, 4, 5, 6, 7, 8, 9].map(
  (version): Case => ({
    id: `offsets/commit/versions/v${version}`,
    title: `v${version}: a member commits, and what it committed is fetched`,
    level: 'MUST',
    source: MANAGER,
    uses: { OffsetCommit: version },
    async run(scene) {
      const member = await scene.alone()
      expectMatch('answer', await scene.commit(40 + version, member, {}, version), E.NONE)
      expectMatch('fetched', await scene.committed(), BigInt(40 + version))
    },
  }),
)

/** The error of a commit by this member. */
const by = async (
  scene: Scene,
  what: string,
  member: Partial<Membership>,
  expected: number,
  more: object = {},
) => expectMatch(what, await scene.commit(1, member, more), expected)

export const offsetCommitCases: readonly Case[] = [
  ...versions,
  {
    id: 'offsets/commit/fence/1',
    title: 'a wrong generation, an unknown member, no member id are refused',
    level: 'MUST',
    source: 'ClassicGroup.validateOffsetCommit',
    async run(scene) {
      const member = await scene.alone()
      await by(scene, 'other generation', { ...member, generationId: 9 }, E.ILLEGAL_GENERATION)
      await by(scene, 'no generation', { ...member, generationId: -1 }, E.ILLEGAL_GENERATION)
      await by(scene, 'unknown member', { ...member, memberId: 'zz' }, E.UNKNOWN_MEMBER_ID)
      await by(scene, 'no member id', { ...member, memberId: '' }, E.UNKNOWN_MEMBER_ID)
      await by(scene, 'unknown instance', member, E.UNKNOWN_MEMBER_ID, { groupInstanceId: 'i' })
      await by(scene, 'nobody', {}, E.UNKNOWN_MEMBER_ID)
      expectMatch('fetched', await scene.committed(), -1n)
    },
  },
  {
    id: 'offsets/commit/missing/1',
    title:
      'with a generation, a group that does not exist is told: v9 by its own error, before as an illegal generation',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = { memberId: 'm', generationId: 1 }
      // The older coordinator had v9, but not its error.
      const missing = isKafka4(scene.target) ? E.GROUP_ID_NOT_FOUND : E.ILLEGAL_GENERATION
      expectMatch('v9', await scene.commit(1, member, {}, 9), missing)
      expectMatch('v8', await scene.commit(1, member, {}, 8), E.ILLEGAL_GENERATION)
    },
  },
  {
    id: 'offsets/commit/simple/1',
    title: 'without a generation, anybody commits to a group that does not exist, which makes it',
    level: 'MUST',
    source: MANAGER,
    uses: { ListGroups: 4 },
    async run(scene) {
      expectMatch('answer', await scene.commit(3), E.NONE)
      const { groups } = await scene.send('ListGroups', 4, {})
      const [listed] = groups.filter(({ groupId }) => groupId === scene.group)
      expectMatch('listed', listed, { protocolType: '', groupState: 'Empty' })
      expectMatch('again, under any name', await scene.commit(4, { memberId: 'whoever' }), E.NONE)
      expectMatch(
        'with a generation',
        await scene.commit(5, { memberId: 'm', generationId: 1 }),
        E.UNKNOWN_MEMBER_ID,
      )
    },
  },
  {
    id: 'offsets/commit/phase/1',
    title: 'in the join phase the old generation may commit, in the sync phase nobody may',
    level: 'MUST',
    source: 'ClassicGroup.validateOffsetCommit',
    async run(scene) {
      const member = await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      await by(scene, 'join phase', member, E.NONE)
      await scene.join({ memberId: member.memberId })
      await by(scene, 'sync phase', { ...member, generationId: 2 }, E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'offsets/commit/metadata/1',
    title: 'metadata is limited by its length in UTF-16 code units',
    level: 'SHOULD',
    source: 'OffsetMetadataManager.isMetadataInvalid',
    async run(scene) {
      const commit = (committedMetadata: string | null) => scene.commit(1, {}, { committedMetadata })
      const max = Number(scene.target.settings.get('offset.metadata.max.bytes') ?? 4096)
      expectMatch(`${max} letters`, await commit('x'.repeat(max)), E.NONE)
      expectMatch('one more', await commit('x'.repeat(max + 1)), E.OFFSET_METADATA_TOO_LARGE)
      expectMatch(`${max} letters of three bytes`, await commit('界'.repeat(max)), E.NONE)
      expectMatch('null', await commit(null), E.NONE)
      expectMatch('fetched after null', (await scene.fetched())?.metadata, '')
    },
  },
  {
    id: 'offsets/commit/unknown/1',
    title: 'an unknown topic or partition is told alone, and before the group is asked',
    level: 'MUST',
    source: BROKER,
    async run(scene) {
      await scene.alone()
      const stale = { memberId: 'zz', generationId: 99 }
      expectMatch(
        'topic',
        await scene.commit(1, stale, { topic: 'no-such-topic' }),
        E.UNKNOWN_TOPIC_OR_PARTITION,
      )
      expectMatch('partition', await scene.commit(1, stale, { partition: 99 }), E.UNKNOWN_TOPIC_OR_PARTITION)
      const empty = await scene.send('OffsetCommit', 9, { groupId: scene.group, memberId: 'zz', topics: [] })
      expectMatch('no topic', empty.topics, [])
    },
  },
  {
    id: 'offsets/commit/value/1',
    title: 'a negative offset and a leader epoch are kept as they are',
    level: 'SHOULD',
    source: MANAGER,
    async run(scene) {
      expectMatch('answer', await scene.commit(-7, {}, { committedLeaderEpoch: 4 }), E.NONE)
      expectMatch('fetched', await scene.fetched(), {
        committedOffset: -7n,
        committedLeaderEpoch: 4,
        errorCode: E.NONE,
      })
    },
  },
  {
    id: 'offsets/commit/KIP-516/1',
    title: 'v10 goes by topic id: an unknown id, and the zero id, are told',
    level: 'MUST',
    source: 'KIP-848',
    uses: { OffsetCommit: 10 },
    async run(scene) {
      for (const topicId of ['AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAAAAAAAAAAAAA']) {
        const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: '' }]
        const answer = await scene.send('OffsetCommit', 10, {
          groupId: scene.group,
          topics: [{ topicId, partitions }],
        })
        expectMatch(topicId, answer.topics, [{ topicId, partitions: [{ errorCode: E.UNKNOWN_TOPIC_ID }] }])
      }
    },
  },
]
