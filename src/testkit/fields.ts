// The fields of a JSON object that comes from outside (a line of a fixture file, a request over HTTP, a command's options): what
// each must be, how it is read, how it is told. A field that is not known is refused with the one that was probably meant.

import { isDuration } from '../observe/duration.js'
import { ConfigError, suggestion } from '../server/config/errors.js'

export interface Field<T, Required extends boolean = boolean> {
  /** 'a whole number from 0 on': completes 'x is y, but must be ...'. */
  readonly expected: string
  readonly isRequired: Required
  /** As JSON Schema has it. */
  readonly schema: Readonly<Record<string, unknown>>
  /** undefined: it is not what it must be. */
  readonly read: (value: unknown) => T | undefined
  /** The JSON value that a text of a query or a command line stands for. */
  readonly fromText: (text: string) => unknown
}

export type Shape = Readonly<Record<string, Field<unknown>>>

type ValueOf<F> = F extends Field<infer T> ? T : never
type RequiredKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends Field<unknown, true> ? K : never
}[keyof S]

export type Values<S extends Shape> = { readonly [K in RequiredKeys<S>]: ValueOf<S[K]> } & {
  readonly [K in Exclude<keyof S, RequiredKeys<S>>]?: ValueOf<S[K]>
}

function field<T>(
  expected: string,
  schema: Field<T>['schema'],
  read: Field<T>['read'],
  fromText: Field<T>['fromText'] = json,
): Field<T, true> {
  return { expected, isRequired: true, schema, read, fromText }
}

export const optional = <T>(needed: Field<T>): Field<T, false> => ({ ...needed, isRequired: false })

/** What is not JSON is taken as a text: the check that follows says what was expected. */
function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const asIs = (text: string) => text

export const text = field(
  'a text',
  { type: 'string' },
  (value) => (typeof value === 'string' ? value : undefined),
  asIs,
)

export const name = field(
  'a text that is not empty',
  { type: 'string', minLength: 1 },
  (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  asIs,
)

export const flag = field('true or false', { type: 'boolean' }, (value) =>
  typeof value === 'boolean' ? value : undefined,
)

export const whole = (first: number, last = Number.MAX_SAFE_INTEGER) =>
  field(
    last === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${first} on`
      : `a whole number from ${first} to ${last}`,
    { type: 'integer', minimum: first, ...(last === Number.MAX_SAFE_INTEGER ? {} : { maximum: last }) },
    (value) =>
      Number.isSafeInteger(value) && (value as number) >= first && (value as number) <= last
        ? (value as number)
        : undefined,
  )

const [FIRST_INT64, LAST_INT64] = [-(2n ** 63n), 2n ** 63n - 1n]

/** An int64: a JSON number while that is exact, else its digits as a string. */
export const int64 = (first = FIRST_INT64) =>
  field(
    `a whole number from ${first === FIRST_INT64 ? '-2^63' : first} to 2^63-1 (above 2^53 as a string)`,
    { type: ['integer', 'string'], pattern: '^-?\\d{1,19}$' },
    (value) => {
      const isDigits = typeof value === 'string' && /^-?\d{1,19}$/.test(value)
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value) && !isDigits) return undefined
      const taken = BigInt(value as bigint | number | string)
      return taken >= first && taken <= LAST_INT64 ? taken : undefined
    },
    asIs,
  )

export const duration = field(
  "milliseconds, or '500ms', '10s', '2m', '1h', '7d'",
  { type: ['number', 'string'], examples: ['500ms', '10s'] },
  (value) => (isDuration(value) ? value : undefined),
  (given) => (/^\d+$/.test(given) ? Number(given) : given),
)

export const choice = <const T extends string>(...words: readonly T[]) =>
  field(
    `one of ${words.join(', ')}`,
    { type: 'string', enum: words },
    (value) => (words.includes(value as T) ? (value as T) : undefined),
    asIs,
  )

export const list = <T>(of: Field<T>) =>
  field<readonly T[]>(
    `a list, each ${of.expected}`,
    { type: 'array', items: of.schema },
    (value) => {
      if (!Array.isArray(value)) return undefined
      const items = value.map(of.read)
      return items.includes(undefined) ? undefined : (items as T[])
    },
    (given) => (given.startsWith('[') ? json(given) : given.split(',')),
  )

/** JSON's null as well: a record without a key, a tombstone. */
export function orNull<T>(of: Field<T>): Field<T | null, true> {
  return {
    ...of,
    isRequired: true,
    schema: { anyOf: [of.schema, { type: 'null' }] },
    expected: `${of.expected}, or null`,
    read: (value) => (value === null ? null : of.read(value)),
  }
}

/** What only code can give, not JSON. */
export const native = <T>(expected: string, read: Field<T>['read']) => field<T>(expected, {}, read)

/** Any JSON object; whoever gets it checks what is in it. */
export const record = (expected: string) =>
  field<Readonly<Record<string, unknown>>>(expected, { type: 'object', description: expected }, (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined,
  )

/** One or the other: the first that it is. */
export const either = <A, B>(a: Field<A>, b: Field<B>) =>
  field<A | B>(
    `${a.expected}, or ${b.expected}`,
    { anyOf: [a.schema, b.schema] },
    (value) => a.read(value) ?? b.read(value),
    (given) => (a.read(a.fromText(given)) === undefined ? b.fromText(given) : a.fromText(given)),
  )

/** Throws ConfigError: `where` and the name of the field, what it is, what it must be. */
export function readFields<S extends Shape>(
  shape: S,
  value: unknown,
  where: string,
  kind: 'field' | 'option' = 'field',
): Values<S> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(where, value, kind === 'field' ? 'a JSON object' : 'an object')
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name))
      throw new ConfigError(
        `${where}.${name}: there is no such ${kind}${suggestion(name, Object.keys(shape)) || `, only ${Object.keys(shape).join(', ') || 'none'}`}`,
      )
  }
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) {
    const given = (value as Record<string, unknown>)[name]
    if (given === undefined && field.isRequired)
      throw new ConfigError(`${where}.${name} is missing: it must be ${field.expected}`)
    if (given !== undefined) values[name] = readOne(field, given, `${where}.${name}`)
  }
  return values as Values<S>
}

/** Of a call in code, where none at all is none of them. Throws ConfigError. */
export const readOptions = <S extends Shape>(shape: S, value: unknown, where: string): Values<S> =>
  readFields(shape, value === undefined ? {} : value, where, 'option')

/** Throws ConfigError. */
export function readOne<T>({ read, expected }: Field<T>, value: unknown, where: string): T {
  const taken = read(value)
  if (taken === undefined) throw wrong(where, value, expected)
  return taken
}

const wrong = (where: string, value: unknown, expected: string) =>
  new ConfigError(`${where} is ${shown(value)}, but must be ${expected}`)

const SHOWN = 60

function shown(value: unknown): string {
  const told =
    typeof value === 'number' ? String(value) : typeof value === 'function' ? 'a function' : asJson(value)
  return told.length > SHOWN ? `${told.slice(0, SHOWN)}...` : told
}

function asJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item)) ?? String(value)
    )
  } catch {
    return String(value) // it has itself in it
  }
}
