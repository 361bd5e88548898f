// The fencing of a static member that was replaced, in each version.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import type { Scene } from '../scene.js'

const SOURCE = 'KIP-345'
const S1 = { groupInstanceId: 'i1' }
const S2 = { groupInstanceId: 'i2' }

/** A member id that was replaced by a restart, and its generation. */
async function replaced(scene: Scene) {
  const old = await scene.alone(S1)
  await scene.join(S1)
  return old
}

const fencedHeartbeats = [3, 4].map(
  (version): Case => ({
    id: `classic/static/fence/heartbeat/v${version}`,
    title: `v${version}: a Heartbeat of a replaced member is fenced; one of an unknown instance is unknown`,
    level: 'MUST',
    source: SOURCE,
    uses: { Heartbeat: version },
    async run(scene) {
      const old = await replaced(scene)
      expectMatch('replaced', await scene.heartbeat(old, S1, version), E.FENCED_INSTANCE_ID)
      expectMatch('unknown', await scene.heartbeat(old, S2, version), E.UNKNOWN_MEMBER_ID)
    },
  }),
)

const fencedSyncs = [3, 4, 5].map(
  (version): Case => ({
    id: `classic/static/fence/sync/v${version}`,
    title: `v${version}: a SyncGroup of a replaced member is fenced; one of an unknown instance is unknown`,
    level: 'MUST',
    source: SOURCE,
    uses: { SyncGroup: version },
    async run(scene) {
      const old = await replaced(scene)
      const error = { errorCode: E.FENCED_INSTANCE_ID, assignment: Buffer.alloc(0) }
      expectMatch('replaced', await scene.sync(old, {}, S1, version), error)
      expectMatch('unknown', (await scene.sync(old, {}, S2, version)).errorCode, E.UNKNOWN_MEMBER_ID)
    },
  }),
)

const fencedCommits = [7, 8, 9].map(
  (version): Case => ({
    id: `classic/static/fence/commit/v${version}`,
    title: `v${version}: an OffsetCommit of a replaced member is fenced, and nothing of it is kept`,
    level: 'MUST',
    source: SOURCE,
    uses: { OffsetCommit: version },
    async run(scene) {
      const old = await replaced(scene)
      expectMatch('replaced', await scene.commit(7, old, S1, version), E.FENCED_INSTANCE_ID)
      expectMatch('unknown', await scene.commit(7, old, S2, version), E.UNKNOWN_MEMBER_ID)
      expectMatch('fetched', await scene.committed(), -1n)
    },
  }),
)

export const staticFencingCases: readonly Case[] = [...fencedHeartbeats, ...fencedSyncs, ...fencedCommits]
