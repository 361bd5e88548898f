// Bytes and headers as JSON says them: a text where they are one, else { base64 }. What is read back from what was written is the same
// to the byte.

import type { RecordHeader } from '../protocol/records/record.js'
import { type Field, native, orNull } from './fields.js'

/** A text, or bytes that are none as { base64 }. */
export type FixtureBytes = string | { readonly base64: string }

/** By name; or one by one, where names come again, are no text, or their order would be lost. */
export type FixtureHeaders =
  | Readonly<Record<string, FixtureBytes | null>>
  | readonly (readonly [name: FixtureBytes, value: FixtureBytes | null])[]

const BASE64 = { type: 'object', properties: { base64: { type: 'string' } }, required: ['base64'] }

/** Bytes as { base64 } alone. */
export const base64: Field<{ readonly base64: string }, true> = {
  ...native('{ "base64": "..." }', (value) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'base64')
      return undefined
    const { base64 } = value as { base64: unknown }
    return typeof base64 === 'string' && isBase64(base64) ? { base64 } : undefined
  }),
  schema: BASE64,
}

/** With its padding, and nothing else in it: what Buffer passes over in silence is a slip. */
const isBase64 = (text: string) => Buffer.from(text, 'base64').toString('base64') === text

/** Half of a surrogate pair has no UTF-8. */
const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value)

export const bytes: Field<FixtureBytes, true> = {
  ...native('a text, or { "base64": "..." }', (value) => (isText(value) ? value : base64.read(value))),
  schema: { anyOf: [{ type: 'string' }, BASE64] },
}

export const headers: Field<FixtureHeaders, true> = {
  ...headersOf(bytes),
  schema: {
    anyOf: [
      { type: 'object', additionalProperties: orNull(bytes).schema },
      { type: 'array', items: { type: 'array', prefixItems: [bytes.schema, orNull(bytes).schema] } },
    ],
  },
}

export function headersOf<T>(
  of: Field<T>,
): Field<Readonly<Record<string, T | null>> | readonly (readonly [name: T, value: T | null])[], true> {
  const value = orNull(of)
  return native(
    `an object of header name -> value, or a list of [name, value]; a value is ${value.expected}`,
    (given) => {
      if (typeof given !== 'object' || given === null) return undefined
      const pairs: readonly unknown[] = Array.isArray(given) ? given : Object.entries(given)
      const isSo = pairs.every(
        (pair) =>
          Array.isArray(pair) &&
          pair.length === 2 &&
          of.read(pair[0]) !== undefined &&
          value.read(pair[1]) !== undefined,
      )
      return isSo ? (given as Record<string, T | null>) : undefined
    },
  )
}

/** The bytes that a key or value stands for. */
export function toBytes(value: FixtureBytes): Buffer
export function toBytes(value: FixtureBytes | null | undefined): Buffer | null
export function toBytes(value: FixtureBytes | null | undefined): Buffer | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64')
}

/** A text where the bytes are one. */
export function fromBytes(value: Buffer): FixtureBytes
export function fromBytes(value: Buffer | null): FixtureBytes | null
export function fromBytes(value: Buffer | null): FixtureBytes | null {
  if (value === null) return null
  const asText = value.toString('utf8')
  return Buffer.from(asText).equals(value) ? asText : { base64: value.toString('base64') }
}

export function toHeaders(given: FixtureHeaders): (readonly [Buffer, Buffer | null])[] {
  const pairs = Array.isArray(given)
    ? (given as readonly (readonly [FixtureBytes, FixtureBytes | null])[])
    : Object.entries(given as Readonly<Record<string, FixtureBytes | null>>)
  return pairs.map(([name, value]) => [toBytes(name), toBytes(value)])
}

/** By name where that says all of it. */
export function fromHeaders(headers: readonly RecordHeader[]): FixtureHeaders {
  const pairs = headers.map(({ key, value }) => [fromBytes(key), fromBytes(value)] as const)
  const names = pairs.map(([name]) => name)
  const byName = Object.fromEntries(pairs) as Record<string, FixtureBytes | null>
  const kept = Object.keys(byName) // an object has its numbers first
  return kept.length === names.length && kept.every((name, i) => name === names[i]) ? byName : pairs
}
