// What the broker demands of sessions and how long it waits for the first members: found out by trying, so that it works
// with every broker.

import { Apis } from '../src/protocol/apis.js'
import { ErrorCodes } from '../src/protocol/errors.js'
import type { Client } from './client.js'

export interface Limits {
  /** Whole ms, the bounds included. */
  readonly minSessionMs: number
  readonly maxSessionMs: number
  /** How long the first join phase of an Empty group lasts. */
  readonly initialDelayMs: number
  /** A new member is given an id before it may join (KIP-394). */
  readonly hasIdFirst: boolean
}

/** What Kafka has unless it is set otherwise. */
const KAFKA_MIN_MS = 6_000
const KAFKA_MAX_MS = 1_800_000
/** Below it the delay is what a request takes anyway. */
const NO_DELAY_MS = 100

export async function findLimits(
  client: Client,
  version: number,
  settings: ReadonlyMap<string, string>,
  group: string,
): Promise<Limits> {
  const told = (name: string) => (settings.has(name) ? Number(settings.get(name)) : undefined)
  const join = (memberId: string, sessionTimeoutMs: number) =>
    client.send(Apis.JoinGroup, version, {
      groupId: group,
      memberId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: sessionTimeoutMs,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    })
  const begunAt = performance.now()
  const first = await join('', KAFKA_MIN_MS)
  const hasIdFirst = first.errorCode === ErrorCodes.MEMBER_ID_REQUIRED
  // Whom the broker takes in without an id, it takes in for good: there is nothing to try with.
  const minSessionMs =
    told('group.min.session.timeout.ms') ??
    (hasIdFirst || !isTaken(first) ? await smallest(async (ms) => isTaken(await join('', ms))) : KAFKA_MIN_MS)
  const joinedAt = hasIdFirst ? performance.now() : begunAt
  const delayMs = async () => {
    if (hasIdFirst) await join(first.memberId, KAFKA_MIN_MS)
    const tookMs = Math.round(performance.now() - joinedAt)
    return tookMs < NO_DELAY_MS ? 0 : tookMs
  }
  return {
    minSessionMs,
    maxSessionMs: told('group.max.session.timeout.ms') ?? KAFKA_MAX_MS,
    initialDelayMs: told('group.initial.rebalance.delay.ms') ?? (await delayMs()),
    hasIdFirst,
  }
}

const isTaken = ({ errorCode }: { errorCode: number }) => errorCode !== ErrorCodes.INVALID_SESSION_TIMEOUT

/** The smallest of 1..KAFKA_MAX_MS that is taken, by halving. */
async function smallest(taken: (ms: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [1, KAFKA_MAX_MS]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await taken(middle)) high = middle
    else low = middle + 1
  }
  return low
}
