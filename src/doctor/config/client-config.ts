// A consumer's settings as its client reads them: the names of Java, librdkafka and kafkajs made one, with each client's
// defaults where nothing is set.

import { parseProperties } from '../../server/config/properties.js'
import { CLIENTS, type ClientKind, type ClientSettings, NAMES, ONLY_LIBRDKAFKA } from './clients.js'

/** In one line: which file and line, what is there, what was expected. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError'
}

export interface Setting<T> {
  readonly value: T
  /** As this client names it. */
  readonly name: string
  /** 'consumer.properties:3', 'default'. */
  readonly origin: string
}

export type ClientConfig = {
  readonly [Key in keyof ClientSettings]: Setting<ClientSettings[Key]>
} & {
  readonly client: ClientKind
  /** How long one record takes to process; null: not told. */
  readonly recordMs: number | null
  /** Whether a setting was given in the file. */
  isSet(key: keyof ClientSettings): boolean
}

export interface ConfigOptions {
  /** Unless given, told by the names that are set. */
  readonly client?: ClientKind | undefined
  readonly recordMs?: number | undefined
}

interface Given {
  readonly value: string
  readonly origin: string
}

/** `text` is a .properties file or a JSON object. Throws ConfigFileError. */
export function readClientConfig(text: string, file: string, options: ConfigOptions = {}): ClientConfig {
  const given = text.trimStart().startsWith('{') ? readJson(text, file) : readProperties(text, file)
  const client = options.client ?? guessClient(given, text)
  const names = NAMES[client]
  const settings: Record<string, Setting<unknown>> = {}
  const set = new Set<string>()
  for (const key of Object.keys(CLIENTS[client].defaults) as (keyof ClientSettings)[]) {
    const name = names[key]
    const found = name === undefined ? undefined : given.get(name)
    if (found !== undefined) set.add(key)
    const value = found === undefined ? CLIENTS[client].defaults[key] : parseValue(key, name as string, found)
    settings[key] = { value, name: name ?? key, origin: found?.origin ?? 'default' }
  }
  return {
    ...(settings as unknown as Omit<ClientConfig, 'client' | 'recordMs' | 'isSet'>),
    client,
    recordMs: options.recordMs ?? null,
    isSet: (key) => set.has(key),
  } as ClientConfig
}

/** In a file the last of several counts. */
function readProperties(text: string, file: string): Map<string, Given> {
  return new Map(
    parseProperties(text).map(({ name, value, line }) => [name, { value, origin: `${file}:${line}` }]),
  )
}

function readJson(text: string, file: string): Map<string, Given> {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    throw new ConfigFileError(`${file} begins with '{' but is no JSON: ${(error as Error).message}`)
  }
  const given = new Map<string, Given>()
  for (const [name, value] of Object.entries(raw as object)) {
    if (value === null || typeof value === 'object') continue // brokers, ssl: nothing of ours
    given.set(name, { value: String(value), origin: file })
  }
  return given
}

/** kafkajs has names without dots; librdkafka some that Java does not have. */
function guessClient(given: ReadonlyMap<string, Given>, text: string): ClientKind {
  const isJson = text.trimStart().startsWith('{')
  const dotted = [...given.keys()].some((name) => name.includes('.'))
  if (isJson) return dotted ? 'librdkafka' : 'kafkajs'
  return ONLY_LIBRDKAFKA.some((name) => given.has(name)) ? 'librdkafka' : 'java'
}

function parseValue(key: keyof ClientSettings, name: string, { value, origin }: Given): unknown {
  const text = value.trim()
  switch (key) {
    case 'assignors':
      return text
        .split(',')
        .map(assignorName)
        .filter((each) => each !== '')
    case 'instanceId':
      return text === '' ? null : text
    case 'groupProtocol':
      return text.toLowerCase()
    default:
      if (!/^\d+$/.test(text))
        throw new ConfigFileError(`${origin}: ${name} is '${value}', but must be a whole number`)
      return Number(text)
  }
}

/** Java names classes: org.apache.kafka.clients.consumer.CooperativeStickyAssignor is 'cooperative-sticky' on the wire. */
function assignorName(text: string): string {
  const simple = text.trim().split('.').at(-1) ?? ''
  const known: Readonly<Record<string, string>> = {
    RangeAssignor: 'range',
    RoundRobinAssignor: 'roundrobin',
    StickyAssignor: 'sticky',
    CooperativeStickyAssignor: 'cooperative-sticky',
  }
  return known[simple] ?? text.trim()
}
