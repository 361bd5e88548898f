// The command line: two brokers, and which sequences to play on them.

import { parseArgs } from 'node:util'
import type { Address } from '../client.js'
import { type Command, steps } from './commands.js'

export const USAGE = `usage: npm run differential -- --brokers host:port --oracle host:port
         [--runs N] [--seed S] [--only I] [--parallel P] [--shrink K] [--no-pauses] | --replay '<commands as JSON>'`

export interface Options {
  readonly brokers: Address
  readonly oracle: Address
  /** How many sequences. */
  readonly runs: number
  readonly seed: number
  /** The one of the seed's sequences to play. */
  readonly only: number | null
  /** How many sequences at once. */
  readonly parallel: number
  /** Whether sequences may let time pass. */
  readonly pauses: boolean
  /** How many of those that differ are made short and told. */
  readonly shrink: number
  readonly replay: readonly Command[] | null
}

export class UsageError extends Error {}

const MAX = 0x7fffffff

/** Throws UsageError with one line that says what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const { runs, seed, only, replay } = values
  if (replay !== undefined && (only ?? runs ?? seed) !== undefined)
    throw new UsageError('--replay plays what it is given, so it goes without --runs, --seed and --only')
  if (only !== undefined && runs !== undefined)
    throw new UsageError('--only plays one sequence, so it goes without --runs')
  return {
    brokers: address('--brokers', values.brokers),
    oracle: address('--oracle', values.oracle),
    runs: number('--runs', runs ?? '200', 1),
    seed: number('--seed', seed ?? '1', 0),
    only: only === undefined ? null : number('--only', only, 0, 999_999),
    parallel: number('--parallel', values.parallel ?? '24', 1, 200),
    pauses: !(values['no-pauses'] ?? false),
    shrink: number('--shrink', values.shrink ?? '5', 0, 100),
    replay: replay === undefined ? null : commandsIn(replay),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        brokers: text,
        oracle: text,
        runs: text,
        seed: text,
        only: text,
        parallel: text,
        shrink: text,
        'no-pauses': { type: 'boolean' },
        replay: text,
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function address(option: string, text: string | undefined): Address {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text ?? '') ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new UsageError(text === undefined ? `${option} is missing` : `${option} ${text} is no host:port`)
  return { host, port: Number(port) }
}

function number(option: string, text: string, least: number, most = MAX): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new UsageError(`${option} ${text} is no whole number from ${least} to ${most}`)
}

function commandsIn(json: string): Command[] {
  let commands: unknown
  try {
    commands = JSON.parse(json)
  } catch {
    throw new UsageError('--replay is no JSON')
  }
  if (!steps.canShrinkWithoutContext(commands) || commands.length === 0)
    throw new UsageError('--replay is no list of commands')
  return commands
}
