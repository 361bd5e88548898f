// What a broker is set to: the initial rebalance delay, and the largest size of a group.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { config, initialDelay } from '../needs.js'
import { protocols, type Scene } from '../scene.js'
import { timed, within } from './timing.js'

const INITIAL = 'GroupMetadataManager.tryCompleteInitialRebalanceElseSchedule'
const SIZE = 'GroupMetadataManager.acceptJoiningMember'

/** The JoinGroups of three members, all sent. */
async function full(scene: Scene, body: object = {}) {
  const first = await scene.alone(body)
  const second = await scene.newcomer(body)
  await scene.parked(second.joined)
  const third = await scene.newcomer(body)
  await scene.parked(third.joined)
  return [scene.join({ ...body, memberId: first.memberId }), second.joined, third.joined]
}

export const joinLimitCases: readonly Case[] = [
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
      await Promise.all(await full(scene))
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
      await scene.parked(Promise.any(members))
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
