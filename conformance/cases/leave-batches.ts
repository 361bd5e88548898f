// LeaveGroup of several members, in each phase, and what is left afterwards.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'

const MANAGER = 'GroupMetadataManager.classicGroupLeaveToClassicGroup'

const missing = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `classic/leave/missing/v${version}`,
    title: `v${version}: of a group that does not exist every member is unknown${version < 3 ? ', told on top' : ''}`,
    level: 'MUST',
    source: MANAGER,
    uses: { LeaveGroup: version },
    async run(scene) {
      const body = { groupId: scene.group, memberId: 'm', members: [{ memberId: 'm' }] }
      const answer = await scene.send('LeaveGroup', version, body)
      const told =
        version < 3
          ? { errorCode: E.UNKNOWN_MEMBER_ID }
          : { errorCode: E.NONE, members: [{ memberId: 'm', errorCode: E.UNKNOWN_MEMBER_ID }] }
      expectMatch('answer', answer, told)
    },
  }),
)

export const leaveBatchCases: readonly Case[] = [
  ...missing,
  {
    id: 'classic/leave/batch/1',
    title: 'all members in one batch: the group is Empty at once, one generation later',
    level: 'MUST',
    source: MANAGER,
    uses: { LeaveGroup: 3 },
    async run(scene) {
      const { leader, follower } = await scene.pair()
      const { members } = await scene.leave([leader, follower].map(({ memberId }) => ({ memberId })))
      for (const { errorCode } of members) expectMatch('error', errorCode, E.NONE)
      await scene.expectState('Empty')
      const { generationId } = await (await scene.newcomer()).joined
      expectMatch('next generation', generationId, leader.generationId + 2)
    },
  },
  {
    id: 'classic/leave/batch/2',
    title: 'known and unknown members in one batch: one rebalance for those that were known',
    level: 'MUST',
    source: MANAGER,
    uses: { LeaveGroup: 3 },
    async run(scene) {
      const { leader, follower } = await scene.pair()
      const answer = await scene.leave([{ memberId: 'zz' }, { memberId: follower.memberId }])
      const codes = answer.members.map(({ errorCode }) => errorCode)
      expectMatch('errors', codes, [E.UNKNOWN_MEMBER_ID, E.NONE])
      const { generationId } = await scene.join({ memberId: leader.memberId })
      expectMatch('generation', generationId, leader.generationId + 1)
    },
  },
  {
    id: 'classic/leave/pending/1',
    title: 'an id that has not joined yet can leave, and is unknown then',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const memberId = await scene.pending()
      expectMatch('leave', (await scene.leave([{ memberId }])).members, [{ errorCode: E.NONE }])
      expectMatch('join', (await scene.join({ memberId })).errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/leave/fence/1',
    title:
      'another member id with a known instance is fenced; a known id with an unknown instance is unknown',
    level: 'MUST',
    source: 'ClassicGroup.validateMember',
    uses: { LeaveGroup: 3 },
    async run(scene) {
      const { memberId } = await scene.alone({ groupInstanceId: 'i1' })
      const { members } = await scene.leave([
        { memberId: 'zz', groupInstanceId: 'i1' },
        { memberId, groupInstanceId: 'i2' },
      ])
      const codes = members.map(({ errorCode }) => errorCode)
      expectMatch('errors', codes, [E.FENCED_INSTANCE_ID, E.UNKNOWN_MEMBER_ID])
      await scene.expectState('Stable')
    },
  },
  {
    id: 'classic/leave/after/1',
    title: 'who has left is unknown to every request',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      await scene.leave([{ memberId: follower.memberId }])
      await scene.join({ memberId: leader.memberId })
      expectMatch('heartbeat', await scene.heartbeat(follower), E.UNKNOWN_MEMBER_ID)
      expectMatch('sync', (await scene.sync(follower)).errorCode, E.UNKNOWN_MEMBER_ID)
      expectMatch('commit', await scene.commit(1, follower), E.UNKNOWN_MEMBER_ID)
      const rejoined = await scene.join({ memberId: follower.memberId })
      expectMatch('join', rejoined.errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/leave/join-phase/1',
    title: 'in the join phase the others go on when the one that is awaited leaves',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const first = await scene.alone()
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      await scene.leave([{ memberId: first.memberId }])
      expectMatch('answer', await joined, { errorCode: E.NONE, generationId: 2, leader: id })
    },
  },
  {
    id: 'classic/leave/sync-phase/1',
    title: 'in the sync phase a follower that leaves starts the join phase again',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      await scene.leave([{ memberId: follower.memberId }])
      expectMatch('leader', (await scene.sync(leader)).errorCode, E.REBALANCE_IN_PROGRESS)
      await scene.expectState('PreparingRebalance')
    },
  },
  {
    id: 'classic/leave/leader/1',
    title: 'when the leader of a Stable group leaves another member leads',
    level: 'MUST',
    source: 'ClassicGroup.remove',
    async run(scene) {
      const { leader, follower } = await scene.pair()
      await scene.leave([{ memberId: leader.memberId }])
      const { memberId } = follower
      expectMatch('rejoined', await scene.join({ memberId }), { errorCode: E.NONE, leader: memberId })
    },
  },
  {
    id: 'classic/leave/KIP-800/1',
    title: 'v5: a reason of any length is taken, and none',
    level: 'MUST',
    source: 'KIP-800',
    uses: { LeaveGroup: 5 },
    async run(scene) {
      for (const reason of ['because '.repeat(40), null]) {
        const { memberId } = await scene.alone()
        const { members } = await scene.leave([{ memberId, reason }], 5)
        expectMatch('error', members, [{ errorCode: E.NONE }])
      }
    },
  },
]
