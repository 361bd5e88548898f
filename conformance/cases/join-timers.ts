// The join phase in time: the rebalance timeout and pending members.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { shortSession, slow } from '../needs.js'
import { timed, within } from './timing.js'

const JOIN = 'GroupMetadataManager.completeClassicGroupJoin'
const S1 = { groupInstanceId: 'i1' }

export const joinTimerCases: readonly Case[] = [
  {
    id: 'classic/join/rebalance-timeout/1',
    title: 'a member that only heartbeats through the join phase is dropped at the rebalance timeout',
    level: 'MUST',
    source: JOIN,
    takesMs: 1000,
    async run(scene) {
      const body = { rebalanceTimeoutMs: scene.ms(1000) }
      const first = await scene.alone(body)
      const { id, joined } = await scene.newcomer(body)
      await scene.parked(joined)
      expectMatch('heartbeat meanwhile', await scene.heartbeat(first), E.REBALANCE_IN_PROGRESS)
      const answer = await joined
      expectMatch('the other', [answer.leader, answer.members.length], [id, 1])
      expectMatch('heartbeat afterwards', await scene.heartbeat(first), E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/join/rebalance-timeout/2',
    title: 'a static member that does not rejoin is kept, and another member leads',
    level: 'MUST',
    source: 'KIP-345',
    takesMs: 1000,
    async run(scene) {
      const body = { rebalanceTimeoutMs: scene.ms(1000) }
      const old = await scene.alone({ ...body, ...S1 })
      const { id, joined } = await scene.newcomer(body)
      const answer = await joined
      expectMatch('leader', answer.leader, id)
      const kept = answer.members.some(({ memberId }) => memberId === old.memberId)
      expectMatch('the static member is among the members', kept, true)
      expectMatch('its old generation', await scene.heartbeat(old, S1), E.ILLEGAL_GENERATION)
      const { generationId } = answer
      expectMatch('the new one', await scene.heartbeat({ ...old, generationId }, S1), E.NONE)
    },
  },
  {
    id: 'classic/join/rebalance-timeout/3',
    title: 'a static member that neither rejoins nor syncs is removed at the second rebalance timeout',
    level: 'MUST',
    source: 'GroupMetadataManager.expirePendingSync',
    takesMs: 2000,
    async run(scene) {
      const body = { rebalanceTimeoutMs: scene.ms(1000) }
      const old = await scene.alone({ ...body, ...S1 })
      const { id, joined } = await scene.newcomer(body)
      const { generationId } = await joined
      await scene.sync({ memberId: id, generationId })
      await scene.pause(1300)
      expectMatch('the static member', await scene.heartbeat({ ...old, generationId }), E.UNKNOWN_MEMBER_ID)
      expectMatch('the other', await scene.heartbeat({ memberId: id, generationId }), E.REBALANCE_IN_PROGRESS)
    },
  },
  {
    id: 'classic/join/rebalance-timeout/4',
    title: 'a rebalance timeout of 0 or below is taken',
    level: 'SHOULD',
    source: 'GroupMetadataManager.classicGroupJoinNewMember',
    async run(scene) {
      for (const rebalanceTimeoutMs of [0, -1]) {
        const { joined } = await scene.newcomer({ rebalanceTimeoutMs })
        expectMatch(`${rebalanceTimeoutMs} ms`, (await joined).errorCode, E.NONE)
      }
    },
  },
  {
    id: 'classic/join/pending/4',
    title: 'a pending member that does not come holds the others up until the rebalance timeout, no longer',
    level: 'MUST',
    source: JOIN,
    takesMs: 1500,
    async run(scene) {
      const body = { rebalanceTimeoutMs: scene.ms(1500) }
      const first = await scene.alone(body)
      await scene.pending(body)
      const { value, ms } = await timed(scene.join({ ...body, memberId: first.memberId }))
      expectMatch('answer', [value.generationId, value.members.length], [2, 1])
      expectMatch(`answered after ${Math.round(ms)} ms`, ms >= scene.ms(1400), true)
    },
  },
  {
    id: 'classic/join/pending/5',
    title: 'when the pending member joins, both are answered at once',
    level: 'MUST',
    source: 'KIP-394',
    async run(scene) {
      const first = await scene.alone()
      const memberId = await scene.pending()
      const rejoined = scene.join({ memberId: first.memberId })
      await scene.parked(rejoined)
      const joined = await scene.join({ memberId })
      expectMatch('generations', [(await rejoined).generationId, joined.generationId], [2, 2])
    },
  },
  {
    id: 'classic/join/pending/6',
    title: 'an id that is not used within its session is forgotten',
    level: 'MUST',
    source: 'GroupMetadataManager.expireClassicGroupMemberHeartbeat',
    needs: [shortSession],
    takesMs: 2000,
    async run(scene) {
      const body = { sessionTimeoutMs: scene.sessionMs }
      const memberId = await scene.pending(body)
      await scene.pause(scene.sessionMs * 1.5)
      expectMatch('error', (await scene.join({ ...body, memberId })).errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'classic/join/pending/7',
    title: 'an id that was given out may not come back as a static member',
    level: 'INFO',
    source: 'GroupMetadataManager.classicGroupJoinExistingMember',
    async run(scene) {
      const memberId = await scene.pending()
      const { errorCode } = await scene.join({ memberId, ...S1 })
      expectMatch('it is an error', errorCode !== E.NONE, true)
    },
  },
  {
    id: 'classic/join/pending/8',
    title: 'a JoinGroup of a new member that waits longer than five minutes is refused',
    level: 'SHOULD',
    source: 'GroupMetadataManager.addMemberThenRebalanceOrCompleteJoin',
    needs: [slow],
    takesMs: 320_000,
    async run(scene) {
      const body = { sessionTimeoutMs: 700_000, rebalanceTimeoutMs: 600_000 }
      await scene.alone(body)
      const { joined } = await scene.newcomer(body)
      const { value, ms } = await timed(joined)
      expectMatch('answer', value, { errorCode: E.UNKNOWN_MEMBER_ID, memberId: '' })
      expectMatch(`answered after ${Math.round(ms)} ms`, within(ms, 295_000, 315_000), true)
    },
  },
]
