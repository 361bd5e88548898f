// JoinGroup.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { protocols, subscription } from '../scene.js'

const MANAGER = 'GroupMetadataManager.classicGroupJoin'

export const joinCases: readonly Case[] = [
  {
    id: 'classic/join/first/1',
    title: 'the first member leads generation 1 and is told of itself',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { id, joined } = await scene.newcomer()
      expectMatch('answer', await joined, {
        errorCode: E.NONE,
        generationId: 1,
        leader: id,
        memberId: id,
        protocolName: 'range',
        protocolType: 'consumer',
        skipAssignment: false,
        members: [{ memberId: id, groupInstanceId: null, metadata: subscription('foo') }],
      })
    },
  },
  {
    id: 'classic/join/checks/1',
    title: 'an empty group id is refused before anything else',
    level: 'MUST',
    source: 'GroupCoordinatorService.joinGroup',
    async run(scene) {
      const answer = await scene.join({ groupId: '', memberId: 'm', sessionTimeoutMs: -1 })
      expectMatch('answer', answer, { errorCode: E.INVALID_GROUP_ID, memberId: 'm' })
    },
  },
  {
    id: 'classic/join/checks/2',
    title: 'a session timeout above the maximum is refused, the maximum itself is not',
    level: 'MUST',
    source: 'GroupCoordinatorService.joinGroup',
    async run(scene) {
      const above = await scene.join({ sessionTimeoutMs: 1_800_001, memberId: 'm' })
      expectMatch('1,800,001 ms', above, {
        errorCode: E.INVALID_SESSION_TIMEOUT,
        memberId: 'm',
        protocolName: null,
      })
      const most = await scene.join({ sessionTimeoutMs: 1_800_000 })
      expectMatch('1,800,000 ms', most.errorCode, E.MEMBER_ID_REQUIRED)
    },
  },
  {
    id: 'classic/join/checks/3',
    title: 'a member id in a group that does not exist is unknown, and creates no group',
    level: 'MUST',
    source: MANAGER,
    uses: { DescribeGroups: 6 },
    async run(scene) {
      expectMatch('answer', await scene.join({ memberId: 'zz' }), {
        errorCode: E.UNKNOWN_MEMBER_ID,
        memberId: 'zz',
      })
      expectMatch('the group', (await scene.describe(6)).errorCode, E.GROUP_ID_NOT_FOUND)
    },
  },
  {
    id: 'classic/join/checks/4',
    title: 'no protocols are refused, and leave an Empty group behind',
    level: 'SHOULD',
    source: MANAGER,
    async run(scene) {
      const answer = await scene.join({ protocols: [] })
      expectMatch('answer', answer, { errorCode: E.INCONSISTENT_GROUP_PROTOCOL, memberId: '' })
      await scene.expectState('Empty')
    },
  },
  {
    id: 'classic/join/checks/5',
    title: 'an empty protocol type is refused',
    level: 'MUST',
    source: 'ClassicGroup.supportsProtocols',
    async run(scene) {
      expectMatch('answer', (await scene.join({ protocolType: '' })).errorCode, E.INCONSISTENT_GROUP_PROTOCOL)
    },
  },
  {
    id: 'classic/join/checks/6',
    title: 'another protocol type, or no common protocol, is refused',
    level: 'MUST',
    source: 'ClassicGroup.supportsProtocols',
    async run(scene) {
      await scene.alone()
      const type = await scene.join({ protocolType: 'connect' })
      expectMatch('other type', type, { errorCode: E.INCONSISTENT_GROUP_PROTOCOL, memberId: '' })
      const name = await scene.join({ protocols: protocols('other') })
      expectMatch('other name', name.errorCode, E.INCONSISTENT_GROUP_PROTOCOL)
    },
  },
  {
    id: 'classic/join/pending/1',
    title: 'a pending id changes nothing in a Stable group',
    level: 'MUST',
    source: 'KIP-394',
    async run(scene) {
      const member = await scene.alone()
      await scene.pending()
      await scene.expectState('Stable')
      expectMatch('heartbeat', await scene.heartbeat(member), E.NONE)
      expectMatch('members', (await scene.describe()).members.length, 1)
    },
  },
  {
    id: 'classic/join/rebalance/1',
    title: 'a second member starts a rebalance, and is answered with the first in one generation',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const first = await scene.alone()
      const second = await scene.newcomer()
      await scene.parked(second.joined)
      await scene.expectState('PreparingRebalance')
      expectMatch('heartbeat of the first', await scene.heartbeat(first), E.REBALANCE_IN_PROGRESS)
      const rejoined = await scene.join({ memberId: first.memberId })
      expectMatch('the first', rejoined, { generationId: 2, leader: first.memberId })
      expectMatch('members told to the leader', rejoined.members.length, 2)
      expectMatch('the second', await second.joined, { generationId: 2, leader: first.memberId, members: [] })
    },
  },
  {
    id: 'classic/join/rejoin/1',
    title: 'a follower of a Stable group that rejoins unchanged is answered at once',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      expectMatch('answer', await scene.join({ memberId: follower.memberId }), {
        errorCode: E.NONE,
        generationId: follower.generationId,
        leader: leader.memberId,
        members: [],
      })
      await scene.expectState('Stable')
    },
  },
  {
    id: 'classic/join/rejoin/2',
    title: 'a follower that rejoins with other metadata starts a rebalance',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      const changed = [{ name: 'range', metadata: subscription('bar') }]
      const rejoined = scene.join({ memberId: follower.memberId, protocols: changed })
      await scene.parked(rejoined)
      await scene.expectState('PreparingRebalance')
      await scene.join({ memberId: leader.memberId })
      expectMatch('answer', (await rejoined).generationId, leader.generationId + 1)
    },
  },
  {
    id: 'classic/join/rejoin/3',
    title: 'the leader of a Stable group that rejoins unchanged starts a rebalance',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const leader = await scene.alone()
      expectMatch('generation', (await scene.join({ memberId: leader.memberId })).generationId, 2)
    },
  },
  {
    id: 'classic/join/rejoin/4',
    title: 'in the sync phase an unchanged member gets its generation again',
    level: 'MUST',
    source: MANAGER,
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const { generationId } = leader
      expectMatch('follower', await scene.join({ memberId: follower.memberId }), {
        generationId,
        members: [],
      })
      const again = await scene.join({ memberId: leader.memberId })
      expectMatch('leader', [again.generationId, again.members.length], [generationId, 2])
    },
  },
  {
    id: 'classic/join/rejoin/5',
    title: 'who does not rejoin within the rebalance timeout is dropped',
    level: 'MUST',
    source: 'GroupMetadataManager.completeClassicGroupJoin',
    async run(scene) {
      const first = await scene.alone({ rebalanceTimeoutMs: 1000 })
      const second = await scene.newcomer({ rebalanceTimeoutMs: 1000 })
      const joined = await second.joined
      expectMatch('the second', joined, { generationId: 2, leader: second.id })
      expectMatch('members', joined.members.length, 1)
      expectMatch('heartbeat of the first', await scene.heartbeat(first), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/join/pending/2',
    title: 'a pending member holds up the join phase; when it leaves the others go on',
    level: 'MUST',
    source: 'KIP-394',
    uses: { LeaveGroup: 5 },
    async run(scene) {
      const first = await scene.alone()
      const pending = await scene.pending()
      const rejoined = scene.join({ memberId: first.memberId })
      await scene.parked(rejoined)
      expectMatch('leave', (await scene.leave([{ memberId: pending }])).members[0]?.errorCode, E.NONE)
      expectMatch('generation', (await rejoined).generationId, 2)
    },
  },
  {
    id: 'classic/join/pending/3',
    title: 'a pending member joins even when all members have left meanwhile, with any protocol',
    level: 'SHOULD',
    source: 'ClassicGroup.supportsProtocols',
    uses: { LeaveGroup: 5 },
    async run(scene) {
      const first = await scene.alone()
      const memberId = await scene.pending()
      await scene.leave([{ memberId: first.memberId }])
      const joined = await scene.join({ memberId, protocols: protocols('new') })
      expectMatch('answer', joined, { errorCode: E.NONE, protocolName: 'new' })
    },
  },
]
