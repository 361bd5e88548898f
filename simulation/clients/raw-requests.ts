// What raw clients ask: who they are in a run, and the larger requests, with plausible and implausible arguments.

import { writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import type { RequestOf } from '../../src/simulation/exchanges.js'
import type { Random } from '../../src/simulation/random.js'
import type { World } from '../../src/simulation/world.js'
import type { RawVersions } from './raw-link.js'

export interface RawSettings {
  /** An administrator is in no group: it commits without a member id, deletes, and looks. */
  readonly role: 'member' | 'administrator'
  readonly groupId: string
  readonly topics: readonly string[]
  readonly partitions: number
  readonly instanceId: string | null
  readonly sessionMs: number
  readonly rebalanceMs: number
  /** Names of protocols, in order of preference. */
  readonly protocols: readonly string[]
  /** Between two requests, on average. */
  readonly pauseMs: number
  /** Of 1: how many requests are wrong in some way. */
  readonly wrong: number
  /** Versions that it speaks: those of an old client, or of a new one. */
  readonly versions: RawVersions
}

export interface Identity {
  readonly memberId: string
  readonly generationId: number
}

/** What all raw clients of a run share: whom they may pretend to be, and what no other commit has. */
export interface RawShared {
  readonly world: World
  /** Group -> ids of its members, now and before. */
  readonly ids: Map<string, Identity[]>
  nextOffset: number
}

/** Of a commit, the last one longer than it may be. */
const METADATA = ['', 'm', '\u20ac'.repeat(2000), 'm'.repeat(5000)]

export function joinRequest(
  settings: RawSettings,
  random: Random,
  memberId: string,
  groupInstanceId: string | null,
): RequestOf<'JoinGroup'> {
  const { groupId, sessionMs, rebalanceMs } = settings
  const names = random.chance(0.1) ? [...settings.protocols].reverse() : settings.protocols
  const topics = random.chance(0.8) ? settings.topics : settings.topics.slice(0, 1)
  const metadata = writeSubscription({ topics: [...topics], userData: null, ownedPartitions: [] }, 1)
  return {
    ...{ groupId, memberId, groupInstanceId, protocolType: 'consumer', reason: null },
    sessionTimeoutMs: sessionMs,
    rebalanceTimeoutMs: rebalanceMs,
    protocols: names.map((name) => ({ name, metadata })),
  }
}

type CommittedPartition = RequestOf<'OffsetCommit'>['topics'][number]['partitions'][number]

/** One to three, of which one may not exist; every offset is committed once in a run. */
export function commitPartitions(
  { partitions }: RawSettings,
  random: Random,
  shared: RawShared,
): CommittedPartition[] {
  const chosen = Array.from(
    { length: 1 + random.below(3) },
    (_, i): CommittedPartition => ({
      partitionIndex: random.chance(0.02) ? 99 : (random.below(partitions) + i) % partitions,
      committedOffset: BigInt(shared.nextOffset++),
      committedLeaderEpoch: -1,
      commitTimestamp: -1n,
      committedMetadata: METADATA[random.below(20)] ?? null,
    }),
  )
  return [...new Map(chosen.map((each) => [each.partitionIndex, each])).values()]
}

export function offsetFetchRequest(
  { groupId, topics, partitions }: RawSettings,
  random: Random,
): RequestOf<'OffsetFetch'> {
  const partitionIndexes = Array.from({ length: partitions }, (_, i) => i)
  const named = topics.map((name) => ({ name, topicId: ZERO_UUID, partitionIndexes }))
  const group = { groupId, memberId: null, memberEpoch: -1, topics: random.chance(0.3) ? null : named }
  return { groupId: '', topics: [], groups: [group], requireStable: false }
}
