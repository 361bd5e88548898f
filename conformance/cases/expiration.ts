// Offsets and Empty groups that nobody needs any more. The broker must look for them often.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { config, slow } from '../needs.js'
import type { Scene } from '../scene.js'
import { subscription } from '../scene.js'

const SOURCE = 'OffsetMetadataManager.cleanupExpiredOffsets'
const looksOften = config('offsets.retention.check.interval.ms', (ms) => ms <= 5000, 'at most 5000')
const forgetsSoon = config('offsets.retention.minutes', (minutes) => minutes === 1, '1')
/** The retention of a minute, and a look. */
const PAST_RETENTION_MS = 67_000

async function isGone(scene: Scene): Promise<boolean> {
  return (await scene.describe()).groupState === 'Dead'
}

export const expirationCases: readonly Case[] = [
  {
    id: 'expiration/empty/1',
    title: 'an Empty group without offsets goes at the next look, whatever the retention',
    level: 'MUST',
    source: 'GroupMetadataManager.cleanupGroupMetadata',
    needs: [looksOften],
    takesMs: 6000,
    async run(scene) {
      const { memberId } = await scene.alone()
      await scene.leave([{ memberId }])
      await scene.until('the group is gone', () => isGone(scene))
    },
  },
  {
    id: 'expiration/retention-time/1',
    title: 'a commit with a retention time of its own (v2-4) goes after that',
    level: 'MUST',
    source: SOURCE,
    needs: [looksOften],
    uses: { OffsetCommit: 4 },
    takesMs: 8000,
    async run(scene) {
      const partition = (partitionIndex: number) => ({ partitionIndex, committedOffset: 5n })
      const commit = async (partitionIndex: number, retentionTimeMs: bigint) => {
        const topics = [{ name: scene.topic, partitions: [partition(partitionIndex)] }]
        const body = { groupId: scene.group, generationIdOrMemberEpoch: -1, retentionTimeMs, topics }
        const answer = await scene.send('OffsetCommit', 4, body)
        expectMatch('commit', answer.topics[0]?.partitions[0]?.errorCode, E.NONE)
      }
      await commit(0, 1000n)
      await commit(1, -1n)
      await scene.until('it is gone', async () => (await scene.committed()) === -1n)
      expectMatch('the other stays', (await scene.fetched(1))?.committedOffset, 5n)
    },
  },
  {
    id: 'expiration/simple/1',
    title: 'commits of a group without members go after the retention, and the group with the last',
    level: 'MUST',
    source: SOURCE,
    needs: [slow, looksOften, forgetsSoon],
    takesMs: 80_000,
    async run(scene) {
      await scene.commit(1)
      await scene.passing(40_000)
      await scene.commit(2, {}, { partition: 1 })
      await scene.passing(PAST_RETENTION_MS - 40_000)
      expectMatch('the older one', await scene.committed(), -1n)
      expectMatch('the newer one', (await scene.fetched(1))?.committedOffset, 2n)
      await scene.expectState('Empty')
    },
  },
  {
    id: 'expiration/empty/2',
    title: 'the retention of an Empty group counts from when it became Empty, for all its offsets',
    level: 'MUST',
    source: 'KIP-211',
    needs: [slow, looksOften, forgetsSoon],
    takesMs: 110_000,
    async run(scene) {
      const member = await scene.alone({ sessionTimeoutMs: 120_000 })
      await scene.commit(1, member)
      await scene.passing(30_000)
      await scene.leave([{ memberId: member.memberId }])
      await scene.passing(50_000)
      expectMatch('a minute after the commit it is there', await scene.committed(), 1n)
      await scene.until('a minute after the group was Empty it is gone', async () => {
        await scene.pause(1000)
        return isGone(scene)
      })
    },
  },
  {
    id: 'expiration/stable/1',
    title: 'of a Stable group offsets of topics that nobody consumes go, those of consumed ones stay',
    level: 'MUST',
    source: 'KIP-211',
    needs: [slow, looksOften, forgetsSoon],
    takesMs: 80_000,
    async run(scene) {
      const other = await scene.ownTopic()
      const metadata = subscription(scene.topic)
      const member = await scene.alone({
        sessionTimeoutMs: 120_000,
        protocols: [{ name: 'range', metadata }],
      })
      await scene.commit(1, member)
      await scene.commit(2, member, { topic: other })
      await scene.passing(PAST_RETENTION_MS)
      const topics = [
        { name: scene.topic, partitionIndexes: [0] },
        { name: other, partitionIndexes: [0] },
      ]
      const body = { groupId: scene.group, topics, groups: [{ groupId: scene.group, topics }] }
      const answer = await scene.send('OffsetFetch', scene.usual('OffsetFetch'), body)
      const told = (answer.groups[0] ?? answer).topics
      const offsets = new Map(told.map(({ name, partitions }) => [name, partitions[0]?.committedOffset]))
      expectMatch('offsets', [offsets.get(scene.topic), offsets.get(other)], [1n, -1n])
    },
  },
  {
    id: 'expiration/rebalancing/1',
    title: 'of a group that rebalances nothing goes',
    level: 'SHOULD',
    source: 'ClassicGroup.offsetExpirationCondition',
    needs: [slow, looksOften, forgetsSoon],
    takesMs: 80_000,
    async run(scene) {
      const long = { sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 120_000 }
      const member = await scene.alone(long)
      await scene.commit(1, member)
      const { joined } = await scene.newcomer(long)
      await scene.parked(joined)
      await scene.passing(PAST_RETENTION_MS)
      expectMatch('fetched', await scene.committed(), 1n)
    },
  },
]
