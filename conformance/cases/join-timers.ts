// The join phase in time: the rebalance timeout, pending members, the initial delay, the largest size of a group.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { config, initialDelay, shortSession, slow } from '../needs.js'
import { protocols, type Scene } from '../scene.js'

const JOIN = 'GroupMetadataManager.completeClassicGroupJoin'
const INITIAL = 'GroupMetadataManager.tryCompleteInitialRebalanceElseSchedule'
const SIZE = 'GroupMetadataManager.acceptJoiningMember'
const S1 = { groupInstanceId: 'i1' }

/** How long it took to be answered, in ms. */
async function timed<T>(answer: Promise<T>): Promise<{ value: T; ms: number }> {
  const begunAt = performance.now()
  const value = await answer
  return { value, ms: performance.now() - begunAt }
}

const within = (ms: number, least: number, most: number) => ms >= least && ms <= most

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
  {
    id: 'classic/join/delay/1',
    title: 'the first join phase waits for the initial delay, and again when another member came',
    level: 'MUST',
    source: INITIAL,
    needs: [initialDelay((ms) => ms >= 1000 && ms <= 5000, '1000 to 5000')],
    takesMs: 8000,
    async run(scene) {
      const { initialDelayMs } = scene.target.limits
      const first = await scene.newcomer()
      const firstTime = timed(first.joined)
      await scene.pause(initialDelayMs / 2)
      const second = await scene.newcomer()
      const [a, b] = [await firstTime, await second.joined]
      expectMatch('generations', [a.value.generationId, b.generationId], [1, 1])
      const inTime = within(a.ms, initialDelayMs * 1.9, initialDelayMs * 2.7)
      expectMatch(`answered after ${Math.round(a.ms)} ms, about twice the delay`, inTime, true)
    },
  },
  {
    id: 'classic/join/delay/2',
    title: 'the first join phase ends at the rebalance timeout, however many members come',
    level: 'MUST',
    source: INITIAL,
    needs: [initialDelay((ms) => ms >= 1000 && ms <= 5000, '1000 to 5000')],
    takesMs: 8000,
    async run(scene) {
      const { initialDelayMs } = scene.target.limits
      const body = { rebalanceTimeoutMs: Math.round(initialDelayMs * 1.5) }
      const answer = timed((await scene.newcomer(body)).joined)
      await scene.pause(initialDelayMs / 2)
      await scene.newcomer(body)
      await scene.pause(initialDelayMs * 0.75)
      await scene.newcomer(body)
      const { ms, value } = await answer
      expectMatch('generation', value.generationId, 1)
      const inTime = within(ms, initialDelayMs * 1.4, initialDelayMs * 1.9)
      expectMatch(`answered after ${Math.round(ms)} ms, about the rebalance timeout`, inTime, true)
    },
  },
  {
    id: 'classic/join/size/1',
    title: 'a group of group.max.size members takes in no other',
    level: 'MUST',
    source: SIZE,
    needs: [config('group.max.size', (size) => size === 3, '3')],
    async run(scene) {
      await full(scene)
      const another = await scene.join()
      expectMatch('without an id', another, { errorCode: E.GROUP_MAX_SIZE_REACHED, memberId: '' })
      const unknown = await scene.join({ memberId: 'zz' })
      expectMatch('with an id', unknown.errorCode, E.GROUP_MAX_SIZE_REACHED)
    },
  },
  {
    id: 'classic/join/size/2',
    title: 'a pending member does not count, and is refused when it comes too late',
    level: 'MUST',
    source: SIZE,
    needs: [config('group.max.size', (size) => size === 3, '3')],
    takesMs: 2000,
    async run(scene) {
      const body = { rebalanceTimeoutMs: scene.ms(2000) }
      const late = await scene.pending(body)
      const members = await full(scene, body)
      const refused = await scene.join({ ...body, memberId: late })
      expectMatch('answer', refused, { errorCode: E.GROUP_MAX_SIZE_REACHED, memberId: '' })
      for (const joined of members) expectMatch('the others', (await joined).generationId, 2)
    },
  },
  {
    id: 'classic/join/size/3',
    title: 'members of a full group may rejoin',
    level: 'MUST',
    source: SIZE,
    needs: [config('group.max.size', (size) => size === 3, '3')],
    async run(scene) {
      const joins = await Promise.all(await full(scene))
      const again = joins.map(({ memberId }) => scene.join({ memberId, protocols: protocols('range', 'x') }))
      for (const { errorCode, generationId } of await Promise.all(again))
        expectMatch('answer', [errorCode, generationId], [E.NONE, 3])
    },
  },
]

/** The JoinGroups of three members, all sent. */
async function full(scene: Scene, body: object = {}) {
  const first = await scene.alone(body)
  const second = await scene.newcomer(body)
  await scene.parked(second.joined)
  const third = await scene.newcomer(body)
  await scene.parked(third.joined)
  return [scene.join({ ...body, memberId: first.memberId }), second.joined, third.joined]
}
