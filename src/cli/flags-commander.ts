// The flags of `cohort` as commander reads them: how --help shows them, and what is wrong, as a UsageError of one line.

import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { VERSION } from '../server/version.js'
import { commandList } from './commands.js'
import { FLAGS, type Flag, type Flags } from './flags.js'
import { UsageError } from './usage-error.js'
import { WrongValue } from './values.js'

const MORE = `
Every flag has a variable (COHORT_PORT, COHORT_TOPIC=orders:3,users:1), and every setting too
(COHORT_GROUP_MAX_SIZE for group.max.size). A flag is stronger than --set, that than a variable,
that than the file.

Commands, each with a --help of its own:
`

/** null when --help or --version was asked for and has been printed. Throws UsageError. */
export function readByCommander(argv: readonly string[]): Flags | null {
  const command = new Command('cohort')
    .description('A Kafka group coordinator: one broker on this machine that Kafka clients use unchanged.')
    .version(VERSION)
    .addHelpText('after', MORE + commandList())
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  for (const flag of FLAGS) addTo(command, flag)
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    throw new UsageError(oneLine(error.message))
  }
  return command.opts<Flags>()
}

function addTo(command: Command, { usage, help, read }: Flag): void {
  if (read === undefined) return void command.option(usage, help)
  command.option(usage, help, (value: string, before: unknown) => {
    try {
      return read(value, before as never)
    } catch (error) {
      if (error instanceof WrongValue) throw new InvalidArgumentError(error.message)
      throw error
    }
  })
}

const oneLine = (message: string) => message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
