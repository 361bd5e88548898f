// Flags, COHORT_* variables and the configuration file, in this order of strength after --set: flag, --set, variable,
// file, default. Everything that is wrong is a UsageError of one line.

import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { parseProperties } from '../server/config/properties.js'
import type { Source } from '../server/config/source.js'
import type { CohortOptions } from '../server/options.js'
import { VERSION } from '../server/version.js'
import { commandList } from './commands.js'
import { LEVELS, type Level } from './log.js'
import { address, flag, type HttpAddress, httpAddress, level, port, setting, text, topic } from './values.js'

/** Told in one line; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface Arguments {
  readonly options: CohortOptions
  readonly level: Level
  /** null: none. */
  readonly http: HttpArguments | null
}

export interface HttpArguments extends HttpAddress {
  readonly token?: string
  readonly testKit: boolean
  /** Nobody asked for this port: where it is taken, any other will do. */
  readonly isDefault?: boolean
}

const DEFAULT_PORT = 9092
const DEFAULT_HTTP_PORT = 9192

interface Flags {
  host?: string
  port?: number
  advertise?: string
  topic?: Record<string, number>
  config?: string
  set?: Source[]
  fixtures?: string
  testKit?: boolean
  http?: HttpAddress | false
  journal?: string
  httpToken?: string
  logLevel?: Level
}

/** null when --help or --version was asked for and has been printed. Throws UsageError. */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv): Arguments | null {
  const flags = readFlags(argv)
  if (flags === null) return null
  const variables = readVariables(env)
  const config = flags.config ?? variables.flags.config
  const file = config === undefined ? [] : readFile(config)
  const given = { ...variables.flags, ...flags }
  const { host, port, advertise, topic, logLevel, fixtures, journal, testKit = false } = given
  const http = httpOf(given)
  const listeners = addressOf(file, 'listeners')
  const told = advertise ?? addressOf(file, 'advertised.listeners')?.text
  const chosenHost = host ?? listeners?.host
  const options = {
    ...(chosenHost === undefined ? {} : { host: chosenHost }),
    port: port ?? listeners?.port ?? DEFAULT_PORT,
    ...(told === undefined ? {} : { advertise: told }),
    ...(fixtures === undefined ? {} : { fixtures }),
    topics: topic ?? {},
    sources: [...(flags.set ?? []), ...variables.settings, ...file],
    ...(journal === undefined ? {} : { journal }),
    testkit: testKit,
    monitor: http !== null,
  }
  return { options, level: logLevel ?? 'info', http }
}

function httpOf({ http, httpToken, testKit = false }: Flags): HttpArguments | null {
  if (http === false) {
    if (testKit) throw new UsageError('--test-kit is served over HTTP, so --no-http leaves nothing of it')
    return null
  }
  const address = http ?? { port: DEFAULT_HTTP_PORT, isDefault: true }
  return { ...address, ...(httpToken === undefined ? {} : { token: httpToken }), testKit }
}

function readFlags(argv: readonly string[]): Flags | null {
  const command = new Command('cohort')
    .description('A Kafka group coordinator: one broker on this machine that Kafka clients use unchanged.')
    .version(VERSION)
    .option('--host <host>', 'address to listen on (default: localhost, both loopbacks)', text)
    .option('--port <port>', `port to listen on, 0 for any free one (default: ${DEFAULT_PORT})`, port)
    .option(
      '--advertise <host:port>',
      'where clients are told to connect (default: where it listens)',
      address,
    )
    .option('--topic <name:partitions>', 'create a topic at start (repeatable)', topic)
    .option('--config <file>', 'read a server.properties')
    .option('--set <key=value>', "set a broker setting by Kafka's name (repeatable)", setting)
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

const PREFIX = 'COHORT_'

/** COHORT_PORT and its like are flags; any other COHORT_A_B is the setting a.b. */
function readVariables(env: NodeJS.ProcessEnv): { flags: Flags; settings: Source[] } {
  const flags: Flags = {}
  const settings: Source[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === '') continue
    try {
      if (!assignFlag(flags, variable.slice(PREFIX.length), value)) {
        const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '.')
        settings.push({ name: ownName(name), value, origin: variable })
      }
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new UsageError(`${variable} is '${value}'. ${error.message}`)
    }
  }
  return { flags, settings }
}

/** COHORT_STRICT_REPLICATION_FACTOR would name its prefix twice. */
const ownName = (name: string) => (name === 'strict.replication.factor' ? `cohort.${name}` : name)

function assignFlag(flags: Flags, name: string, value: string): boolean {
  switch (name) {
    case 'HOST':
      flags.host = text(value)
      return true
    case 'PORT':
      flags.port = port(value)
      return true
    case 'ADVERTISE':
      flags.advertise = address(value)
      return true
    case 'TOPIC':
    case 'TOPICS':
      flags.topic = value.split(',').reduce((topics, each) => topic(each.trim(), topics), {})
      return true
    case 'CONFIG':
      flags.config = value
      return true
    case 'CONTROL_URL':
    case 'CONTROL_TOKEN':
      return true // of `cohort control`
    case 'JOURNAL':
      flags.journal = text(value)
      return true
    case 'FIXTURES':
      flags.fixtures = text(value)
      return true
    case 'TEST_KIT':
      flags.testKit = flag(value)
      return true
    case 'HTTP':
      flags.http = value === 'false' ? false : httpAddress(value)
      return true
    case 'HTTP_TOKEN':
      flags.httpToken = text(value)
      return true
    case 'LOG_LEVEL':
      flags.logLevel = level(value)
      return true
    default:
      return false
  }
}

function readFile(path: string): Source[] {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `--config ${path}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}`,
    )
  }
  // In a file the last of several counts, so the last comes first here.
  return parseProperties(content)
    .map(({ name, value, line }) => ({ name, value, origin: `${path}:${line}` }))
    .reverse()
}

/** The first PLAINTEXT listener of a server.properties. */
function addressOf(
  file: readonly Source[],
  name: string,
): { host?: string; port: number; text: string } | undefined {
  const source = file.find((candidate) => candidate.name === name)
  if (source === undefined) return undefined
  for (const listener of source.value.split(',')) {
    const [, host = '', number] = /^\s*PLAINTEXT:\/\/(.*):(\d+)\s*$/i.exec(listener) ?? []
    if (number !== undefined) {
      return {
        ...(host === '' ? {} : { host }),
        port: Number(number),
        text: `${host || 'localhost'}:${number}`,
      }
    }
  }
  throw new UsageError(
    `${source.origin}: ${name} is '${source.value}', but must have a listener of the form PLAINTEXT://host:port`,
  )
}
