// Looking at two plays of a sequence until they show the same, and what of that counts as the same.

import { isDeepStrictEqual } from 'node:util'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { Exchange, Play } from './play.js'

export type Plays = readonly [Play, Play]

/** What one side has answered so far, and the group as it is described. */
export interface Shown {
  readonly answers: readonly unknown[]
  readonly state: unknown
}

const POLL_MS = 5
/** A join phase with an initial delay of 0 ends by a timer, and the answers of a moment come on several connections. */
const SETTLING_MS = 30

/**
 * Looks at both until they show the same, or one lags for `patienceMs`. If requests wait after something that may have
 * released them, both must go on showing it for a while.
 */
export async function settle(
  plays: Plays,
  mayRelease: boolean,
  patienceMs: number,
): Promise<readonly [Shown, Shown]> {
  const deadline = performance.now() + patienceMs
  let before: readonly [Shown, Shown] | null = null
  let since = 0
  for (;;) {
    await Promise.all(plays.map((play) => play.barrier()))
    const shown = await Promise.all([look(plays[0]), look(plays[1])])
    if (before === null || !isDeepStrictEqual(shown, before)) since = performance.now()
    before = shown
    const same = isSame(shown)
    const lastingMs = mayRelease && shown[0].answers.includes(PARKED) ? SETTLING_MS : 0
    if (same && performance.now() - since >= lastingMs) return shown
    if (performance.now() > deadline || (!same && isLeftToHashing(shown))) return shown
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

export function isSame([a, b]: readonly [Shown, Shown]): boolean {
  return isDeepStrictEqual(a, b)
}

async function look(play: Play): Promise<Shown> {
  const state = await play.look()
  return { state, answers: play.exchanges.map((exchange) => answerOf(play, exchange)) }
}

const PARKED = 'parked'
const SUPERSEDED = 'parked and superseded'
const FORGOTTEN: ReadonlySet<number | undefined> = new Set([
  ErrorCodes.REBALANCE_IN_PROGRESS,
  ErrorCodes.UNKNOWN_MEMBER_ID,
])

/** A request that one broker forgets and the other refuses counts as the same, whatever the refusal. */
function answerOf(play: Play, { answer, isSuperseded }: Exchange): unknown {
  if (answer === undefined) return isSuperseded ? SUPERSEDED : PARKED
  const { errorCode } = answer as { errorCode?: number }
  const isForgotten = isSuperseded && errorCode !== ErrorCodes.NONE && FORGOTTEN.has(errorCode)
  return isForgotten ? SUPERSEDED : play.named(answer)
}

interface Joined {
  readonly errorCode?: number
  readonly leader?: string
  readonly protocolName?: string
}

/** Answers that differ only in who leads (and so in who is told of the members), or in the protocol. */
export function isLeftToHashing([a, b]: readonly [Shown, Shown]): boolean {
  return a.answers.some((answer, i) => {
    const [x, y] = [answer, b.answers[i]] as [Joined, Joined]
    if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
    if (x.errorCode !== 0 || y.errorCode !== 0 || x.leader === undefined) return false
    return x.leader !== y.leader || x.protocolName !== y.protocolName
  })
}
