// Heartbeat.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'

const MANAGER = 'GroupMetadataManager.classicGroupHeartbeat'

const versions = [0, 1, 2, 3, 4].map(
  (version): Case => ({
    id: `classic/heartbeat/versions/v${version}`,
    title: `v${version}: a member of a Stable group is told that all is well`,
    level: 'MUST',
    source: MANAGER,
    uses: { Heartbeat: version },
    async run(scene) {
      expectMatch('answer', await scene.heartbeat(await scene.alone(), {}, version), E.NONE)
    },
  }),
)

export const heartbeatCases: readonly Case[] = [
  ...versions,
  {
    id: 'classic/heartbeat/phase/1',
    title: 'it succeeds in the sync phase and tells of a rebalance in the join phase',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      expectMatch('sync phase', await scene.heartbeat(follower), E.NONE)
      await scene.sync(leader)
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      expectMatch('join phase', await scene.heartbeat(leader), E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/heartbeat/generation/1',
    title: 'a wrong generation is told before a rebalance in progress',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      for (const generationId of [-1, 0, 2]) {
        expectMatch(
          `generation ${generationId}`,
          await scene.heartbeat({ ...member, generationId }),
          E.ILLEGAL_GENERATION,
        )
      }
    },
  },
  {
    id: 'classic/heartbeat/unknown/1',
    title: 'a pending id, an unknown id, a missing group and an empty group id are refused',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const memberId = await scene.pending()
      const code = (id: string, more: object = {}) => scene.heartbeat({ memberId: id, generationId: 0 }, more)
      expectMatch('pending', await code(memberId), E.UNKNOWN_MEMBER_ID)
      expectMatch('unknown', await code('zz'), E.UNKNOWN_MEMBER_ID)
      expectMatch(
        'missing group',
        await code('zz', { groupId: await scene.beside('none') }),
        E.UNKNOWN_MEMBER_ID,
      )
      expectMatch('empty group id', await code('zz', { groupId: '' }), E.INVALID_GROUP_ID)
    },
  },
  {
    id: 'classic/heartbeat/phase/2',
    title: 'it succeeds while the SyncGroup of the member waits',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { follower } = await scene.syncing()
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      expectMatch('answer', await scene.heartbeat(follower), E.NONE)
    },
  },
  {
    id: 'classic/heartbeat/phase/3',
    title: 'a new member may heartbeat with the old generation while its JoinGroup waits',
    level: 'SHOULD',
    source: MANAGER,
    async run(scene) {
      const { generationId } = await scene.alone()
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      const beat = await scene.heartbeat({ memberId: id, generationId })
      expectMatch('answer', beat, E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/heartbeat/unknown/2',
    title: 'an empty member id, and anybody in an Empty group, is unknown',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      expectMatch('empty id', await scene.heartbeat({ ...member, memberId: '' }), E.UNKNOWN_MEMBER_ID)
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('Empty group', await scene.heartbeat(member), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/heartbeat/fence/1',
    title: 'another member id with a known instance is fenced before its generation is looked at',
    level: 'MUST',
    source: 'ClassicGroup.validateMember',
    async run(scene) {
      await scene.alone({ groupInstanceId: 'i1' })
      const other = { memberId: 'zz', generationId: 99 }
      expectMatch('answer', await scene.heartbeat(other, { groupInstanceId: 'i1' }), E.FENCED_INSTANCE_ID)
    },
  },
]
