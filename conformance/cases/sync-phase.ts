// The sync phase when something goes another way: members leave, nobody syncs, the leader comes late.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'

const MANAGER = 'GroupMetadataManager.classicGroupSyncToClassicGroup'
const EXPIRY = 'GroupMetadataManager.expirePendingSync'
const NOTHING = Buffer.alloc(0)

const followers = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `classic/sync/round/v${version}`,
    title: `v${version}: leader and follower get what the leader assigned`,
    level: 'MUST',
    source: MANAGER,
    uses: { SyncGroup: version },
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const waiting = scene.sync(follower, {}, {}, version)
      await scene.parked(waiting)
      const assignments = { [leader.memberId]: 'one', [follower.memberId]: 'two' }
      const named =
        version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : { protocolType: null }
      const expected = { errorCode: E.NONE, ...named }
      const answer = await scene.sync(leader, assignments, {}, version)
      expectMatch('leader', answer, { ...expected, assignment: Buffer.from('one') })
      expectMatch('follower', await waiting, { ...expected, assignment: Buffer.from('two') })
    },
  }),
)

export const syncPhaseCases: readonly Case[] = [
  ...followers,
  {
    id: 'classic/sync/error/1',
    title: 'an answer with an error has an empty assignment and names no protocol',
    level: 'MUST',
    source: 'SyncGroupResponse.json',
    uses: { SyncGroup: 5 },
    async run(scene) {
      const member = await scene.alone()
      expectMatch('answer', await scene.sync({ ...member, generationId: 7 }, {}, {}, 5), {
        errorCode: E.ILLEGAL_GENERATION,
        protocolType: null,
        protocolName: null,
        assignment: NOTHING,
      })
    },
  },
  {
    id: 'classic/sync/checks/2',
    title: 'an empty group id is refused; in an Empty group every member is unknown',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const member = await scene.alone()
      const unnamed = await scene.sync(member, {}, { groupId: '' })
      expectMatch('empty group id', unnamed.errorCode, E.INVALID_GROUP_ID)
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('Empty group', (await scene.sync(member)).errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/sync/checks/3',
    title: 'another member id with a known instance is fenced',
    level: 'MUST',
    source: 'KIP-345',
    async run(scene) {
      const { generationId } = await scene.alone({ groupInstanceId: 'i1' })
      const other = { memberId: 'zz', generationId }
      const answer = await scene.sync(other, {}, { groupInstanceId: 'i1' })
      expectMatch('error', answer.errorCode, E.FENCED_INSTANCE_ID)
    },
  },
  {
    id: 'classic/sync/KIP-559/2',
    title: 'v5: a wrong protocol is refused and the group stays in the sync phase',
    level: 'MUST',
    source: 'KIP-559',
    uses: { SyncGroup: 5 },
    async run(scene) {
      const { leader } = await scene.syncing()
      for (const wrong of [{ protocolName: 'other' }, { protocolType: 'connect' }, { protocolName: '' }]) {
        const { errorCode } = await scene.sync(leader, {}, wrong, 5)
        expectMatch(JSON.stringify(wrong), errorCode, E.INCONSISTENT_GROUP_PROTOCOL)
      }
      await scene.expectState('CompletingRebalance')
    },
  },
  {
    id: 'classic/sync/KIP-559/3',
    title: 'v5: without protocol type or name it is refused before the group id is looked at',
    level: 'SHOULD',
    source: 'KafkaApis.handleSyncGroupRequest',
    uses: { SyncGroup: 5 },
    async run(scene) {
      const nobody = { memberId: 'm', generationId: 1 }
      const answer = await scene.sync(nobody, {}, { groupId: '', protocolType: null }, 5)
      expectMatch('error', answer.errorCode, E.INCONSISTENT_GROUP_PROTOCOL)
    },
  },
  {
    id: 'classic/sync/assign/3',
    title: 'what a follower assigns is ignored',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const waiting = scene.sync(follower, { [follower.memberId]: 'mine' })
      await scene.parked(waiting)
      await scene.sync(leader, { [follower.memberId]: 'given' })
      expectMatch('assignment', (await waiting).assignment, Buffer.from('given'))
    },
  },
  {
    id: 'classic/sync/assign/4',
    title: 'a leader that assigns nothing makes the group Stable with empty assignments',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      expectMatch('leader', await scene.sync(leader), { errorCode: E.NONE, assignment: NOTHING })
      expectMatch('follower', await scene.sync(follower), { errorCode: E.NONE, assignment: NOTHING })
      await scene.expectState('Stable')
    },
  },
  {
    id: 'classic/sync/late/1',
    title: 'a follower that syncs after the leader is answered at once',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      await scene.sync(leader, { [follower.memberId]: 'late' })
      expectMatch('assignment', (await scene.sync(follower)).assignment, Buffer.from('late'))
    },
  },
  {
    id: 'classic/sync/rebalance/1',
    title: 'who waits in SyncGroup is told when a new member starts the join phase again',
    level: 'MUST',
    source: 'GroupMetadataManager.prepareClassicGroupRebalance',
    async run(scene) {
      const { follower } = await scene.syncing()
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      await scene.newcomer()
      expectMatch('error', (await waiting).errorCode, E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/sync/leader/1',
    title: 'when the leader leaves in the sync phase, who waits is told, and leads after rejoining',
    level: 'MUST',
    source: 'ClassicGroup.remove',
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      await scene.leave([{ memberId: leader.memberId }])
      expectMatch('sync', (await waiting).errorCode, E.REBALANCE_IN_PROGRESS)
      const { memberId } = follower
      expectMatch('rejoined', await scene.join({ memberId }), { errorCode: E.NONE, leader: memberId })
    },
  },
  {
    id: 'classic/sync/timeout/2',
    title: 'when nobody syncs within the rebalance timeout the group is Empty',
    level: 'MUST',
    source: EXPIRY,
    takesMs: 1500,
    async run(scene) {
      const { joined } = await scene.newcomer({ rebalanceTimeoutMs: scene.ms(1000) })
      const { memberId, generationId } = await joined
      await scene.pause(1400)
      expectMatch('heartbeat', await scene.heartbeat({ memberId, generationId }), E.UNKNOWN_MEMBER_ID)
      await scene.expectState('Empty')
    },
  },
  {
    id: 'classic/sync/timeout/3',
    title: 'when the leader does not sync within the rebalance timeout, who waits in SyncGroup is told',
    level: 'MUST',
    source: EXPIRY,
    takesMs: 1500,
    async run(scene) {
      const { leader, follower } = await scene.syncing({ rebalanceTimeoutMs: scene.ms(1000) })
      const waiting = scene.sync(follower)
      expectMatch('sync', (await waiting).errorCode, E.REBALANCE_IN_PROGRESS)
      expectMatch('leader', await scene.heartbeat(leader), E.UNKNOWN_MEMBER_ID)
      expectMatch('follower', await scene.heartbeat(follower), E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/sync/timeout/4',
    title: 'who has synced after the leader is not removed at the rebalance timeout',
    level: 'MUST',
    source: EXPIRY,
    takesMs: 1500,
    async run(scene) {
      const { leader, follower } = await scene.syncing({ rebalanceTimeoutMs: scene.ms(1000) })
      await scene.sync(leader)
      await scene.sync(follower)
      await scene.pause(1400)
      expectMatch('leader', await scene.heartbeat(leader), E.NONE)
      expectMatch('follower', await scene.heartbeat(follower), E.NONE)
    },
  },
]
