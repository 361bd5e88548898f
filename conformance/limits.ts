// What the broker demands of sessions and how long it waits for the first members: found out by trying, so that it works
// with every broker.

import { Apis } from '../src/protocol/apis.js'
import { ErrorCodes } from '../src/protocol/errors.js'
import type { Client } from './client.js'
import { usual, type Versions } from './versions.js'

export interface Limits {
  /** Whole ms, the bounds included. */
  readonly minSessionMs: number
  readonly maxSessionMs: number
  /** How long the first join phase of an Empty group lasts. */
  readonly initialDelayMs: number
}

/** What Kafka has unless it is set otherwise. */
const KAFKA_MIN_MS = 6_000
const KAFKA_MAX_MS = 1_800_000
/** From this JoinGroup version on a new member is given an id first (KIP-394): trying costs nothing. */
const ID_FIRST = 4
/** Below it the delay is what a request takes anyway. */
const NO_DELAY_MS = 100

export async function findLimits(
  client: Client,
  versions: Versions,
  settings: ReadonlyMap<string, string>,
  group: string,
): Promise<Limits> {
  const told = (name: string) => (settings.has(name) ? Number(settings.get(name)) : undefined)
  const version = usual(versions, 'JoinGroup')
  const join = (memberId: string, sessionTimeoutMs: number) =>
    client.send(Apis.JoinGroup, version, {
      groupId: group,
      memberId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: sessionTimeoutMs,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    })
  const minSessionMs =
    told('group.min.session.timeout.ms') ??
    (version < ID_FIRST ? KAFKA_MIN_MS : await smallest(async (ms) => isTaken(await join('', ms))))
  const session = Math.max(minSessionMs, KAFKA_MIN_MS)
  const measured = async () => {
    const { memberId } = version < ID_FIRST ? { memberId: '' } : await join('', session)
    const begunAt = performance.now()
    await join(memberId, session)
    const tookMs = Math.round(performance.now() - begunAt)
    return tookMs < NO_DELAY_MS ? 0 : tookMs
  }
  return {
    minSessionMs,
    maxSessionMs: told('group.max.session.timeout.ms') ?? KAFKA_MAX_MS,
    initialDelayMs: told('group.initial.rebalance.delay.ms') ?? (await measured()),
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
