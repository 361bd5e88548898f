// What keeps a session alive and what does not.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { shortSession } from '../needs.js'
import type { Membership, Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const EXPIRY = 'GroupMetadataManager.expireClassicGroupMemberHeartbeat'

/** Does it over and over, a few times within a session, for two sessions. */
async function forTwoSessions(scene: Scene, act: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await scene.pause(scene.sessionMs / 4)
    await act()
  }
}

const short = (scene: Scene) => ({
  sessionTimeoutMs: scene.sessionMs,
  rebalanceTimeoutMs: scene.sessionMs * 5,
})

export const sessionCases: readonly Case[] = [
  {
    id: 'classic/session/silence/1',
    title: 'a member that is silent for its session timeout is removed; the last one leaves the group Empty',
    level: 'MUST',
    source: EXPIRY,
    needs: [shortSession],
    takesMs: 2000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      await scene.pause(scene.sessionMs * 1.5)
      expectMatch('heartbeat', await scene.heartbeat(member), E.UNKNOWN_MEMBER_ID)
      await scene.expectState('Empty')
    },
  },
  {
    id: 'classic/session/silence/2',
    title: 'when a member is removed for its silence the others are told to rejoin',
    level: 'MUST',
    source: EXPIRY,
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const { leader, follower } = await scene.pair(short(scene))
      let last: number = E.NONE
      await forTwoSessions(scene, async () => {
        last = await scene.heartbeat(leader)
      })
      expectMatch('the leader', last, E.REBALANCE_IN_PROGRESS)
      expectMatch('the silent one', await scene.heartbeat(follower), E.UNKNOWN_MEMBER_ID)
      const { members } = await scene.join({ ...short(scene), memberId: leader.memberId })
      expectMatch('members', members.length, 1)
    },
  },
  {
    id: 'classic/session/heartbeat/1',
    title: 'heartbeats keep a member',
    level: 'MUST',
    source: 'GroupMetadataManager.classicGroupHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      await forTwoSessions(scene, async () => expectMatch('heartbeat', await scene.heartbeat(member), E.NONE))
    },
  },
  {
    id: 'classic/session/heartbeat/2',
    title: 'heartbeats keep a member in the join phase, though each is told to rejoin',
    level: 'MUST',
    source: 'GroupMetadataManager.classicGroupHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      const { joined } = await scene.newcomer(short(scene))
      await scene.parked(joined)
      await forTwoSessions(scene, async () =>
        expectMatch('heartbeat', await scene.heartbeat(member), E.REBALANCE_IN_PROGRESS),
      )
      await scene.join({ ...short(scene), memberId: member.memberId })
      expectMatch('generation of the other', (await joined).generationId, 2)
    },
  },
  {
    id: 'classic/session/heartbeat/3',
    title: 'heartbeats with a wrong generation do not keep a member',
    level: 'SHOULD',
    source: 'GroupMetadataManager.classicGroupHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      await forTwoSessions(scene, () => scene.heartbeat({ ...member, generationId: 9 }))
      expectMatch('heartbeat', await scene.heartbeat(member), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/session/commit/1',
    title: 'commits alone keep a member',
    level: 'MUST',
    source: 'ClassicGroup.validateOffsetCommit',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      await forTwoSessions(scene, async () => expectMatch('commit', await scene.commit(1, member), E.NONE))
      expectMatch('heartbeat', await scene.heartbeat(member), E.NONE)
    },
  },
  {
    id: 'classic/session/others/1',
    title:
      'fetching offsets, describing, and since Kafka 4 syncing again in a Stable group, do not keep a member',
    level: 'SHOULD',
    source: EXPIRY,
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const member = await scene.alone(short(scene))
      await forTwoSessions(scene, async () => {
        await scene.committed()
        await scene.describe()
        // The older coordinator counted this as a sign of life (GroupCoordinator.doSyncGroup).
        if (isKafka4(scene.target)) await scene.sync(member)
      })
      expectMatch('heartbeat', await scene.heartbeat(member), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/session/parked/join/1',
    title: 'a member whose JoinGroup waits is not removed, however long it waits',
    level: 'MUST',
    source: 'ClassicGroupMember.hasSatisfiedHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const first = await scene.alone(short(scene))
      const { joined, id } = await scene.newcomer(short(scene))
      await scene.parked(joined)
      await forTwoSessions(scene, () => scene.heartbeat(first))
      const rejoined = await scene.join({ ...short(scene), memberId: first.memberId })
      expectMatch('members', rejoined.members.length, 2)
      expectMatch('the one that waited', await joined, { errorCode: E.NONE, memberId: id })
    },
  },
  {
    id: 'classic/session/parked/rejoin/1',
    title: 'a member that has rejoined and waits for another is not removed',
    level: 'MUST',
    source: 'ClassicGroupMember.hasSatisfiedHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const { leader, follower } = await scene.pair(short(scene))
      const rejoined = scene.join({ ...short(scene), memberId: leader.memberId })
      await scene.parked(rejoined)
      await forTwoSessions(scene, () => scene.heartbeat(follower))
      const other = await scene.join({ ...short(scene), memberId: follower.memberId })
      expectMatch('generations', (await rejoined).generationId, other.generationId)
    },
  },
  {
    id: 'classic/session/parked/sync/1',
    title: 'a member whose SyncGroup waits is not removed',
    level: 'MUST',
    source: 'ClassicGroupMember.hasSatisfiedHeartbeat',
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const { leader, follower } = await scene.syncing(short(scene))
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      await forTwoSessions(scene, () => scene.heartbeat(leader))
      await scene.sync(leader, { [follower.memberId]: 'at last' })
      expectMatch('assignment', (await waiting).assignment, Buffer.from('at last'))
      const beats = async (member: Membership) => scene.heartbeat(member)
      expectMatch('heartbeats', [await beats(leader), await beats(follower)], [E.NONE, E.NONE])
    },
  },
  {
    id: 'classic/session/sync-phase/1',
    title: 'in the sync phase a silent member is removed by its session, and the others start over',
    level: 'MUST',
    source: EXPIRY,
    needs: [shortSession],
    takesMs: 3000,
    async run(scene) {
      const { leader, follower } = await scene.syncing(short(scene))
      const waiting = scene.sync(follower)
      expectMatch('sync', (await waiting).errorCode, E.REBALANCE_IN_PROGRESS)
      expectMatch('the silent leader', await scene.heartbeat(leader), E.UNKNOWN_MEMBER_ID)
    },
  },
]
