// The flags of `cohort` and how --help shows them. What is wrong is a UsageError of one line.

import { Command, CommanderError } from 'commander'
import type { Source } from '../server/config/source.js'
import { VERSION } from '../server/version.js'
import { DURABILITIES, type Durability } from '../store/store.js'
import { commandList } from './commands.js'
import { LEVELS, type Level } from './log.js'
import { UsageError } from './usage-error.js'
import {
  address,
  brokerCount,
  durability,
  type HttpAddress,
  httpAddress,
  level,
  port,
  setting,
  text,
  topic,
} from './values.js'

export const DEFAULT_PORT = 9092
export const DEFAULT_HTTP_PORT = 9192
export const DEFAULT_DATA_DIR = './cohort-data'

export interface Flags {
  host?: string
  port?: number
  brokers?: number
  advertise?: string
  topic?: Record<string, number>
  config?: string
  set?: Source[]
  dataDir?: string
  ephemeral?: boolean
  durability?: Durability
  fixtures?: string
  testKit?: boolean
  http?: HttpAddress | false
  journal?: string
  httpToken?: string
  logLevel?: Level
}

/** null when --help or --version was asked for and has been printed. */
export function readFlags(argv: readonly string[]): Flags | null {
  const command = new Command('cohort')
    .description('A Kafka group coordinator: one broker on this machine that Kafka clients use unchanged.')
    .version(VERSION)
    .option('--host <host>', 'address to listen on (default: localhost, both loopbacks)', text)
    .option('--port <port>', `port to listen on, 0 for any free one (default: ${DEFAULT_PORT})`, port)
    .option('--brokers <n>', 'so many brokers, on this port and those behind it (default: 1)', brokerCount)
    .option(
      '--advertise <host:port>',
      'where clients are told to connect (default: where it listens)',
      address,
    )
    .option('--topic <name:partitions>', 'create a topic at start (repeatable)', topic)
    .option('--config <file>', 'read a server.properties')
    .option('--set <key=value>', "set a broker setting by Kafka's name (repeatable)", setting)
    .option(
      '--data-dir <dir>',
      `keep groups, offsets, topics and records here (default: ${DEFAULT_DATA_DIR})`,
      text,
    )
    .option('--ephemeral', 'keep them in memory, until it stops; so does --test-kit without --data-dir')
    .option(
      '--durability <mode>',
      `what an answer waits for: ${DURABILITIES.join(', ')} (default: fsync)`,
      durability,
    )
    .option('--fixtures <file>', 'begin with topics, records, offsets and groups from JSON lines', text)
    .option('--journal <file>', 'append what happens to groups to a file of JSON lines', text)
    .option(
      '--http <port>',
      `port of health and metrics, or host:port, 0 for any (default: ${DEFAULT_HTTP_PORT})`,
      httpAddress,
    )
    .option('--no-http', 'neither health nor metrics')
    .option('--test-kit', 'keep requests and events, and serve faults, waits, time and more over HTTP')
    .option(
      '--http-token <token>',
      'a bearer token that HTTP asks for; needed where others can reach it',
      text,
    )
    .option('--log-level <level>', `${LEVELS.join(', ')} (default: info)`, level)
    .addHelpText(
      'after',
      '\nEvery flag has a variable (COHORT_PORT, COHORT_TOPIC=orders:3,users:1), and every setting too\n(COHORT_GROUP_MAX_SIZE for group.max.size). A flag is stronger than --set, that than a variable,\nthat than the file.\n\nCommands, each with a --help of its own:\n' +
        commandList(),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    throw new UsageError(oneLine(error.message))
  }
  return command.opts<Flags>()
}

const oneLine = (message: string) => message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
