// npm run simulate -- [--seeds N] [--from N] [--seed N] [--trace]
// Plays seeds until a promise is broken: then says which, in words, with the end of what happened and the command that plays it
// again. Exit code 0: all were kept, 1: one was broken, 2: wrong usage.

import { parseArgs } from 'node:util'
import { type Outcome, play } from './play.js'

const BROKEN = 1
const WRONG_USAGE = 2
const USAGE = 'usage: npm run simulate -- [--seeds N] [--from N] [--seed N] [--trace]'
const DEFAULT_SEEDS = 200
const TAIL_LINES = 60
const PROGRESS_EVERY = 500

interface Options {
  readonly from: number
  readonly seeds: number
  readonly trace: boolean
}

class UsageError extends Error {}

function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const options = { seeds: text, from: text, seed: text, trace: { type: 'boolean' } } as const
  try {
    const { seeds, from, seed, trace = false } = parseArgs({ args: [...args], options }).values
    if (seed !== undefined) return { from: whole(seed, '--seed'), seeds: 1, trace }
    return { from: whole(from ?? '1', '--from'), seeds: whole(seeds ?? `${DEFAULT_SEEDS}`, '--seeds'), trace }
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new UsageError(`${name} '${text}': a whole number above 0 is expected`)
}

function explain({ seed, broken, trace, mix, virtualMs }: Outcome): string {
  const { promise, detail } = broken ?? { promise: '', detail: '' }
  return [
    ...trace.tail(TAIL_LINES),
    '',
    `seed ${seed}: broken after ${(virtualMs / 1000).toFixed(1)} s of virtual time`,
    `  promise: ${promise}`,
    `  instead: ${detail}`,
    `  faults: ${mix.faults.join(', ')}`,
    `  again, with all that happened: npm run simulate -- --seed ${seed} --trace`,
  ].join('\n')
}

async function main(): Promise<number> {
  const { from, seeds, trace } = readOptions(process.argv.slice(2))
  const begunMs = performance.now()
  let [events, virtualMs] = [0, 0]
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = await play(seed, trace ? console.log : null)
    events += outcome.events
    virtualMs += outcome.virtualMs
    if (outcome.broken !== null) {
      console.log(explain(outcome))
      return BROKEN
    }
    if (seeds === 1) console.log(`seed ${seed}: fingerprint ${outcome.fingerprint}`)
    const done = seed - from + 1
    if (done % PROGRESS_EVERY === 0 && done < seeds) console.log(`${done} seeds of ${seeds}`)
  }
  const seconds = (performance.now() - begunMs) / 1000
  const each = ((1000 * seconds) / seeds).toFixed(1)
  const hours = (virtualMs / 3_600_000).toFixed(1)
  console.log(
    `${seeds} seeds, 0 promises broken: ${hours} h of virtual time, ${events} events in ${seconds.toFixed(1)} s (${each} ms a seed)`,
  )
  return 0
}

process.exitCode = await main().catch((error: Error) => {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n${USAGE}`)
  return WRONG_USAGE
})
