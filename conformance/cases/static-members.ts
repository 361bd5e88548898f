// Static membership.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { protocols } from '../scene.js'

const SOURCE = 'KIP-345'
const S1 = { groupInstanceId: 'i1' }

const withoutId = [5, 6, 7, 8, 9].map(
  (version): Case => ({
    id: `classic/static/join/v${version}`,
    title: `v${version}: a static member is not given an id first`,
    level: 'MUST',
    source: SOURCE,
    uses: { JoinGroup: version },
    async run(scene) {
      const answer = await scene.join(S1, version)
      expectMatch('answer', answer, { errorCode: E.NONE, memberId: /^i1-[0-9a-f-]{36}$/ })
      expectMatch('members', answer.members, [{ groupInstanceId: 'i1' }])
    },
  }),
)

const oldLeader = [5, 6, 7, 8].map(
  (version): Case => ({
    id: `classic/static/restart/v${version}`,
    title: `v${version}: a leader that comes back is told that its old id leads, without a rebalance`,
    level: 'MUST',
    source: 'KIP-814',
    uses: { JoinGroup: version },
    async run(scene) {
      const old = await scene.alone(S1)
      const back = await scene.join(S1, version)
      expectMatch('answer', back, { errorCode: E.NONE, leader: old.memberId, members: [], generationId: 1 })
      await scene.expectState('Stable')
    },
  }),
)

export const staticMemberCases: readonly Case[] = [
  ...withoutId,
  ...oldLeader,
  {
    id: 'classic/static/restart/KIP-814/1',
    title: 'v9: a leader that comes back leads on under its new id and skips the assignment',
    level: 'MUST',
    source: 'KIP-814',
    async run(scene) {
      await scene.alone(S1)
      const back = await scene.join(S1)
      expectMatch('answer', back, {
        errorCode: E.NONE,
        generationId: 1,
        leader: back.memberId,
        skipAssignment: true,
      })
      expectMatch('members', back.members.length, 1)
      const synced = await scene.sync({ memberId: back.memberId, generationId: 1 }, {}, S1)
      expectMatch('assignment', synced, { errorCode: E.NONE, assignment: Buffer.from('alone') })
    },
  },
  {
    id: 'classic/static/fence/1',
    title: 'the old id of a member that came back is fenced, and unknown without its instance id',
    level: 'MUST',
    source: SOURCE,
    uses: { LeaveGroup: 5 },
    async run(scene) {
      const old = await scene.alone(S1)
      await scene.join(S1)
      expectMatch('heartbeat', await scene.heartbeat(old, S1), E.FENCED_INSTANCE_ID)
      expectMatch('sync', (await scene.sync(old, {}, S1)).errorCode, E.FENCED_INSTANCE_ID)
      const left = await scene.leave([{ memberId: old.memberId, ...S1 }])
      expectMatch('leave', left.members[0]?.errorCode, E.FENCED_INSTANCE_ID)
      expectMatch('heartbeat without instance id', await scene.heartbeat(old), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/static/fence/2',
    title: 'another member id with a known instance is fenced, an unknown instance is unknown',
    level: 'MUST',
    source: SOURCE,
    async run(scene) {
      await scene.alone(S1)
      expectMatch('known', (await scene.join({ ...S1, memberId: 'zz' })).errorCode, E.FENCED_INSTANCE_ID)
      const unknown = await scene.join({ groupInstanceId: 'i2', memberId: 'zz' })
      expectMatch('unknown', unknown.errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/static/restart/protocol/1',
    title: 'a member that comes back and changes the choice of protocol starts a rebalance',
    level: 'MUST',
    source: 'GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin',
    async run(scene) {
      await scene.alone({ ...S1, protocols: protocols('a', 'b') })
      const back = await scene.join({ ...S1, protocols: protocols('b', 'a') })
      expectMatch('answer', back, { errorCode: E.NONE, generationId: 2, protocolName: 'b' })
    },
  },
  {
    id: 'classic/static/identity/1',
    title: 'a static member may heartbeat without its instance id',
    level: 'MUST',
    source: 'ClassicGroup.validateMember',
    async run(scene) {
      expectMatch('heartbeat', await scene.heartbeat(await scene.alone(S1)), E.NONE)
    },
  },
]
