// What the commands for any broker have in common: --brokers, --json, --timeout; a cluster that is closed at the end; what is
// wrong told in one line. Exit codes: 0 done, 1 failed, 2 wrong usage.

import { Command, InvalidArgumentError } from 'commander'
import { type Address, readAddresses } from '../../client/addresses.js'
import { Cluster } from '../../client/cluster.js'
import { AdminError } from '../../client/errors.js'
import { PlanError } from '../../client/plan.js'
import { type Duration, toMs } from '../../observe/duration.js'
import { terminalText } from '../../observe/terminal-text.js'
import type { Io as ProcessIo } from '../io.js'
import { parse } from '../parse.js'

/** Nothing is read by these. */
export type Io = Omit<ProcessIo, 'stdin'>

export interface CommonFlags {
  readonly brokers: readonly Address[]
  readonly json: boolean
  readonly timeout: number
}

const DEFAULT_BROKERS = '127.0.0.1:9092'
const DEFAULT_TIMEOUT_MS = 10_000

/** `name` with its first words, as it is typed: 'offsets reset'. */
export function adminCommand(name: string, description: string): Command {
  return new Command(`cohort ${name}`)
    .description(description)
    .option(
      '--brokers <host:port,...>',
      `the broker, or some of a cluster (default: ${DEFAULT_BROKERS})`,
      addresses,
      readAddresses(DEFAULT_BROKERS),
    )
    .option('--json', 'print JSON', false)
    .option('--timeout <duration>', 'of each request (default: 10s)', milliseconds, DEFAULT_TIMEOUT_MS)
    .addHelpText('after', '\nExit code 0: done, 1: failed, 2: wrong usage.')
}

/** Parses, does it, and tells what went wrong; the exit code. What is a defect rejects. */
export async function perform<F extends CommonFlags>(
  command: Command,
  argv: readonly string[],
  io: Io,
  work: (cluster: Cluster, flags: F, args: readonly string[]) => Promise<number>,
): Promise<number> {
  const name = command.name()
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) return parsed.problem === null ? 0 : misused(io, name, parsed.problem)
  const flags = command.opts<F>()
  const cluster = new Cluster(flags.brokers, { requestTimeoutMs: flags.timeout })
  try {
    return await work(cluster, flags, command.args)
  } catch (error) {
    if (error instanceof UsageError) return misused(io, name, error.message)
    if (!(error instanceof AdminError) && !(error instanceof PlanError)) throw error
    return failed(io, name, error)
  } finally {
    await cluster.close()
  }
}

/** Of flags that do not go together. Told in one line; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export function failed(io: Io, name: string, error: Error): 1 {
  io.error(`${name}: ${terminalText(error.message)}\n`)
  return 1
}

function misused(io: Io, name: string, message: string): 2 {
  io.error(
    `${name}: ${terminalText(message.replace(/\s*\n\s*/g, ' ').replace(/\.$/, ''))}; --help shows the options\n`,
  )
  return 2
}

function addresses(text: string): Address[] {
  try {
    return readAddresses(text)
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
}

function milliseconds(text: string): number {
  try {
    const ms = toMs((/^\d+$/.test(text) ? Number(text) : text) as Duration)
    if (ms >= 1) return ms
  } catch {
    // told below
  }
  throw new InvalidArgumentError("It is a time above 0, as in '500ms', '10s', '2m'.")
}
