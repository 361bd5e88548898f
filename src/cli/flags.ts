// The flags of `cohort`, as data. A command line that is right is read here; commander, which takes its time to load, is asked for
// --help and to say what is wrong.

import type { Source } from '../server/config/source.js'
import { DURABILITIES, type Durability } from '../store/store.js'
import { LEVELS, type Level } from './log.js'
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
  WrongValue,
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

export interface Flag {
  /** '--port <port>'; without <>, it has no value. */
  readonly usage: string
  /** For --help. */
  readonly help: string
  /** Of its value, and what the same flag gave before; throws WrongValue. The text itself unless given. */
  readonly read?: (value: string, before?: never) => unknown
}

export const FLAGS: readonly Flag[] = [
  { usage: '--host <host>', help: 'address to listen on (default: localhost, both loopbacks)', read: text },
  {
    usage: '--port <port>',
    help: `port to listen on, 0 for any free one (default: ${DEFAULT_PORT})`,
    read: port,
  },
  {
    usage: '--brokers <n>',
    help: 'so many brokers, on this port and those behind it (default: 1)',
    read: brokerCount,
  },
  {
    usage: '--advertise <host:port>',
    help: 'where clients are told to connect (default: where it listens)',
    read: address,
  },
  { usage: '--topic <name:partitions>', help: 'create a topic at start (repeatable)', read: topic },
  { usage: '--config <file>', help: 'read a server.properties' },
  { usage: '--set <key=value>', help: "set a broker setting by Kafka's name (repeatable)", read: setting },
  {
    usage: '--data-dir <dir>',
    help: `keep groups, offsets, topics and records here (default: ${DEFAULT_DATA_DIR})`,
    read: text,
  },
  {
    usage: '--ephemeral',
    help: 'keep them in memory, until it stops; so does --test-kit without --data-dir',
  },
  {
    usage: '--durability <mode>',
    help: `what an answer waits for: ${DURABILITIES.join(', ')} (default: fsync)`,
    read: durability,
  },
  {
    usage: '--fixtures <file>',
    help: 'begin with topics, records, offsets and groups from JSON lines',
    read: text,
  },
  {
    usage: '--journal <file>',
    help: 'append what happens to groups to a file of JSON lines',
    read: text,
  },
  {
    usage: '--http <port>',
    help: `port of health and metrics, or host:port, 0 for any (default: ${DEFAULT_HTTP_PORT})`,
    read: httpAddress,
  },
  { usage: '--no-http', help: 'neither health nor metrics' },
  {
    usage: '--test-kit',
    help: 'keep requests and events, and serve faults, waits, time and more over HTTP',
  },
  {
    usage: '--http-token <token>',
    help: 'a bearer token that HTTP asks for; needed where others can reach it',
    read: text,
  },
  { usage: '--log-level <level>', help: `${LEVELS.join(', ')} (default: info)`, read: level },
]

/** null when --help or --version was asked for and has been printed. Rejects with UsageError. */
export async function readFlags(argv: readonly string[]): Promise<Flags | null> {
  return readPlainly(argv) ?? (await import('./flags-commander.js')).readByCommander(argv)
}

/** undefined for what is wrong, or unusual enough to leave it to commander; else what that reads too. */
export function readPlainly(argv: readonly string[]): Flags | undefined {
  const flags: Record<string, unknown> = {}
  for (let i = 0; i < argv.length; i++) {
    const [, name, given] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(argv[i] as string) ?? []
    const flag = FLAGS.find(({ usage }) => usage.split(' ')[0] === name)
    if (name === undefined || flag === undefined) return undefined
    if (flag.usage === name) {
      if (given !== undefined) return undefined
      if (name === '--no-http') flags.http = false
      else flags[keyOf(name)] = true
      continue
    }
    const value = given ?? argv[++i]
    if (value === undefined || value === '' || value.startsWith('-')) return undefined
    const { read = (text: string) => text } = flag
    try {
      flags[keyOf(name)] = read(value, flags[keyOf(name)] as never)
    } catch (error) {
      if (error instanceof WrongValue) return undefined
      throw error
    }
  }
  return flags
}

/** '--data-dir' -> 'dataDir'. */
const keyOf = (name: string) => name.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
