// The same sequence on two brokers, step by step: after each step both must come to show the same. What Kafka leaves to
// hashing, which member leads next and which protocol wins a tie, ends a sequence without a verdict.

import type { Address } from '../client.js'
import { type Command, expand, isTimed, type Step } from './commands.js'
import { explain } from './explain.js'
import { Play } from './play.js'
import { isLeftToHashing, isSame, type Plays, type Shown, settle } from './settle.js'
import { pauseMs, WINDOW_MS } from './time.js'

export interface Side {
  readonly name: string
  readonly address: Address
  /** Topic name -> topic id. */
  readonly topics: Readonly<Record<string, string>>
}

export type Sides = readonly [Side, Side]

/** `open`: the same until Kafka left a choice open; `late`: a timer may have fired between two steps, so it says nothing. */
export type Outcome = 'same' | 'open' | 'late' | 'different'

export interface Verdict {
  readonly outcome: Outcome
  /** How many were played. */
  readonly steps: number
  readonly pauses: number
  /** Damaged requests, and how many of them the second side answered by closing the connection. */
  readonly damaged: number
  readonly closed: number
  /** Every exchange from both sides; empty unless they differ. */
  readonly text: string
}

/** How long one broker may lag behind the other. */
export const PATIENCE_MS = 3000
/** Requests of others may be answered by it. */
const RELEASES: readonly Step['do'][] = ['join', 'sync', 'leave', 'damaged', 'pause']

export async function compare(
  sides: Sides,
  group: string,
  commands: readonly Command[],
  patienceMs = PATIENCE_MS,
): Promise<Verdict> {
  const [a, b] = sides.map(({ address, topics }) => new Play(address, group, topics)) as [Play, Play]
  try {
    const { outcome, played, shown } = await playBoth([a, b], expand(commands), patienceMs)
    const damaged = b.exchanges.filter(({ isDamaged }) => isDamaged)
    return {
      outcome,
      steps: played.length,
      pauses: played.filter((step) => step.do === 'pause').length,
      damaged: damaged.length,
      closed: damaged.filter(({ answer }) => answer === 'ConnectionClosed').length,
      text: outcome === 'different' ? explain(sides, [a, b], shown) : '',
    }
  } finally {
    for (const play of [a, b]) play.close()
    await Promise.all([a.cleanUp(), b.cleanUp()])
  }
}

async function playBoth(plays: Plays, steps: readonly Step[], patienceMs: number) {
  let windowBegan = performance.now()
  let shown: readonly [Shown, Shown] = [NOTHING, NOTHING]
  for (const [i, step] of steps.entries()) {
    if (step.do === 'pause') await new Promise((resolve) => setTimeout(resolve, pauseMs(steps, i)))
    else await Promise.all(plays.map((play) => play.step(step)))
    if (step.do === 'pause') windowBegan = performance.now()
    const isLate = isTimed(steps) && performance.now() - windowBegan > WINDOW_MS
    shown = await settle(plays, RELEASES.includes(step.do), patienceMs)
    const outcome = outcomeOf(shown, isLate)
    if (outcome !== 'same') return { outcome, played: steps.slice(0, i + 1), shown }
  }
  return { outcome: 'same' as const, played: steps, shown }
}

const NOTHING: Shown = { answers: [], state: null }

function outcomeOf(shown: readonly [Shown, Shown], isLate: boolean): Outcome {
  if (isLate) return 'late'
  if (isSame(shown)) return 'same'
  return isLeftToHashing(shown) ? 'open' : 'different'
}
