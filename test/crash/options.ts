// The command line of `npm run crash`.

import { parseArgs } from 'node:util'
import { DURABILITIES, type Durability } from '../../src/store/store.js'

export interface Options {
  readonly rounds: number
  readonly seed: number
  /** 'none' promises nothing: with it the run must find losses, and passes when it does. */
  readonly durability: Durability
  /** What was in the directory stays for a look. */
  readonly keep: boolean
}

export const USAGE = 'usage: npm run crash -- [--rounds N] [--seed N] [--durability fsync|os|none] [--keep]'

/** Throws with one line that says what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: text, seed: text, durability: text, keep: { type: 'boolean', default: false } },
  })
  const { rounds = '10', seed = String(Date.now() % 1_000_000), durability = 'fsync', keep } = values
  if (!/^[1-9]\d*$/.test(rounds))
    throw new Error(`--rounds is '${rounds}', but must be a whole number above 0`)
  if (!/^\d+$/.test(seed)) throw new Error(`--seed is '${seed}', but must be a whole number`)
  const known = DURABILITIES.find((each) => each === durability)
  if (known === undefined)
    throw new Error(`--durability is '${durability}', but must be one of ${DURABILITIES.join(', ')}`)
  return { rounds: Number(rounds), seed: Number(seed), durability: known, keep }
}
