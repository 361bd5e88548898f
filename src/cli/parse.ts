// A command line read by commander, with what is wrong about it in one line: how each command tells it is its own.

import { type Command, CommanderError } from 'commander'
import type { Io } from './io.js'

export type Parsed =
  | { readonly isRead: true }
  /** null: --help was asked for, and has been printed. */
  | { readonly isRead: false; readonly problem: string | null }

/** Flags and arguments are the command's afterwards. */
export function parse(command: Command, argv: readonly string[], io: Pick<Io, 'write'>): Parsed {
  command
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.write(text), writeErr: () => {} })
  try {
    command.parse(argv, { from: 'user' })
    return { isRead: true }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { isRead: false, problem: null }
    const line = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
    return { isRead: false, problem: line.replace(/\.$/, '') }
  }
}
