// npm run differential -- --brokers host:port --oracle host:port [--runs N] [--seed S] [--only I] [--parallel P] [--shrink K]
//   [--no-pauses] | --replay JSON
// Plays random sequences of group requests on both brokers and compares what they answer and show. Each broker must have
// offsets.topic.num.partitions=1, group.initial.rebalance.delay.ms=0 and group.min.session.timeout.ms=1. Prints each difference,
// shrunk, with the line that plays it again. Exit code 0: none, 1: some, 2: wrong usage, 3: a broker cannot be reached.

import fc from 'fast-check'
import { type Entry, type Player, playAll, playerOn, shorten } from './campaign.js'
import { sequence, untimed } from './commands.js'
import type { Side } from './compare.js'
import { type Options, readOptions, USAGE, UsageError } from './options.js'
import { difference, summary } from './report.js'
import { prepare } from './sides.js'

const DIFFERENT = 1
const WRONG_USAGE = 2
const UNREACHABLE = 3

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2))
    const sides: [Side, Side] = [
      await prepare('ours', options.brokers),
      await prepare('oracle', options.oracle),
    ]
    const play = playerOn(sides)
    return options.replay === null ? await run(play, options) : await replay(play, options)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error.message)
    return error instanceof UsageError ? WRONG_USAGE : UNREACHABLE
  }
}

async function run(play: Player, options: Options): Promise<number> {
  const { seed, only, parallel } = options
  const began = performance.now()
  const sample = fc.sample(options.pauses ? sequence : untimed, {
    seed,
    numRuns: only === null ? options.runs : only + 1,
  })
  const chosen = [...sample.entries()].filter(([i]) => only === null || i === only)
  const entries = await playAll(play, chosen, parallel)
  const elapsedMs = performance.now() - began
  const different = entries
    .filter(({ verdict }) => verdict.outcome === 'different')
    .sort((x, y) => x.verdict.pauses - y.verdict.pauses || x.verdict.steps - y.verdict.steps)
  const told = new Set<string>()
  for (const entry of different.slice(0, options.shrink)) {
    const shortest = await shorten(play, entry)
    const commands = JSON.stringify(shortest.commands)
    if (told.has(commands)) console.log(`\nsequence ${entry.index} differs: it shrinks to the same commands`)
    else console.log(difference(shortest, options))
    told.add(commands)
  }
  console.log(summary(entries, `seed ${seed}`, elapsedMs))
  return different.length > 0 ? DIFFERENT : 0
}

/** Exactly what was given, once and alone. */
async function replay(play: Player, options: Options): Promise<number> {
  const began = performance.now()
  const commands = options.replay ?? []
  const entry: Entry = { index: null, commands, verdict: await play(commands) }
  if (entry.verdict.outcome === 'different') console.log(difference(entry, options))
  console.log(summary([entry], 'replayed', performance.now() - began))
  return entry.verdict.outcome === 'different' ? DIFFERENT : 0
}

process.exitCode = await main()
