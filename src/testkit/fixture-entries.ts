// What a fixture file holds, one JSON object a line: topics, records, committed offsets, groups as their last run left them. Here each
// line is checked for itself; docs/fixtures.md tells of them all.

import { type Duration, isDuration, toMs } from '../observe/duration.js'
import { ConfigError, suggestion } from '../server/config/errors.js'
import {
  duration,
  type Field,
  int64,
  list,
  name,
  native,
  optional,
  readFields,
  readOne,
  record,
  type Shape,
  text,
  type Values,
  whole,
} from './fields.js'
import { base64, bytes } from './fixture-bytes.js'
import { partitionCount } from './fixtures.js'
import { messageShape } from './messages.js'

const LAST_INT32 = 0x7fffffff

/** As an int32 of the protocol holds it. */
const timeout: Field<Duration, true> = {
  ...duration,
  expected: `${duration.expected}, and at most ${LAST_INT32} ms`,
  read: (value) =>
    isDuration(value) && Number.isInteger(toMs(value)) && toMs(value) <= LAST_INT32 ? value : undefined,
}

type Owned = Readonly<Record<string, readonly number[]>>

/** Topic -> partitions; or the bytes that the leader gave, where they say something else. */
const assignment: Field<Owned | { readonly base64: string }, true> = {
  ...native(`an object of topic -> partitions, or ${base64.expected}`, (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const partitions = list(whole(0, LAST_INT32))
    const isSo = Object.values(value).every((each) => partitions.read(each) !== undefined)
    return isSo ? (value as Owned) : base64.read(value)
  }),
  schema: { type: 'object' },
}

/** Of a group's line. */
export const memberShape = {
  memberId: name,
  clientId: optional(text),
  clientHost: optional(text),
  instanceId: optional(name),
  sessionTimeout: optional(timeout),
  rebalanceTimeout: optional(timeout),
  topics: optional(list(text)),
  metadata: optional(bytes),
  assignment: optional(assignment),
} as const satisfies Shape

/** Type of a line -> its other fields. */
export const FIXTURE_SHAPES = {
  topic: { topic: name, partitions: optional(partitionCount) },
  record: { topic: name, ...messageShape },
  offset: {
    group: text, // '' is the one of consumers that have none
    topic: name,
    partition: whole(0, LAST_INT32),
    offset: int64(0n),
    metadata: optional(text),
  },
  group: {
    group: name,
    protocolType: optional(name),
    protocol: optional(name),
    generation: optional(whole(0, LAST_INT32)),
    leader: optional(name),
    members: optional(list(record('an object'))),
  },
} as const satisfies Record<string, Shape>

type Type = keyof typeof FIXTURE_SHAPES
type Fields<T extends Type> = Values<(typeof FIXTURE_SHAPES)[T]>

export type FixtureMember = Values<typeof memberShape>
export type FixtureGroup = Omit<Fields<'group'>, 'members'> & { readonly members: readonly FixtureMember[] }
export type FixtureEntry =
  | ({ readonly type: 'topic' } & Fields<'topic'>)
  | ({ readonly type: 'record' } & Fields<'record'>)
  | ({ readonly type: 'offset' } & Fields<'offset'>)
  | ({ readonly type: 'group' } & FixtureGroup)

/** An entry, and where it is said: 'before.jsonl:3', 'fixtures[2]'. */
export interface FixtureLine<E extends FixtureEntry = FixtureEntry> {
  readonly where: string
  readonly entry: E
}

const SAID = native(
  'JSON lines, or an array of what they say',
  (value): string | readonly unknown[] | undefined =>
    typeof value === 'string' || Array.isArray(value) ? value : undefined,
)

/** Empty lines count for nothing. Throws ConfigError that names file, line and field. */
export function readFixtures(fixtures: unknown, origin: string): FixtureLine[] {
  const said = readOne(SAID, fixtures, origin)
  if (typeof said !== 'string')
    return said.map((value, i) => ({
      where: `${origin}[${i}]`,
      entry: readFixture(value, `${origin}[${i}]`),
    }))
  const lines: FixtureLine[] = []
  const withoutMark = said.replace(/^\uFEFF/, '') // some editors put one before UTF-8
  for (const [i, line] of withoutMark.split('\n').entries()) {
    if (line.trim() === '') continue
    const where = `${origin}:${i + 1}`
    lines.push({ where, entry: readFixture(parsed(line, where), where) })
  }
  return lines
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new ConfigError(`${where} is no JSON: ${(error as Error).message}`)
  }
}

function readFixture(value: unknown, where: string): FixtureEntry {
  const { type, ...rest } = (typeof value === 'object' && value !== null ? value : {}) as { type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(FIXTURE_SHAPES, type)) {
    const types = Object.keys(FIXTURE_SHAPES)
    const given = type === undefined ? 'is missing' : `is ${JSON.stringify(type)}`
    throw new ConfigError(
      `${where}.type ${given}, but must be one of ${types.join(', ')}${suggestion(String(type), types)}`,
    )
  }
  if (type === 'group') return { type, ...readGroup(rest, where) }
  return { type, ...readFields(FIXTURE_SHAPES[type as Type], rest, where) } as FixtureEntry
}

function readGroup(value: object, where: string): FixtureGroup {
  const { members: given = [], ...group } = readFields(FIXTURE_SHAPES.group, value, where)
  const members = given.map((each, i) => readFields(memberShape, each, `${where}.members[${i}]`))
  const seen = new Set<string>()
  for (const [i, { memberId, instanceId, topics, metadata }] of members.entries()) {
    const of = `${where}.members[${i}]`
    for (const [field, id] of Object.entries({ memberId, instanceId })) {
      if (id === undefined) continue
      if (seen.has(`${field} ${id}`))
        throw new ConfigError(`${of}.${field} is '${id}', which another member of the group has`)
      seen.add(`${field} ${id}`)
    }
    if (topics !== undefined && metadata !== undefined)
      throw new ConfigError(
        `${of} has topics and metadata: the metadata says its topics, so give one of them`,
      )
  }
  if (group.leader !== undefined && !seen.has(`memberId ${group.leader}`))
    throw new ConfigError(`${where}.leader is '${group.leader}', which is the memberId of no member`)
  return { ...group, members }
}
