// How a group comes to its protocol (assignor): what a member must offer, and the vote.

import { randomBytes } from 'node:crypto'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { protocols, type Scene, subscription } from '../scene.js'

const GROUP = 'ClassicGroup.supportsProtocols'
const VOTE = 'ClassicGroup.selectProtocol'

/** Members with these offers, in one generation; the first leads. Resolves to the JoinGroup answers. */
async function together(scene: Scene, offers: readonly (readonly string[])[]) {
  const [first, ...others] = offers
  const leader = await scene.alone({ protocols: protocols(...(first as string[])) })
  const joins = []
  for (const offer of others) {
    const { joined } = await scene.newcomer({ protocols: protocols(...offer) })
    await scene.parked(joined)
    joins.push(joined)
  }
  const led = await scene.join({ memberId: leader.memberId, protocols: protocols(...(first as string[])) })
  return [led, ...(await Promise.all(joins))]
}

export const joinProtocolCases: readonly Case[] = [
  {
    id: 'classic/join/protocols/1',
    title: 'what only some members offer does not let another in',
    level: 'MUST',
    source: GROUP,
    async run(scene) {
      await together(scene, [
        ['a', 'b'],
        ['b', 'c'],
      ])
      const refused = await scene.join({ protocols: protocols('a') })
      expectMatch('answer', refused, { errorCode: E.INCONSISTENT_GROUP_PROTOCOL, memberId: '' })
    },
  },
  {
    id: 'classic/join/protocols/2',
    title: 'a sole member that offers only what is new to its group is refused, and the group stays Stable',
    level: 'SHOULD',
    source: GROUP,
    async run(scene) {
      const { memberId } = await scene.alone()
      const refused = await scene.join({ memberId, protocols: protocols('new') })
      expectMatch('only new', refused, { errorCode: E.INCONSISTENT_GROUP_PROTOCOL, memberId })
      await scene.expectState('Stable')
      const taken = await scene.join({ memberId, protocols: protocols('new', 'range') })
      expectMatch('new and old', taken, { errorCode: E.NONE, generationId: 2, protocolName: 'new' })
    },
  },
  {
    id: 'classic/join/protocols/3',
    title: 'in the join phase too another protocol type is refused',
    level: 'MUST',
    source: GROUP,
    async run(scene) {
      await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      const refused = await scene.join({ protocolType: 'connect' })
      expectMatch('answer', refused, { errorCode: E.INCONSISTENT_GROUP_PROTOCOL, memberId: '' })
    },
  },
  {
    id: 'classic/join/vote/1',
    title: 'the group takes a protocol that all members offer',
    level: 'MUST',
    source: VOTE,
    async run(scene) {
      const joined = await together(scene, [
        ['a', 'b'],
        ['b', 'c'],
      ])
      for (const { protocolName } of joined) expectMatch('protocol', protocolName, 'b')
    },
  },
  {
    id: 'classic/join/vote/2',
    title: 'of those the one that most members prefer',
    level: 'MUST',
    source: VOTE,
    async run(scene) {
      const joined = await together(scene, [
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'a'],
      ])
      for (const { protocolName } of joined) expectMatch('protocol', protocolName, 'b')
    },
  },
  {
    id: 'classic/join/vote/3',
    title: "the leader is told each member's metadata for the chosen protocol",
    level: 'MUST',
    source: 'ClassicGroup.currentClassicGroupMembers',
    async run(scene) {
      const offers = [
        { name: 'a', metadata: Buffer.from('for a') },
        { name: 'b', metadata: Buffer.from('for b') },
      ]
      const { joined } = await scene.newcomer({ protocols: [...offers].reverse() })
      expectMatch('members', (await joined).members, [{ metadata: Buffer.from('for b') }])
    },
  },
  {
    id: 'classic/join/metadata/1',
    title: 'metadata and assignments are opaque, and may be large',
    level: 'MUST',
    source: 'JoinGroupRequest.json',
    async run(scene) {
      const metadata = randomBytes(200_000)
      const { joined } = await scene.newcomer({
        protocolType: 'connect',
        protocols: [{ name: 'x', metadata }],
      })
      const { memberId, generationId, members } = await joined
      expectMatch('metadata', members, [{ metadata }])
      const assignment = randomBytes(300_000)
      const names = { protocolType: 'connect', protocolName: 'x' }
      const answer = await scene.sync(
        { memberId, generationId },
        {},
        { ...names, assignments: [{ memberId, assignment }] },
      )
      expectMatch('assignment', answer, { errorCode: E.NONE, assignment })
    },
  },
  {
    id: 'classic/join/type/1',
    title: 'an Empty group may become one of another protocol type',
    level: 'MUST',
    source: 'ClassicGroup.add',
    uses: { ListGroups: 4 },
    async run(scene) {
      const { memberId } = await scene.alone()
      await scene.leave([{ memberId }])
      await scene.alone({ protocolType: 'connect' })
      expectMatch('described', await scene.describe(), { groupState: 'Stable', protocolType: 'connect' })
      const { groups } = await scene.send('ListGroups', 4, {})
      const [listed] = groups.filter(({ groupId }) => groupId === scene.group)
      expectMatch('listed', listed, { protocolType: 'connect', groupState: 'Stable' })
    },
  },
  {
    id: 'classic/join/type/2',
    title: 'workers of Kafka Connect form a group with their own protocol type',
    level: 'MUST',
    source: 'KIP-415',
    async run(scene) {
      const connect = {
        protocolType: 'connect',
        protocols: ['sessioned', 'compatible', 'default'].map((name) => ({
          name,
          metadata: Buffer.from([0, 2, 255, 0]),
        })),
      }
      const { joined } = await scene.newcomer(connect)
      const { protocolName, memberId, generationId } = await joined
      expectMatch('protocol', protocolName, 'sessioned')
      const names = { protocolType: 'connect', protocolName: 'sessioned' }
      const synced = await scene.sync({ memberId, generationId }, { [memberId]: 'tasks' }, names)
      expectMatch('assignment', synced, { errorCode: E.NONE, assignment: Buffer.from('tasks') })
      expectMatch('described', await scene.describe(), { protocolType: 'connect', protocolData: 'sessioned' })
    },
  },
  {
    id: 'classic/join/rejoin/6',
    title: 'offering the same protocols in another order counts as a change',
    level: 'MUST',
    source: 'ClassicGroupMember.matches',
    async run(scene) {
      const { leader, follower } = await scene.pair({ protocols: protocols('range', 'sticky') })
      const changed = scene.join({
        memberId: follower.memberId,
        protocols: protocols('sticky', 'range'),
      })
      await scene.parked(changed)
      await scene.expectState('PreparingRebalance')
      await scene.join({ memberId: leader.memberId, protocols: protocols('range', 'sticky') })
      expectMatch('generation', (await changed).generationId, leader.generationId + 1)
    },
  },
  {
    id: 'classic/join/rejoin/7',
    title:
      'a leader that rejoins with other metadata in the sync phase starts over: who waits in SyncGroup is told',
    level: 'MUST',
    source: 'GroupMetadataManager.prepareClassicGroupRebalance',
    async run(scene) {
      const { leader, follower } = await scene.syncing()
      const waiting = scene.sync(follower)
      await scene.parked(waiting)
      const changed = [{ name: 'range', metadata: subscription('bar') }]
      scene.join({ memberId: leader.memberId, protocols: changed }).catch(() => {})
      expectMatch('sync', await waiting, {
        errorCode: E.REBALANCE_IN_PROGRESS,
        protocolType: null,
        protocolName: null,
        assignment: Buffer.alloc(0),
      })
      await scene.expectState('PreparingRebalance')
    },
  },
  {
    id: 'classic/join/rejoin/8',
    title: 'a member that joins again on another connection is answered there',
    level: 'MUST',
    source: 'ClassicGroup.addOrUpdate',
    async run(scene) {
      const first = await scene.alone()
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      const again = scene.join({ memberId: id })
      await scene.parked(again)
      await scene.join({ memberId: first.memberId })
      expectMatch('answer', await again, { errorCode: E.NONE, memberId: id, generationId: 2 })
    },
  },
]
