// SyncGroup.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'

const MANAGER = 'GroupMetadataManager.classicGroupSyncToClassicGroup'

const versions = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `classic/sync/versions/v${version}`,
    title: `v${version}: the leader's assignment makes the group Stable`,
    level: 'MUST',
    source: MANAGER,
    uses: { SyncGroup: version },
    async run(scene) {
      const { joined } = await scene.newcomer()
      const { memberId, generationId } = await joined
      const answer = await scene.sync({ memberId, generationId }, { [memberId]: 'mine' }, {}, version)
      expectMatch('answer', answer, { errorCode: E.NONE, assignment: Buffer.from('mine') })
      await scene.expectState('Stable')
    },
  }),
)

export const syncCases: readonly Case[] = [
  ...versions,
  {
    id: 'classic/sync/park/1',
    title: 'a follower waits for the leader, and is answered with it',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      await scene.sync(leader, { [follower.memberId]: 'F' })
      expectMatch('answer', await waiting, {
        errorCode: E.NONE,
        protocolType: 'consumer',
        assignment: Buffer.from('F'),
      })
    },
  },
  {
    id: 'classic/sync/assign/1',
    title: 'whom the leader leaves out gets nothing; ids it makes up are ignored',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      expectMatch('leader', (await scene.sync(leader, { nobody: 'x' })).errorCode, E.NONE)
      expectMatch('follower', await scene.sync(follower), { errorCode: E.NONE, assignment: Buffer.alloc(0) })
    },
  },
  {
    id: 'classic/sync/assign/2',
    title: 'in a Stable group the assignment stands, whatever the leader sends',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      await scene.sync(leader, { [follower.memberId]: 'other' })
      expectMatch('follower', (await scene.sync(follower)).assignment, Buffer.from('follower'))
    },
  },
  {
    id: 'classic/sync/checks/1',
    title: 'a wrong generation, an unknown member, a missing group are refused',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      const code = async (who: typeof member, more: object = {}) =>
        (await scene.sync(who, {}, more)).errorCode
      expectMatch('generation', await code({ ...member, generationId: 9 }), E.ILLEGAL_GENERATION)
      expectMatch('member', await code({ ...member, memberId: 'zz' }), E.UNKNOWN_MEMBER_ID)
      expectMatch('group', await code(member, { groupId: await scene.beside('none') }), E.UNKNOWN_MEMBER_ID)
      expectMatch('empty group id', await code(member, { groupId: '' }), E.INVALID_GROUP_ID)
    },
  },
  {
    id: 'classic/sync/KIP-559/1',
    title: 'v5 needs protocol type and name, and the right ones',
    level: 'MUST',
    source: 'KIP-559',
    async run(scene) {
      const { leader } = await scene.syncing()
      for (const wrong of [
        { protocolType: null },
        { protocolName: null },
        { protocolType: 'x' },
        { protocolName: 'x' },
      ]) {
        const answer = await scene.sync(leader, {}, wrong)
        expectMatch(JSON.stringify(wrong), answer, {
          errorCode: E.INCONSISTENT_GROUP_PROTOCOL,
          protocolType: null,
          protocolName: null,
          assignment: Buffer.alloc(0),
        })
      }
      await scene.expectState('CompletingRebalance')
    },
  },
  {
    id: 'classic/sync/phase/1',
    title: 'in the join phase it is refused',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      expectMatch('answer', (await scene.sync(member)).errorCode, E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/sync/timeout/1',
    title: 'a follower that never syncs is removed at the rebalance timeout',
    level: 'MUST',
    source: 'GroupMetadataManager.expirePendingSync',
    async run(scene) {
      const { leader, follower } = await scene.syncing({ rebalanceTimeoutMs: 1000 })
      await scene.sync(leader)
      while ((await scene.heartbeat(follower)) === E.NONE)
        await new Promise((resolve) => setTimeout(resolve, 50))
      expectMatch('follower', await scene.heartbeat(follower), E.UNKNOWN_MEMBER_ID)
      expectMatch('leader', await scene.heartbeat(leader), E.REBALANCE_IN_PROGRESS)
    },
  },
]
