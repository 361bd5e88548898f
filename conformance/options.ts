// The options of the suite: everything that is wrong with them is a UsageError of one line.

import { spawn } from 'node:child_process'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Case, LEVELS, type Level } from './case.js'
import type { Address } from './client.js'
import { type Conditions, DEFAULTS } from './conditions.js'
import type { Release } from './target.js'

/** Told in one line; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface Options extends Conditions {
  /** Tried in order until one can be reached. */
  readonly brokers: readonly Address[]
  readonly chosen: readonly Case[]
  readonly list: boolean
  readonly strict: boolean
  readonly topic: string | null
  readonly release: Release | null
  readonly json: string | null
  readonly junit: string | null
  readonly html: string | null
  readonly expect: string | null
}

interface Flags {
  brokers?: Address[]
  list: boolean
  level: Level
  quick: boolean
  slow: boolean
  strict: boolean
  timeout: number
  timeFactor: number
  parallel: number
  seed?: number
  topic?: string
  groupPrefix?: string
  release?: Release
  restartCommand?: string
  keep: boolean
  json?: string
  junit?: string
  html?: string
  expect?: string
}

/** null when help was asked for and has been printed. Throws UsageError. */
export function readOptions(argv: readonly string[], cases: readonly Case[]): Options | null {
  const command = describe()
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    throw new UsageError(error.message.replace(/^error: /, ''))
  }
  const flags = command.opts<Flags>()
  if (flags.brokers === undefined && !flags.list) throw new UsageError('--brokers host:port is needed')
  const seed = flags.seed ?? Math.floor(Math.random() * 1e6)
  const { quick, slow, strict, timeout, timeFactor, parallel, list, keep, restartCommand } = flags
  return {
    brokers: flags.brokers ?? [],
    chosen: choose(cases, command.args, flags.level),
    ...{ list, strict, quick, slow, timeoutMs: timeout, timeFactor, parallel, seed, keep },
    groupPrefix: flags.groupPrefix ?? `conformance-${process.pid}`,
    restart: restartCommand === undefined ? null : () => runShell(restartCommand),
    topic: flags.topic ?? null,
    release: flags.release ?? null,
    json: flags.json ?? null,
    junit: flags.junit ?? null,
    html: flags.html ?? null,
    expect: flags.expect ?? null,
  }
}

function describe(): Command {
  return new Command('conform')
    .usage('--brokers host:port [options] [prefix...]\n       conform diff A.json B.json')
    .description('Runs the cases whose id begins with a prefix, all without one, against a broker.')
    .argument('[prefix...]')
    .option('--brokers <host:port,...>', 'the broker, or some of a cluster', addresses)
    .option('--list', 'print the cases and run none', false)
    .addOption(new Option('--level <level>', 'the least level').choices(LEVELS).default('INFO'))
    .option('--quick', 'at most ten seconds: nothing that waits', false)
    .option('--slow', 'also what takes minutes', false)
    .option('--strict', 'an INFO case that fails counts as a failure', false)
    .option('--timeout <ms>', 'of a case, besides what it must wait', whole(1), DEFAULTS.timeoutMs)
    .option('--time-factor <n>', 'every wait and limit so many times as long', factor, DEFAULTS.timeFactor)
    .option('--parallel <n>', 'cases at once', whole(1), DEFAULTS.parallel)
    .option('--seed <n>', 'order of the cases (default: chosen and printed)', whole(0))
    .option('--topic <name>', 'use this one, with three partitions at least (default: make one)')
    .option('--group-prefix <p>', 'what names of groups and topics begin with')
    .addOption(
      new Option('--release <r>', "whose answers to expect, where Kafka's differ").choices(['3.9', '4']),
    )
    .option('--restart-command <cmd>', 'restarts the broker and returns when it is up')
    .option('--keep', 'leave groups and topics behind', false)
    .option('--json <file>', 'write results as JSON')
    .option('--junit <file>', 'write results as JUnit XML')
    .option('--html <file>', 'write a page with every exchange decoded')
    .option('--expect <file>', 'ids of cases known to fail, one a line; one that passes fails')
    .addHelpText(
      'after',
      '\nExit code 0: all hold, 1: some fail, 2: wrong usage, 3: the broker cannot be reached.',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
}

function choose(cases: readonly Case[], prefixes: readonly string[], least: Level): readonly Case[] {
  for (const prefix of prefixes) {
    if (!cases.some(({ id }) => id.startsWith(prefix)))
      throw new UsageError(`no case begins with '${prefix}'; --list shows them`)
  }
  return cases.filter(({ id, level }) => {
    const isWanted = prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix))
    return isWanted && LEVELS.indexOf(level) <= LEVELS.indexOf(least)
  })
}

function addresses(text: string): Address[] {
  return text.split(',').map((each) => {
    const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(each.trim()) ?? []
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
      throw new InvalidArgumentError(`'${each}' is not host:port.`)
    return { host, port: Number(port) }
  })
}

function whole(least: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least)
      throw new InvalidArgumentError(`It is a whole number of ${least} at least.`)
    return value
  }
}

function factor(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It is a number above 0.')
  return Number(text)
}

function runShell(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: 'ignore' })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`the restart command ended with ${code}`))
    })
  })
}
