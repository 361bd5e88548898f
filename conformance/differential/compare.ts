// The same sequence on two brokers, step by step: after each step both must come to show the same. What Kafka leaves to
// hashing, which member leads next and which protocol wins a tie, ends a sequence without a verdict.

import { isDeepStrictEqual } from 'node:util'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { Address } from '../client.js'
import { type Command, expand } from './commands.js'
import { type Exchange, Play } from './play.js'

export interface Side {
  readonly name: string
  readonly address: Address
  /** Topic name -> topic id. */
  readonly topics: Readonly<Record<string, string>>
}

export type Verdict =
  | { readonly kind: 'same'; readonly steps: number }
  | { readonly kind: 'open'; readonly steps: number }
  | { readonly kind: 'different'; readonly step: number; readonly text: string }

/** How long one broker may lag behind the other. */
const PATIENCE_MS = 3000
const POLL_MS = 5
/** A join phase with an initial delay of 0 ends by a timer: what is seen must last so long to count. */
const SETTLING_MS = 30

interface Shown {
  readonly answers: unknown[]
  readonly state: unknown
}

export async function compare(
  sides: readonly [Side, Side],
  group: string,
  commands: readonly Command[],
): Promise<Verdict> {
  const [a, b] = sides.map(({ address, topics }) => new Play(address, group, topics)) as [Play, Play]
  const steps = expand(commands)
  try {
    for (const [i, step] of steps.entries()) {
      await Promise.all([a.step(step), b.step(step)])
      const shown = await settle(a, b, step.do === 'join' ? SETTLING_MS : 0)
      if (isDeepStrictEqual(shown[0], shown[1])) continue
      if (leftToHashing(shown)) return { kind: 'open', steps: i + 1 }
      return { kind: 'different', step: i, text: explain(sides, [a, b], shown) }
    }
    return { kind: 'same', steps: steps.length }
  } finally {
    for (const play of [a, b]) play.close()
    await Promise.all([a.cleanUp(), b.cleanUp()])
  }
}

/** Looks at both until they show the same for `lastingMs`, or patience is at an end. */
async function settle(a: Play, b: Play, lastingMs: number): Promise<[Shown, Shown]> {
  const deadline = performance.now() + PATIENCE_MS
  let before: [Shown, Shown] | null = null
  let since = 0
  for (;;) {
    await Promise.all([a.barrier(), b.barrier()])
    const shown = (await Promise.all([a, b].map(look))) as [Shown, Shown]
    if (before === null || !isDeepStrictEqual(shown, before)) since = performance.now()
    before = shown
    const same = isDeepStrictEqual(shown[0], shown[1])
    if (same && performance.now() - since >= lastingMs) return shown
    if (performance.now() > deadline || (!same && leftToHashing(shown))) return shown
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function look(play: Play): Promise<Shown> {
  const state = await play.look()
  return { state, answers: play.exchanges.map((exchange) => answerOf(play, exchange)) }
}

/** A request that one broker forgets and the other refuses counts as the same, whatever the refusal. */
function answerOf(play: Play, { answer, isSuperseded }: Exchange): unknown {
  if (answer === undefined) return isSuperseded ? SUPERSEDED : 'parked'
  const { errorCode } = answer as { errorCode?: number }
  return isSuperseded && errorCode !== ErrorCodes.NONE && FORGOTTEN.has(errorCode)
    ? SUPERSEDED
    : play.named(answer)
}

const SUPERSEDED = 'parked and superseded'
const FORGOTTEN: ReadonlySet<number | undefined> = new Set([
  ErrorCodes.REBALANCE_IN_PROGRESS,
  ErrorCodes.UNKNOWN_MEMBER_ID,
])

/** Answers that differ only in who leads (and so in who is told of the members), or in the protocol. */
function leftToHashing([a, b]: readonly [Shown, Shown]): boolean {
  return a.answers.some((answer, i) => {
    const [x, y] = [answer, b.answers[i]] as [Joined, Joined]
    if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
    if (x.errorCode !== 0 || y.errorCode !== 0 || x.leader === undefined) return false
    return x.leader !== y.leader || x.protocolName !== y.protocolName
  })
}

interface Joined {
  readonly errorCode?: number
  readonly leader?: string
  readonly protocolName?: string
}

function explain(
  sides: readonly [Side, Side],
  plays: readonly [Play, Play],
  shown: readonly [Shown, Shown],
): string {
  const lines: string[] = []
  const text = (value: unknown) => JSON.stringify(value)
  for (const [i, { what }] of plays[0].exchanges.entries()) {
    const [x, y] = [text(shown[0].answers[i]), text(shown[1].answers[i])]
    lines.push(x === y ? `  ${what}\n      both: ${x}` : `! ${what}\n${both(sides, x, y)}`)
  }
  const [x, y] = [text(shown[0].state), text(shown[1].state)]
  lines.push(x === y ? `  afterwards\n      both: ${x}` : `! afterwards\n${both(sides, x, y)}`)
  return lines.join('\n')
}

function both(sides: readonly [Side, Side], x: string | undefined, y: string | undefined): string {
  const width = Math.max(sides[0].name.length, sides[1].name.length)
  return `      ${sides[0].name.padEnd(width)}: ${x}\n      ${sides[1].name.padEnd(width)}: ${y}`
}
