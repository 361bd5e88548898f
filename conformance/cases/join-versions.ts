// JoinGroup in every version: a whole round, and the form of an error.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { initialDelay } from '../needs.js'
import { subscription } from '../scene.js'

const MANAGER = 'GroupMetadataManager.classicGroupJoin'
const VERSIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
/** In these a member joins without having been given an id. */
const isAtOnce = (version: number) => version < 4

const idFirst = [4, 5, 6, 7, 8, 9].map(
  (version): Case => ({
    id: `classic/join/KIP-394/v${version}`,
    title: `v${version}: a new dynamic member is given an id before it may join`,
    level: 'MUST',
    source: 'KIP-394',
    uses: { JoinGroup: version },
    async run(scene) {
      const answer = await scene.join({}, version, 'who')
      const none = version >= 7 ? null : ''
      expectMatch('answer', answer, {
        errorCode: E.MEMBER_ID_REQUIRED,
        memberId: /^who-[0-9a-f-]{36}$/,
        generationId: -1,
        leader: '',
        protocolName: none,
        members: [],
      })
    },
  }),
)

const atOnce = [0, 1, 2, 3].map(
  (version): Case => ({
    id: `classic/join/first/v${version}`,
    title: `v${version}: a new member joins at once`,
    level: 'MUST',
    source: 'KIP-394',
    uses: { JoinGroup: version },
    async run(scene) {
      expectMatch('answer', await scene.join({}, version), { errorCode: E.NONE, generationId: 1 })
    },
  }),
)

const rounds = VERSIONS.map(
  (version): Case => ({
    id: `classic/join/round/v${version}`,
    title: `v${version}: two members come into one generation; only the leader is told of the members`,
    level: 'MUST',
    source: MANAGER,
    uses: { JoinGroup: version },
    async run(scene) {
      const join = async (memberId = '') => {
        const id = memberId || isAtOnce(version) ? memberId : (await scene.join({}, version)).memberId
        return scene.join({ memberId: id }, version)
      }
      const leader = await join()
      const second = join()
      await scene.parked(second)
      const first = await join(leader.memberId)
      const follower = await second
      const protocolType = version >= 7 ? 'consumer' : null
      const both = { errorCode: E.NONE, generationId: 2, leader: leader.memberId, protocolType }
      expectMatch('leader', first, { ...both, memberId: leader.memberId, protocolName: 'range' })
      expectMatch('follower', follower, { ...both, protocolName: 'range', members: [] })
      const told = new Map(first.members.map(({ memberId, metadata }) => [memberId, metadata]))
      for (const { memberId } of [first, follower])
        expectMatch(`metadata of ${memberId}`, told.get(memberId), subscription('foo'))
    },
  }),
)

const errors = VERSIONS.map(
  (version): Case => ({
    id: `classic/join/error/v${version}`,
    title: `v${version}: an answer with an error names no generation, protocol, leader or members`,
    level: 'MUST',
    source: 'GroupCoordinatorService.joinGroup',
    uses: { JoinGroup: version },
    async run(scene) {
      const sessionTimeoutMs = scene.target.limits.maxSessionMs + 1
      expectMatch('answer', await scene.join({ memberId: 'm', sessionTimeoutMs }, version), {
        errorCode: E.INVALID_SESSION_TIMEOUT,
        memberId: 'm',
        generationId: -1,
        protocolType: null,
        protocolName: version >= 7 ? null : '',
        leader: '',
        skipAssignment: false,
        members: [],
      })
    },
  }),
)

const reasons = [8, 9].map(
  (version): Case => ({
    id: `classic/join/KIP-800/v${version}`,
    title: `v${version}: a reason of any length is taken`,
    level: 'MUST',
    source: 'KIP-800',
    uses: { JoinGroup: version },
    async run(scene) {
      const memberId = await scene.pending()
      const answer = await scene.join({ memberId, reason: 'because '.repeat(40) }, version)
      expectMatch('error', answer.errorCode, E.NONE)
    },
  }),
)

export const joinVersionCases: readonly Case[] = [
  ...idFirst,
  ...atOnce,
  ...rounds,
  ...errors,
  ...reasons,
  {
    id: 'classic/join/v0/1',
    title: 'v0: the session timeout is the rebalance timeout too',
    level: 'MUST',
    source: 'JoinGroupRequest.json',
    uses: { JoinGroup: 0 },
    takesMs: 1500,
    needs: [initialDelay((ms) => ms === 0, '0')],
    async run(scene) {
      const sessionTimeoutMs = scene.sessionMs
      const old = await scene.join({ sessionTimeoutMs }, 0)
      const member = { memberId: old.memberId, generationId: old.generationId }
      await scene.sync(member, {}, {}, 0)
      const begunAt = performance.now()
      const { joined } = await scene.newcomer({ rebalanceTimeoutMs: 1, sessionTimeoutMs })
      await scene.parked(joined)
      while (performance.now() - begunAt < sessionTimeoutMs / 2) {
        expectMatch('heartbeat meanwhile', await scene.heartbeat(member), E.REBALANCE_IN_PROGRESS)
        await scene.pause(100)
      }
      await joined
      expectMatch('heartbeat afterwards', await scene.heartbeat(member), E.UNKNOWN_MEMBER_ID)
    },
  },
]
