// LeaveGroup.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'

const MANAGER = 'GroupMetadataManager.classicGroupLeaveToClassicGroup'

const single = [0, 1, 2].map(
  (version): Case => ({
    id: `classic/leave/versions/v${version}`,
    title: `v${version}: one member leaves; an unknown one is told on top`,
    level: 'MUST',
    source: MANAGER,
    uses: { LeaveGroup: version },
    async run(scene) {
      const { memberId } = await scene.alone()
      const code = async (id: string) => {
        return (await scene.send('LeaveGroup', version, { groupId: scene.group, memberId: id })).errorCode
      }
      expectMatch('unknown', await code('zz'), E.UNKNOWN_MEMBER_ID)
      expectMatch('member', await code(memberId), E.NONE)
      await scene.expectState('Empty')
    },
  }),
)

const batched = [3, 4, 5].map(
  (version): Case => ({
    id: `classic/leave/versions/v${version}`,
    title: `v${version}: each member is answered for itself, in the order asked`,
    level: 'MUST',
    source: 'KIP-345',
    uses: { LeaveGroup: version },
    async run(scene) {
      const { memberId } = await scene.alone()
      const answer = await scene.leave([{ memberId: 'zz' }, { memberId }, { memberId }], version)
      expectMatch('answer', answer, {
        errorCode: E.NONE,
        members: [
          { memberId: 'zz', groupInstanceId: null, errorCode: E.UNKNOWN_MEMBER_ID },
          { memberId, groupInstanceId: null, errorCode: E.NONE },
          { memberId, groupInstanceId: null, errorCode: E.UNKNOWN_MEMBER_ID },
        ],
      })
    },
  }),
)

export const leaveCases: readonly Case[] = [
  ...single,
  ...batched,
  {
    id: 'classic/leave/last/1',
    title: 'the last member that leaves empties the group and counts a generation',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { memberId } = await scene.alone()
      await scene.leave([{ memberId }])
      expectMatch('group', await scene.describe(), {
        groupState: 'Empty',
        protocolType: 'consumer',
        protocolData: '',
      })
      expectMatch('next generation', (await (await scene.newcomer()).joined).generationId, 3)
    },
  },
  {
    id: 'classic/leave/rebalance/1',
    title: 'a follower that leaves makes the others rejoin',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      await scene.leave([{ memberId: follower.memberId }])
      expectMatch('leader', await scene.heartbeat(leader), E.REBALANCE_IN_PROGRESS)
      expectMatch('members', (await scene.join({ memberId: leader.memberId })).members.length, 1)
    },
  },
  {
    id: 'classic/leave/parked/1',
    title: 'the parked JoinGroup of a member that is made to leave is answered',
    level: 'MUST',
    source: 'GroupMetadataManager.removeMemberAndUpdateClassicGroup',
    async run(scene) {
      await scene.alone()
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      await scene.leave([{ memberId: id }])
      expectMatch('answer', await joined, { errorCode: E.UNKNOWN_MEMBER_ID, memberId: '', generationId: -1 })
    },
  },
  {
    id: 'classic/leave/identity/1',
    title: 'a static member is removed by its instance id alone, or by its member id alone',
    level: 'MUST',
    source: 'KIP-345',
    async run(scene) {
      const S1 = { groupInstanceId: 'i1' }
      await scene.alone(S1)
      expectMatch('by instance', (await scene.leave([{ memberId: '', ...S1 }])).members, [
        { memberId: '', ...S1, errorCode: E.NONE },
      ])
      const again = await scene.alone(S1)
      expectMatch('by id', (await scene.leave([{ memberId: again.memberId }])).members[0]?.errorCode, E.NONE)
      const nobody = await scene.leave([{ memberId: '', groupInstanceId: 'i2' }, { memberId: '' }])
      expectMatch('nobody', nobody.members, [
        { errorCode: E.UNKNOWN_MEMBER_ID },
        { errorCode: E.UNKNOWN_MEMBER_ID },
      ])
    },
  },
  {
    id: 'classic/leave/empty/1',
    title: 'an empty batch changes nothing; an empty group id is refused',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      await scene.alone()
      expectMatch('empty batch', await scene.leave([]), { errorCode: E.NONE, members: [] })
      await scene.expectState('Stable')
      const answer = await scene.send('LeaveGroup', 5, { groupId: '', members: [{ memberId: 'm' }] })
      expectMatch('empty group id', answer, { errorCode: E.INVALID_GROUP_ID, members: [] })
    },
  },
]
