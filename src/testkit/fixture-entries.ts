// What a fixture file holds, one JSON object a line: topics, records, committed offsets, groups as their last run left them. Every line
// is checked before anything of the file is applied.

import { ConfigError, suggestion } from '../server/config/errors.js'
import {
  duration,
  either,
  type Field,
  int64,
  list,
  optional,
  readFields,
  record,
  type Shape,
  text,
  type Values,
  whole,
} from './fields.js'

/** A text, or bytes that are none as { base64 }. */
export type FixtureBytes = string | { readonly base64: string }

const bytes: Field<FixtureBytes, true> = {
  ...either(
    text,
    record('an object { "base64": ... }') as unknown as Field<{ readonly base64: string }, true>,
  ),
  expected: 'a text, or { "base64": "..." }',
  isRequired: true,
  read: (value) => {
    if (typeof value === 'string') return value
    const { base64 } = (value ?? {}) as { base64?: unknown }
    return typeof base64 === 'string' ? { base64 } : undefined
  },
}

/** JSON's null: a record without a key, a tombstone. */
function orNull<T>(of: Field<T>): Field<T | null, true> {
  return {
    ...of,
    isRequired: true,
    expected: `${of.expected}, or null`,
    read: (value) => (value === null ? null : of.read(value)),
  }
}

/** Topic -> partitions. */
const owned: Field<Readonly<Record<string, readonly number[]>>, true> = {
  ...(record('an object of topic -> partitions') as unknown as Field<Record<string, number[]>, true>),
  read: (value) => {
    const partitions = list(whole(0))
    if (typeof value !== 'object' || value === null) return undefined
    const isSo = Object.values(value).every((each) => partitions.read(each) !== undefined)
    return isSo ? (value as Record<string, number[]>) : undefined
  },
}

const member = {
  memberId: text,
  clientId: optional(text),
  clientHost: optional(text),
  instanceId: optional(text),
  sessionTimeout: optional(duration),
  rebalanceTimeout: optional(duration),
  topics: optional(list(text)),
  assignment: optional(owned),
} as const satisfies Shape

/** A key or value, headers, time as `Message` has them. */
export const messageShape = {
  key: optional(orNull(bytes)),
  value: orNull(bytes),
  partition: optional(whole(0)),
  headers: optional(record('an object of header name -> text')),
  timestamp: optional(whole(0)),
} as const satisfies Shape

const SHAPES = {
  topic: { topic: text, partitions: optional(whole(1, 10_000)) },
  record: { topic: text, ...messageShape },
  offset: { group: text, topic: text, partition: whole(0), offset: int64, metadata: optional(text) },
  group: {
    group: text,
    protocolType: optional(text),
    protocol: optional(text),
    generation: optional(whole(0, 0x7fffffff)),
    leader: optional(text),
    members: optional(list(record('an object'))),
  },
} as const satisfies Record<string, Shape>

type Type = keyof typeof SHAPES

export type FixtureMember = Values<typeof member>
export type FixtureMessage = Values<typeof messageShape>
export type FixtureGroup = Omit<Values<typeof SHAPES.group>, 'members'> & {
  readonly members: readonly FixtureMember[]
}
export type FixtureEntry =
  | ({ readonly type: 'topic' } & Values<typeof SHAPES.topic>)
  | ({ readonly type: 'record' } & Values<typeof SHAPES.record>)
  | ({ readonly type: 'offset' } & Values<typeof SHAPES.offset>)
  | ({ readonly type: 'group' } & FixtureGroup)

/** JSON lines; empty ones count for nothing. Throws ConfigError that names file, line and field. */
export function readFixtures(content: string, origin: string): FixtureEntry[] {
  const entries: FixtureEntry[] = []
  for (const [i, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue
    const where = `${origin}:${i + 1}`
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      throw new ConfigError(`${where} is no JSON: ${(error as Error).message}`)
    }
    entries.push(readFixture(value, where))
  }
  return entries
}

/** Throws ConfigError. */
export function readFixture(value: unknown, where: string): FixtureEntry {
  const { type, ...rest } = (typeof value === 'object' && value !== null ? value : {}) as { type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) {
    const types = Object.keys(SHAPES)
    const given = type === undefined ? 'is missing' : `is ${JSON.stringify(type)}`
    throw new ConfigError(
      `${where}.type ${given}, but must be one of ${types.join(', ')}${suggestion(String(type), types)}`,
    )
  }
  const read = readFields(SHAPES[type as Type], rest, where)
  if (type !== 'group') return { type, ...read } as FixtureEntry
  const { members = [], ...group } = read as Values<typeof SHAPES.group>
  const known = members.map((each, i) => readFields(member, each, `${where}.members[${i}]`))
  return { type, ...group, members: known }
}

/** The bytes that a key or value stands for. */
export function toBytes(value: FixtureBytes | null | undefined): Buffer | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64')
}

/** A text where the bytes are one. */
export function fromBytes(value: Buffer | null): FixtureBytes | null {
  if (value === null) return null
  const asText = value.toString('utf8')
  return Buffer.from(asText).equals(value) ? asText : { base64: value.toString('base64') }
}
