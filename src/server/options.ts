// What startCohort takes, and the check that it was given that.

import type { IdSource } from '../machine/id-source.js'
import { MAX_PARTITIONS_PER_REQUEST } from '../metadata/create-topics.js'
import { type Duration, isDuration } from '../observe/duration.js'
import { DURABILITIES, type Durability, type Store } from '../store/store.js'
import type { Clock } from './clock.js'
import { ConfigError, suggestion } from './config/errors.js'
import type { Source } from './config/source.js'
import { type ApiRanges, PROFILES, type ProfileName } from './profiles.js'

export type LogLevel = 'info' | 'warn' | 'error'

export interface CohortOptions {
  /** An address or name to listen on; 'localhost' (the default) is both loopbacks. */
  readonly host?: string
  /** 0 (the default): any that is free. */
  readonly port?: number
  /** How many nodes the cluster has, each with a port of its own: `port` and those behind it, or any. 1 unless given. */
  readonly brokers?: number
  /** host:port that clients are told of the first node, the ports behind it of the others; what they listen on unless given. */
  readonly advertise?: string
  /** Topic name -> number of partitions. */
  readonly topics?: Readonly<Record<string, number>>
  /** What is there at the start besides: a file of JSON lines, or what they say (docs/fixtures.md). */
  readonly fixtures?: string | readonly object[]
  /** Broker settings by Kafka's names. */
  readonly set?: Readonly<Record<string, string | number | boolean>>
  /** Settings from elsewhere, weaker than `set`, the strongest first. */
  readonly sources?: readonly Source[]
  /** Gets one line per call; silent unless given. */
  readonly log?: (level: LogLevel, line: string) => void
  /** Called once when the broker cannot go on, before it stops by itself: its store cannot be written or read again. */
  readonly onFatal?: (line: string) => void
  /** 'virtual': the coordinator's deadlines pass only when `cohort.clock.advance` says so. */
  readonly clock?: Clock | 'virtual'
  /** The broker to pass for: its settings and the versions that it advertises. 'fast' unless given. */
  readonly profile?: ProfileName
  /** API -> [first, last] version that is handled and advertised, or false for none. Stronger than the profile. */
  readonly apiVersions?: ApiRanges
  /** Ids come in the same order on every run: the n-th member id carries n. */
  readonly seed?: number
  /** 'seeded': answers that are ready at the same time leave in an order that the seed decides. */
  readonly order?: 'seeded'
  /** How long waits of the test kit last unless told otherwise: ms, or '10s' and the like. 4 s. */
  readonly timeout?: Duration
  /** false: requests and events are not kept, and the test kit is not there. */
  readonly testkit?: boolean
  /** Keeps a journal without the test kit, which has one. */
  readonly monitor?: boolean
  /** A file that the journal is appended to, as JSON lines (docs/journal.md). */
  readonly journal?: string
  /** Whether stop() verifies; true where NODE_ENV is 'test'. */
  readonly verify?: boolean | 'strict'
  readonly ids?: IdSource
  readonly store?: Store
  /** A directory that keeps groups, offsets, topics and records; in memory unless given (docs/storage.md). */
  readonly dataDir?: string
  /** With dataDir, what an answer waits for: 'fsync' (the default), 'os' or 'none'. */
  readonly durability?: Durability
}

type Check = (value: unknown) => boolean

const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const hasMethods =
  (...names: string[]): Check =>
  (value) =>
    names.every((name) => typeof (Object(value) as Record<string, unknown>)[name] === 'function')
const isClock = hasMethods('nowMs', 'wakeAt')
const isPort: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535

/** Three is the usual; more than this is a slip. */
export const MAX_BROKERS = 100
const isCount: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_BROKERS

const OPTIONS: Readonly<Record<keyof CohortOptions, readonly [Check, string]>> = {
  host: [(value) => typeof value === 'string' && value !== '', 'a host name or address'],
  port: [isPort, 'a whole number from 0 to 65535'],
  brokers: [isCount, `a whole number from 1 to ${MAX_BROKERS}`],
  advertise: [(value) => typeof value === 'string' && isAddress(value), 'host:port'],
  topics: [isObject, 'an object of topic name -> number of partitions'],
  fixtures: [
    (value) => (typeof value === 'string' && value !== '') || Array.isArray(value),
    'the path of a file of JSON lines, or an array of what they say',
  ],
  set: [isObject, 'an object of setting name -> value'],
  sources: [Array.isArray, 'an array of { name, value, origin }'],
  log: [(value) => typeof value === 'function', 'a function (level, line)'],
  onFatal: [(value) => typeof value === 'function', 'a function (line)'],
  clock: [(value) => value === 'virtual' || isClock(value), "a Clock (nowMs, wakeAt), or 'virtual'"],
  profile: [(value) => Object.hasOwn(PROFILES, String(value)), Object.keys(PROFILES).join(', ')],
  apiVersions: [isObject, 'an object of API name -> [first, last] or false'],
  seed: [(value) => Number.isSafeInteger(value) && (value as number) >= 0, 'a whole number from 0 on'],
  order: [(value) => value === 'seeded', "'seeded', with a seed"],
  timeout: [isDuration, "milliseconds, or '500ms', '10s', '2m'"],
  testkit: [(value) => typeof value === 'boolean', 'true or false'],
  monitor: [(value) => typeof value === 'boolean', 'true or false'],
  journal: [(value) => typeof value === 'string' && value !== '', 'the path of a file'],
  verify: [(value) => typeof value === 'boolean' || value === 'strict', "true, false or 'strict'"],
  ids: [isObject, 'an IdSource'],
  dataDir: [(value) => typeof value === 'string' && value !== '', 'the path of a directory'],
  durability: [(value) => DURABILITIES.includes(value as Durability), DURABILITIES.join(', ')],
  store: [hasMethods('load', 'append', 'close'), 'a Store (load, append, close)'],
}

/** host:port with a port that can be connected to. */
export function isAddress(text: string): boolean {
  const port = /^[^\s]+:(\d{1,5})$/.exec(text)?.[1]
  return port !== undefined && Number(port) >= 1 && isPort(Number(port))
}

/** Throws ConfigError with the path of what is wrong and what was expected there. */
export function checkOptions(options: CohortOptions): void {
  if (!isObject(options)) throw wrong('options', options, 'an object')
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new ConfigError(
        `options.${name}: there is no such option${suggestion(name, Object.keys(OPTIONS))}`,
      )
    }
    const [check, expected] = OPTIONS[name as keyof CohortOptions]
    if (value !== undefined && !check(value)) throw wrong(`options.${name}`, value, expected)
  }
  checkLastPort(options)
  if (options.store !== undefined && options.dataDir !== undefined) {
    throw new ConfigError('options.store and options.dataDir both say where data is kept; leave one out')
  }
  for (const [name, partitions] of Object.entries(options.topics ?? {})) {
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS_PER_REQUEST) {
      throw wrong(
        `options.topics['${name}']`,
        partitions,
        `a whole number of partitions from 1 to ${MAX_PARTITIONS_PER_REQUEST}`,
      )
    }
  }
  for (const [name, value] of Object.entries(options.set ?? {})) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw wrong(`options.set['${name}']`, value, 'a string, number or boolean')
    }
  }
}

/** Ports count up from the first node's. */
function checkLastPort({ brokers = 1, port = 0, advertise = '' }: CohortOptions): void {
  for (const [name, first] of [
    ['port', port],
    ['advertise', Number(advertise.split(':').at(-1))],
  ] as const) {
    if (!isPort(first + brokers - 1))
      throw wrong(
        `options.${name}`,
        name === 'port' ? port : advertise,
        `such that ${brokers} ports from there on are at most 65535`,
      )
  }
}

function wrong(path: string, value: unknown, expected: string): ConfigError {
  const given =
    typeof value === 'string'
      ? `'${value}'`
      : isObject(value) || Array.isArray(value)
        ? JSON.stringify(value)
        : String(value)
  return new ConfigError(`${path} is ${given}, but must be ${expected}`)
}
