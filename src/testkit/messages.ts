// A record as a test gives it, checked and made into the one that a batch is built of.

import type { NewRecord } from '../protocol/records/batch.js'
import type { RecordData } from '../protocol/records/record.js'
import { native, optional, orNull, readFields, readOne, type Shape, type Values, whole } from './fields.js'
import { bytes, headers, headersOf, toBytes, toHeaders } from './fixture-bytes.js'

/** A record to be produced. Texts are UTF-8. */
export interface Message {
  readonly key?: string | Uint8Array | null
  readonly value: string | Uint8Array | null
  /** In turn unless given. */
  readonly partition?: number
  /** By name; or one by one as [name, value], where a name comes again or is no text. */
  readonly headers?:
    | Readonly<Record<string, string | Uint8Array | null>>
    | readonly (readonly [name: string | Uint8Array, value: string | Uint8Array | null])[]
  /** Milliseconds since the epoch; now unless given. */
  readonly timestamp?: number
}

/** A record that is in a topic. */
export interface StoredMessage extends RecordData {
  readonly partition: number
}

/** @internal A record on its way into a topic. */
export interface OutgoingRecord {
  readonly record: NewRecord
  /** undefined: in turn. */
  readonly partition: number | undefined
  /** What it is called in messages: 'messages[3]', 'before.jsonl:7'. */
  readonly where: string
}

const octets = native('a text, or a Buffer', (value) =>
  typeof value === 'string' || value instanceof Uint8Array ? value : undefined,
)
const rest = {
  partition: optional(whole(0)),
  timestamp: optional({
    ...whole(Number.MIN_SAFE_INTEGER),
    expected: 'milliseconds since the epoch, a whole number',
    schema: { type: 'integer' },
  }),
} as const satisfies Shape

const messageOptions = {
  key: optional(orNull(octets)),
  value: orNull(octets),
  headers: optional(headersOf(octets)),
  ...rest,
} as const satisfies Shape

/** The same in JSON. */
export const messageShape = {
  key: optional(orNull(bytes)),
  value: orNull(bytes),
  headers: optional(headers),
  ...rest,
} as const satisfies Shape

const many = native<readonly unknown[]>('an array of messages', (value) =>
  Array.isArray(value) ? value : undefined,
)

/** @internal Throws ConfigError. */
export function readMessages(messages: unknown): OutgoingRecord[] {
  return readOne(many, messages, 'messages').map((message, i) => {
    const where = `messages[${i}]`
    return outgoing(readFields(messageOptions, message, where, 'option'), where)
  })
}

function outgoing(message: Message, where: string): OutgoingRecord {
  const { key, value, partition, headers = [], timestamp = Date.now() } = message
  const pairs: readonly (readonly [string | Uint8Array, string | Uint8Array | null])[] = Array.isArray(
    headers,
  )
    ? headers
    : Object.entries(headers)
  const record = {
    timestampMs: BigInt(timestamp),
    key: bytesOf(key ?? null),
    value: bytesOf(value),
    headers: pairs.map(([name, each]) => ({ key: bytesOf(name), value: bytesOf(each) })),
  }
  return { record, partition, where }
}

/** @internal Of what JSON says. */
export function toMessage({ key, value, headers, ...rest }: Values<typeof messageShape>): Message {
  return {
    ...{ key: toBytes(key), value: toBytes(value), ...rest },
    ...(headers === undefined ? {} : { headers: toHeaders(headers) }),
  }
}

/** @internal A line of a fixture file. */
export const fromLine = (message: Values<typeof messageShape>, where: string): OutgoingRecord =>
  outgoing(toMessage(message), where)

function bytesOf(value: string | Uint8Array): Buffer
function bytesOf(value: string | Uint8Array | null): Buffer | null
function bytesOf(value: string | Uint8Array | null): Buffer | null {
  if (value === null) return null
  if (typeof value === 'string') return Buffer.from(value)
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
