// What is left of a group when its broker is started again.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { restart } from '../needs.js'
import type { Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

async function restarted(scene: Scene): Promise<void> {
  await scene.restart()
  await scene.ready()
}

const long = { sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 120_000 }

export const restartCases: readonly Case[] = [
  {
    id: 'restart/group/1',
    title: 'a Stable group comes back Stable: same generation, leader and assignments',
    level: 'MUST',
    source: 'GroupMetadataManager.onLoaded',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      const { leader, follower } = await scene.pair(long)
      await restarted(scene)
      expectMatch('group', await scene.describe(), { groupState: 'Stable', protocolData: 'range' })
      expectMatch('leader', await scene.heartbeat(leader), E.NONE)
      expectMatch('follower', await scene.heartbeat(follower), E.NONE)
      expectMatch('assignment', (await scene.sync(follower)).assignment, Buffer.from('follower'))
    },
  },
  {
    id: 'restart/group/2',
    title: 'a group that was in its join phase comes back as it was before',
    level: 'SHOULD',
    source: 'GroupMetadataManager.replay',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      const member = await scene.alone(long)
      const { joined } = await scene.newcomer(long)
      joined.catch(() => {})
      await scene.parked(joined)
      await restarted(scene)
      await scene.expectState('Stable')
      expectMatch('the member', await scene.heartbeat(member), E.NONE)
    },
  },
  {
    id: 'restart/group/3',
    title: 'an Empty group keeps its generation',
    level: 'MUST',
    source: 'GroupMetadataManager.replay',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      const { memberId } = await scene.alone(long)
      await scene.leave([{ memberId }])
      await scene.commit(1) // a group without offsets could be tidied away
      await restarted(scene)
      await scene.expectState('Empty')
      expectMatch('generation', (await scene.alone(long)).generationId, 3)
    },
  },
  {
    id: 'restart/static/1',
    title: 'a static member comes back without a rebalance after a restart',
    level: 'MUST',
    source: 'KIP-345',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      const S1 = { groupInstanceId: 'i1', ...long }
      await scene.alone(S1)
      await restarted(scene)
      const back = await scene.join(S1)
      expectMatch('answer', back, { errorCode: E.NONE, generationId: 1 })
      await scene.expectState('Stable')
    },
  },
  {
    id: 'restart/offsets/1',
    title: 'every acknowledged commit is still there, with metadata and leader epoch',
    level: 'MUST',
    source: 'OffsetMetadataManager.replay',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      const value = { committedMetadata: 'kept', committedLeaderEpoch: 3 }
      await scene.commit(10, {}, value)
      await scene.commit(11, {}, { ...value, partition: 1 })
      await restarted(scene)
      const kept = { committedLeaderEpoch: 3, metadata: 'kept', errorCode: E.NONE }
      expectMatch('partition 0', await scene.fetched(0), { ...kept, committedOffset: 10n })
      expectMatch('partition 1', await scene.fetched(1), { ...kept, committedOffset: 11n })
    },
  },
  {
    id: 'restart/deleted/1',
    title: 'what was deleted stays deleted',
    level: 'MUST',
    source: 'OffsetMetadataManager.replay',
    needs: [restart],
    takesMs: 60_000,
    async run(scene) {
      await scene.commit(10)
      await scene.send('DeleteGroups', scene.usual('DeleteGroups'), { groupsNames: [scene.group] })
      await restarted(scene)
      // 3.9 answered before the tombstone was on other replicas: with all brokers gone at once it may be lost.
      if (!isKafka4(scene.target) && scene.target.isCluster) return
      await scene.expectState('Dead')
      expectMatch('offset', await scene.committed(), -1n)
    },
  },
]
