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
]
