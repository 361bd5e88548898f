// Static members in each phase of the group.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { shortSession } from '../needs.js'
import { protocols, type Scene, subscription } from '../scene.js'

const SOURCE = 'KIP-345'
const S1 = { groupInstanceId: 'i1' }

/** A leader without an instance and a static follower, both synced. */
async function staticFollower(scene: Scene) {
  const first = await scene.alone()
  const joining = scene.join(S1)
  await scene.parked(joining)
  const { generationId } = await scene.join({ memberId: first.memberId })
  const { memberId } = await joining
  const [leader, follower] = [
    { memberId: first.memberId, generationId },
    { memberId, generationId },
  ]
  const synced = scene.sync(follower, {}, S1)
  await scene.sync(leader, { [leader.memberId]: 'leader', [memberId]: 'follower' })
  await synced
  return { leader, follower }
}

const byInstance = [3, 4, 5].map(
  (version): Case => ({
    id: `classic/static/leave/v${version}`,
    title: `v${version}: an administrator removes a static member by its instance id; the group goes on without it`,
    level: 'MUST',
    source: SOURCE,
    uses: { LeaveGroup: version },
    async run(scene) {
      const { leader } = await staticFollower(scene)
      const left = await scene.leave([{ memberId: '', ...S1 }], version)
      expectMatch('answer', left, {
        errorCode: E.NONE,
        members: [{ memberId: '', ...S1, errorCode: E.NONE }],
      })
      expectMatch('the leader', await scene.heartbeat(leader), E.REBALANCE_IN_PROGRESS)
      expectMatch('members', (await scene.join({ memberId: leader.memberId })).members.length, 1)
    },
  }),
)

export const staticRebalanceCases: readonly Case[] = [
  ...byInstance,
  {
    id: 'classic/static/restart/follower/1',
    title: 'a follower that comes back gets its assignment again, without a rebalance',
    level: 'MUST',
    source: 'GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin',
    uses: { JoinGroup: 9 },
    async run(scene) {
      const { leader, follower } = await staticFollower(scene)
      const back = await scene.join(S1)
      expectMatch('answer', back, {
        errorCode: E.NONE,
        generationId: follower.generationId,
        leader: leader.memberId,
        skipAssignment: false,
        members: [],
      })
      const member = { memberId: back.memberId, generationId: back.generationId }
      expectMatch('assignment', await scene.sync(member, {}, S1), { assignment: Buffer.from('follower') })
      expectMatch('the leader', await scene.heartbeat(leader), E.NONE)
    },
  },
  {
    id: 'classic/static/restart/id/1',
    title: 'every return without a member id yields another one',
    level: 'MUST',
    source: SOURCE,
    async run(scene) {
      const ids = [(await scene.alone(S1)).memberId]
      for (let i = 0; i < 3; i++) ids.push((await scene.join(S1)).memberId)
      expectMatch('different ids', new Set(ids).size, 4)
      expectMatch('members', (await scene.describe()).members.length, 1)
    },
  },
  {
    id: 'classic/static/restart/metadata/1',
    title: 'a member that comes back with other metadata but the same choice of protocol starts no rebalance',
    level: 'MUST',
    source: 'GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin',
    uses: { JoinGroup: 9 },
    async run(scene) {
      await scene.alone(S1)
      const metadata = subscription('bar')
      const back = await scene.join({ ...S1, protocols: [{ name: 'range', metadata }] })
      expectMatch('answer', back, { errorCode: E.NONE, generationId: 1, members: [{ ...S1, metadata }] })
      await scene.expectState('Stable')
    },
  },
  {
    id: 'classic/static/restart/sync-phase/1',
    title: 'a member that comes back in the sync phase starts the join phase again',
    level: 'MUST',
    source: 'GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin',
    async run(scene) {
      const { leader } = await staticFollower(scene)
      const rejoining = scene.join({ memberId: leader.memberId })
      await scene.parked(rejoining)
      await scene.join(S1)
      const { generationId } = await rejoining
      await scene.expectState('CompletingRebalance')
      const back = scene.join(S1)
      await scene.parked(back)
      const again = await scene.join({ memberId: leader.memberId })
      const generations = [again.generationId, (await back).generationId]
      expectMatch('generations', generations, [generationId + 1, generationId + 1])
    },
  },
  {
    id: 'classic/static/parked/join/1',
    title: 'the JoinGroup that waits for an instance is fenced when the instance comes back',
    level: 'MUST',
    source: 'ClassicGroup.replaceStaticMember',
    async run(scene) {
      const { follower } = await staticFollower(scene)
      const changed = scene.join({ memberId: follower.memberId, ...S1, protocols: protocols('range', 'x') })
      await scene.parked(changed)
      scene.join(S1).catch(() => {})
      expectMatch('answer', await changed, { errorCode: E.FENCED_INSTANCE_ID, memberId: follower.memberId })
    },
  },
  {
    id: 'classic/static/parked/sync/1',
    title: 'the SyncGroup that waits for an instance is fenced when the instance comes back, and all rejoin',
    level: 'MUST',
    source: 'ClassicGroup.replaceStaticMember',
    async run(scene) {
      const { leader, follower } = await staticFollower(scene)
      const rejoining = scene.join({ memberId: leader.memberId })
      await scene.parked(rejoining)
      await scene.join({ memberId: follower.memberId, ...S1 })
      const { generationId } = await rejoining
      const waiting = scene.sync({ ...follower, generationId }, {}, S1)
      await scene.parked(waiting)
      scene.join(S1).catch(() => {})
      expectMatch('sync', (await waiting).errorCode, E.FENCED_INSTANCE_ID)
      const beat = await scene.heartbeat({ ...leader, generationId })
      expectMatch('the leader', beat, E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/static/rejoin/1',
    title: 'a follower that rejoins with its own id and instance, unchanged, is answered at once',
    level: 'MUST',
    source: 'GroupMetadataManager.classicGroupJoinExistingMember',
    async run(scene) {
      const { follower } = await staticFollower(scene)
      const answer = await scene.join({ memberId: follower.memberId, ...S1 })
      expectMatch('answer', answer, { errorCode: E.NONE, ...follower, members: [] })
    },
  },
  {
    id: 'classic/static/instance/1',
    title: 'any text is an instance id, the empty one too',
    level: 'SHOULD',
    source: SOURCE,
    async run(scene) {
      for (const groupInstanceId of ['with blanks / and slashes', '']) {
        const { memberId, errorCode } = await scene.join({ groupInstanceId })
        expectMatch(`'${groupInstanceId}'`, errorCode, E.NONE)
        await scene.leave([{ memberId }])
      }
    },
  },
  {
    id: 'classic/static/session/1',
    title: 'a static member that is silent for a session is removed; its instance then joins as a new member',
    level: 'MUST',
    source: SOURCE,
    needs: [shortSession],
    takesMs: 2000,
    async run(scene) {
      const body = { ...S1, sessionTimeoutMs: scene.sessionMs }
      const old = await scene.alone(body)
      await scene.pause(scene.sessionMs * 1.5)
      await scene.expectState('Empty')
      const back = await scene.join(body)
      expectMatch('generation', back.generationId > old.generationId + 1, true)
    },
  },
  {
    id: 'classic/static/described/1',
    title: 'DescribeGroups tells the instance id since v4',
    level: 'MUST',
    source: SOURCE,
    uses: { DescribeGroups: 4 },
    async run(scene) {
      await scene.alone(S1)
      expectMatch('v4', (await scene.describe(4)).members, [{ groupInstanceId: 'i1' }])
      const old = advertisesOld(scene) ? (await scene.describe(3)).members[0]?.groupInstanceId : null
      expectMatch('v3', old, null)
    },
  },
]

const advertisesOld = ({ target }: Scene) => (target.versions.get(15)?.[0] ?? 9) <= 3
