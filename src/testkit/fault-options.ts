// What a fault is told by: the fields of its options, for a call in code and in JSON, and the check that a request can be met and
// something happens to it.

import type { Duration } from '../observe/duration.js'
import { toMs } from '../observe/duration.js'
import type { RecordedExchange } from '../observe/exchanges.js'
import type { ApiName } from '../protocol/api-names.js'
import { Apis } from '../protocol/apis.js'
import { ErrorCodes, type ErrorName } from '../protocol/errors.js'
import { ConfigError, suggestion } from '../server/config/errors.js'
import { TABLE } from '../server/dispatch.js'
import {
  duration,
  either,
  flag,
  list,
  native,
  optional,
  readOptions,
  type Shape,
  text,
  whole,
} from './fields.js'

export interface FaultOptions {
  readonly api: ApiName | readonly ApiName[]
  readonly version?: number
  readonly group?: string
  /** By member id, client id or group.instance.id. */
  readonly member?: string
  readonly client?: string
  /** With a topic or partition, an error is of that part alone: the rest of the request stays real. */
  readonly topic?: string
  readonly partition?: number
  /** Any other condition. */
  readonly when?: (request: RecordedExchange) => boolean
  /** Only from the nth match on, counted from 1. */
  readonly nth?: number
  /** So often at the most; without end unless given, once when `nth` is. */
  readonly times?: number
  /** Each so-manieth match. */
  readonly every?: number
  /** Whether the request takes effect first: then only its answer is tampered with. */
  readonly after?: boolean
  // one of:
  /** Answered with this error, where the API's response carries one. */
  readonly error?: ErrorName
  /** Held up so long; a connection reads no further meanwhile. */
  readonly delay?: Duration
  /** Never answered. The connection goes on. */
  readonly drop?: boolean
  /** The connection is closed. */
  readonly disconnect?: boolean
  /** Answered with bytes that cannot be decoded. */
  readonly malformed?: boolean
}

export type FaultAction =
  | { readonly kind: 'error'; readonly code: number; readonly name: ErrorName }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop' | 'disconnect' | 'malformed' }

const ACTIONS = ['error', 'delay', 'drop', 'disconnect', 'malformed'] as const

/** As JSON has them. */
export const faultShape = {
  api: { ...either(list(text), text), expected: "an API's name, or a list of them" },
  error: optional(text),
  delay: optional(duration),
  drop: optional(flag),
  disconnect: optional(flag),
  malformed: optional(flag),
  version: optional(whole(0)),
  group: optional(text),
  member: optional(text),
  client: optional(text),
  topic: optional(text),
  partition: optional(whole(0)),
  nth: optional(whole(1)),
  times: optional(whole(1)),
  every: optional(whole(1)),
  after: optional(flag),
} as const satisfies Shape

const condition = native('a function (request) => boolean', (value) =>
  typeof value === 'function' ? (value as NonNullable<FaultOptions['when']>) : undefined,
)
const inCode = { ...faultShape, when: optional(condition) } as const satisfies Shape

export interface ReadFault {
  readonly options: FaultOptions
  readonly apis: readonly ApiName[]
  readonly action: FaultAction
}

/** Throws ConfigError: for a name that does not exist with the one that was probably meant. */
export function readFault(given: unknown): ReadFault {
  const read = readOptions(inCode, given, 'fault')
  const apis = readApis(read.api)
  for (const api of apis) if (read.version !== undefined) checkVersion(api, read.version)
  const isSaid = ([name, value]: [string, unknown]) => value !== false || name === 'after'
  const options = Object.fromEntries(Object.entries(read).filter(isSaid)) as unknown as FaultOptions
  return { options, apis, action: readAction(options) }
}

function readApis(api: string | readonly string[]): readonly ApiName[] {
  const apis = typeof api === 'string' ? [api] : api
  if (apis.length === 0) throw new ConfigError('fault.api is [], but must be the name of an API, or several')
  for (const name of apis) checkApi(name, 'fault.api')
  return apis as ApiName[]
}

/** Throws ConfigError. */
export function checkApi(name: string, where: string): asserts name is ApiName {
  if (!Object.hasOwn(Apis, name))
    throw new ConfigError(`${where}: there is no API '${name}'${suggestion(name, Object.keys(Apis))}`)
}

function checkVersion(name: ApiName, version: number): void {
  const { first = 0, last = -1 } = TABLE.find(({ api }) => api.name === name) ?? {}
  if (version < first || version > last)
    throw new ConfigError(`fault.version is ${version}, but must be one of ${name}'s: ${first} to ${last}`)
}

function readAction(options: FaultOptions): FaultAction {
  const named = ACTIONS.filter((name) => options[name] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1)
    throw new ConfigError(`a fault has one of ${ACTIONS.join(', ')}, not ${named.join(' and ') || 'none'}`)
  if (kind === 'delay') return { kind, ms: toMs(options.delay as Duration) }
  if (kind !== 'error') return { kind }
  const name = options.error as ErrorName
  if (!Object.hasOwn(ErrorCodes, name))
    throw new ConfigError(
      `fault.error: there is no error '${name}'${suggestion(name, Object.keys(ErrorCodes))}`,
    )
  if (ErrorCodes[name] === ErrorCodes.NONE) throw new ConfigError('fault.error is NONE, which is no error')
  return { kind, name, code: ErrorCodes[name] }
}
