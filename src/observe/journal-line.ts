// An entry as a line of JSON and back. In a file the time is ISO 8601 with ms, an int64 is a string of decimal digits, and
// what is null is left out. What is wrong with a line is said in one sentence.

import {
  COMMON_FIELDS,
  ENTRY_FIELDS,
  type EntryType,
  type FieldKind,
  JOURNAL_FORMAT,
  type JournalEntry,
} from './journal-entry.js'

/** Without a line end. */
export function lineOf({ type, atMs, ...fields }: JournalEntry): string {
  return JSON.stringify({ at: new Date(atMs).toISOString(), type, ...fields }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value === null ? undefined : value,
  )
}

/** Throws JournalLineError. A field that is not known is passed over: a newer format may have more. */
export function readLine(line: string): JournalEntry {
  const raw = parse(line)
  const { at, type } = raw
  const atMs = typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (Number.isNaN(atMs)) throw new JournalLineError(`'at' is ${shown(at)}, but must be a time in ISO 8601`)
  if (typeof type !== 'string' || !Object.hasOwn(ENTRY_FIELDS, type))
    throw new JournalLineError(`'type' is ${shown(type)}, which no entry has`)
  const entry: Record<string, unknown> = { type, atMs }
  for (const field of FIELDS[type as EntryType]) entry[field.name] = readField(field, raw[field.name])
  if (type === 'started' && entry.format !== JOURNAL_FORMAT)
    throw new JournalLineError(`the format is ${entry.format}; this version reads ${JOURNAL_FORMAT}`)
  return entry as unknown as JournalEntry
}

export class JournalLineError extends Error {
  override readonly name = 'JournalLineError'
}

function parse(line: string): Record<string, unknown> {
  let raw: unknown
  try {
    raw = JSON.parse(line)
  } catch {
    throw new JournalLineError(
      line.trimEnd().endsWith('}') ? 'it is no JSON' : 'it is torn: its end is missing',
    )
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new JournalLineError('it is no JSON object')
  return raw as Record<string, unknown>
}

type Check = readonly [isSo: (value: unknown) => boolean, expected: string]

const isInt = (value: unknown) => Number.isSafeInteger(value)
const listOf = (isOne: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isOne)
const isString = (value: unknown) => typeof value === 'string'

const CHECKS: Readonly<Record<string, Check>> = {
  string: [isString, 'a string'],
  int: [isInt, 'a whole number'],
  int64: [(value) => isString(value) && /^-?\d{1,19}$/.test(String(value)), 'a string of decimal digits'],
  boolean: [(value) => typeof value === 'boolean', 'true or false'],
  strings: [listOf(isString), 'a list of strings'],
  ints: [listOf(isInt), 'a list of whole numbers'],
  settings: [
    (value) => typeof value === 'object' && value !== null && Object.values(value).every(isString),
    'an object of strings',
  ],
}

interface Field {
  readonly name: string
  readonly check: Check
  readonly mayBeNull: boolean
  readonly isInt64: boolean
}

/** Looked up once, not for each of a million lines. */
const FIELDS = Object.fromEntries(
  Object.entries(ENTRY_FIELDS).map(([type, own]) => [
    type,
    Object.entries<FieldKind>({ ...COMMON_FIELDS, ...own }).map(([name, kind]) => ({
      name,
      check: CHECKS[kind.replace('?', '')] as Check,
      mayBeNull: kind.endsWith('?'),
      isInt64: kind.startsWith('int64'),
    })),
  ]),
) as unknown as Readonly<Record<EntryType, readonly Field[]>>

function readField({ name, check, mayBeNull, isInt64 }: Field, value: unknown): unknown {
  if (value === undefined || value === null) {
    if (mayBeNull) return null
    throw new JournalLineError(`'${name}' is missing`)
  }
  const [isSo, expected] = check
  if (!isSo(value)) throw new JournalLineError(`'${name}' is ${shown(value)}, but must be ${expected}`)
  return isInt64 ? BigInt(value as string) : value
}

const MAX_SHOWN = 60

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? 'missing')
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text
}
