// Flags, COHORT_* variables and the configuration file, in this order of strength after --set: flag, --set, variable,
// file, default. Everything that is wrong is a UsageError of one line.

import { readFileSync } from 'node:fs'
import { parseProperties } from '../server/config/properties.js'
import type { Source } from '../server/config/source.js'
import type { CohortOptions } from '../server/options.js'
import { DEFAULT_DATA_DIR, DEFAULT_HTTP_PORT, DEFAULT_PORT, type Flags, readFlags } from './flags.js'
import type { Level } from './log.js'
import { UsageError } from './usage-error.js'
import type { HttpAddress } from './values.js'
import { readVariables } from './variables.js'

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

/** null when --help or --version was asked for and has been printed. Rejects with UsageError. */
export async function readArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Arguments | null> {
  const flags = await readFlags(argv)
  if (flags === null) return null
  const variables = readVariables(env)
  const config = flags.config ?? variables.flags.config
  const file = config === undefined ? [] : readFile(config)
  const given = { ...variables.flags, ...flags }
  const { host, port, brokers, advertise, topic, logLevel, fixtures, journal, testKit = false } = given
  const http = httpOf(given)
  const listeners = addressOf(file, 'listeners')
  const told = advertise ?? addressOf(file, 'advertised.listeners')?.text
  const chosenHost = host ?? listeners?.host
  const options = {
    ...(chosenHost === undefined ? {} : { host: chosenHost }),
    port: port ?? listeners?.port ?? DEFAULT_PORT,
    ...(brokers === undefined ? {} : { brokers }),
    ...(told === undefined ? {} : { advertise: told }),
    ...keptIn(given),
    ...(fixtures === undefined ? {} : { fixtures }),
    topics: topic ?? {},
    sources: [...(flags.set ?? []), ...variables.settings, ...file],
    ...(journal === undefined ? {} : { journal }),
    testkit: testKit,
    monitor: http !== null,
  }
  return { options, level: logLevel ?? 'info', http }
}

/** Tests begin with nothing. */
function keptIn({ dataDir, durability, ephemeral = false, testKit = false }: Flags): Partial<CohortOptions> {
  if (ephemeral && dataDir !== undefined)
    throw new UsageError('--ephemeral keeps nothing and --data-dir does; leave one out')
  const isEphemeral = ephemeral || (testKit && dataDir === undefined)
  if (isEphemeral && durability !== undefined)
    throw new UsageError('--durability is of what is kept: give a --data-dir too, and no --ephemeral')
  if (isEphemeral) return {}
  return { dataDir: dataDir ?? DEFAULT_DATA_DIR, durability: durability ?? 'fsync' }
}

function httpOf({ http, httpToken, testKit = false }: Flags): HttpArguments | null {
  if (http === false) {
    if (testKit) throw new UsageError('--test-kit is served over HTTP, so --no-http leaves nothing of it')
    return null
  }
  const address = http ?? { port: DEFAULT_HTTP_PORT, isDefault: true }
  return { ...address, ...(httpToken === undefined ? {} : { token: httpToken }), testKit }
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
