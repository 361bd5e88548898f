// Many sequences on two brokers: side by side first, what differs once more alone, and then made short.

import { type Command, expand, isTimed } from './commands.js'
import { compare, type Outcome, PATIENCE_MS, type Sides, type Verdict } from './compare.js'
import { shrink } from './shrink.js'

export interface Entry {
  /** Which of the seed's sequences it is; null for one that was given. */
  readonly index: number | null
  readonly commands: readonly Command[]
  readonly verdict: Verdict
}

export type Player = (commands: readonly Command[], patienceMs?: number) => Promise<Verdict>

/** Each play has a group of its own. Its number is in the name twice: no damaged length makes of it another's. */
export function playerOn(sides: Sides, patienceMs = PATIENCE_MS): Player {
  const run = `${process.pid}-${Date.now().toString(36)}`
  let plays = 0
  return (commands, patience = patienceMs) => {
    const number = ++plays
    return compare(sides, `differential-${run}-${number}-${number}`, commands, Math.min(patience, patienceMs))
  }
}

/** A sequence with pauses sleeps most of the time, so more of them go side by side, as long as they do not begin together. */
const TIMED_PER_UNTIMED = 3
const APART_MS = 150
/** So many of the sequences that are to be played again are played at once: fewer are late then. */
const FEW = 6
/** If so many without pauses differ, that is no accident: they need not differ again. */
const NO_ACCIDENT = 10

/** What differs, or is late, while the machine is busy must do so again when it is not. */
export async function playAll(
  play: Player,
  sequences: readonly (readonly [number, readonly Command[]])[],
  parallel: number,
): Promise<Entry[]> {
  const untimed = sequences.filter(([, commands]) => !isTimed(commands))
  const timed = sequences
    .filter(([, commands]) => isTimed(commands))
    .sort(([, x], [, y]) => pausesIn(y) - pausesIn(x))
  const entries = [
    ...(await sideBySide(untimed, parallel, fresh(play))),
    ...(await sideBySide(timed, parallel * TIMED_PER_UNTIMED, fresh(play), APART_MS)),
  ]
  if (sequences.length === 1) return entries // it was alone
  const different = entries.filter(({ verdict }) => verdict.outcome === 'different')
  if (different.filter(({ commands }) => !isTimed(commands)).length > NO_ACCIDENT) return entries
  const calmer = await sideBySide(entries, FEW, again(play, ['late', 'different']))
  return sideBySide(calmer, 1, again(play, ['late', 'different']))
}

/** Those that take longest begin first. */
const pausesIn = (commands: readonly Command[]) => commands.filter((each) => each.do === 'pause').length

const fresh =
  (play: Player) =>
  async ([index, commands]: readonly [number, readonly Command[]]): Promise<Entry> => {
    try {
      return { index, commands, verdict: await play(commands) }
    } catch (error) {
      throw new Error(`sequence ${index} broke off: ${error instanceof Error ? error.message : error}`)
    }
  }

const again =
  (play: Player, outcomes: readonly Outcome[]) =>
  async (entry: Entry): Promise<Entry> =>
    outcomes.includes(entry.verdict.outcome) ? { ...entry, verdict: await play(entry.commands) } : entry

/** In the order of `items`. */
async function sideBySide<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
  apartMs = 0,
): Promise<R[]> {
  const results: R[] = []
  const todo = items.entries()
  const worker = async (_: unknown, i: number) => {
    await new Promise((resolve) => setTimeout(resolve, i * apartMs))
    for (const [place, item] of todo) results[place] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}

const SHRINK = { withinMs: 60_000, atOnce: 16 }
/** Each try of a timed one lasts as long as its pauses, and does nothing meanwhile. */
const SHRINK_TIMED = { withinMs: 180_000, atOnce: 48 }
/** It has differed already: a smaller one need not be waited for so long. */
const SHRINK_PATIENCE_MS = 1000

/** The shortest that was found to differ, played alone. */
export async function shorten(play: Player, entry: Entry): Promise<Entry> {
  const differs = async (commands: readonly Command[]) =>
    (await play(commands, SHRINK_PATIENCE_MS)).outcome === 'different'
  const played = expand(entry.commands).slice(0, entry.verdict.steps)
  const commands = await shrink(played, differs, isTimed(played) ? SHRINK_TIMED : SHRINK)
  const verdict = await play(commands)
  return verdict.outcome === 'different' ? { ...entry, commands, verdict } : entry
}
