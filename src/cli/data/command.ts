// What the commands for a data directory have in common: --data-dir, and one line for what is wrong. Exit codes: 0 done, 1 failed or
// not all of it, 2 wrong usage.

import type { Command } from 'commander'
import { terminalText } from '../../observe/terminal-text.js'
import { ConfigError } from '../../server/config/errors.js'
import { StoreError } from '../../store/store-error.js'
import { DEFAULT_DATA_DIR } from '../flags.js'
import type { Io } from '../io.js'
import { parse } from '../parse.js'

export interface DataFlags {
  readonly dataDir: string
}

export function withDataDir(command: Command): Command {
  return command
    .option('--data-dir <dir>', `the directory (default: ${DEFAULT_DATA_DIR})`, DEFAULT_DATA_DIR)
    .addHelpText('after', '\nExit code 0: done, 1: failed, or something is damaged, 2: wrong usage.')
}

/** What went wrong is told; the exit code. What is a defect rejects. */
export async function perform<F extends DataFlags>(
  command: Command,
  argv: readonly string[],
  io: Io,
  work: (flags: F, args: readonly string[]) => Promise<number>,
): Promise<number> {
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) {
    if (parsed.problem === null) return 0
    return told(io, command, `${parsed.problem}; --help shows the options`, 2)
  }
  try {
    return await work(command.opts<F>(), command.args)
  } catch (error) {
    if (error instanceof ConfigError) return told(io, command, error.message, 2)
    if (error instanceof StoreError) return told(io, command, error.message, 1)
    throw error
  }
}

export function told(io: Io, command: Command, message: string, code: number): number {
  io.error(`${command.name()}: ${terminalText(message)}\n`)
  return code
}
