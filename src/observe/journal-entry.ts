// What one line of the journal says: flat, in Kafka's words, with time, group, member, generation and cause. The fields are
// data, from which the types, the reading of files (journal-line.ts) and the check of docs/journal.md come.

/** Told by the first line of a file; a reader refuses what it does not know. */
export const JOURNAL_FORMAT = 1

/** int: ms, counts, generations. int64: bigint here, decimal digits in a string in a file. '?': may be null. */
export type FieldKind =
  | 'string'
  | 'string?'
  | 'int'
  | 'int?'
  | 'int64'
  | 'int64?'
  | 'boolean'
  | 'boolean?'
  | 'strings'
  | 'ints'
  | 'settings'

/** Every entry has them, null where they do not apply. The generation is the epoch in a consumer group (KIP-848). */
export const COMMON_FIELDS = {
  group: 'string?',
  member: 'string?',
  generation: 'int?',
  cause: 'string?',
} as const satisfies Record<string, FieldKind>

/** Who asked: client id, connection (counted from 1). */
const CLIENT = { client: 'string?', connection: 'int?' } as const
/** Of a request that was answered; its entry has the time of the answer, `waitedMs` after it came. No error: 'NONE'; null: never answered. */
const ANSWERED = { ...CLIENT, error: 'string?', waitedMs: 'int', fault: 'string?' } as const
const TIMEOUTS = { sessionTimeoutMs: 'int', rebalanceTimeoutMs: 'int' } as const

/** Partitions are written topic-partition, as Kafka does. */
export const ENTRY_FIELDS = {
  // the journal itself
  started: { format: 'int', software: 'string', settings: 'settings', gapBoundsMs: 'ints' },
  lost: { count: 'int' },
  ended: {},

  // what the coordinator tells
  state: { from: 'string', to: 'string' },
  'member-joined': { instance: 'string?' },
  'member-pending': {},
  'member-removed': {
    ...CLIENT,
    instance: 'string?',
    connected: 'boolean?',
    heardAgoMs: 'int?',
    fetchedAgoMs: 'int?',
    sessionTimeoutMs: 'int?',
    partitions: 'strings',
  },
  'member-replaced': { instance: 'string', oldMember: 'string' },
  reconcile: { memberState: 'string', partitions: 'strings', revoking: 'strings' },
  'offsets-removed': { count: 'int' },
  'group-removed': {},

  // what members asked, once it is answered
  join: {
    ...ANSWERED,
    ...TIMEOUTS,
    software: 'string?',
    version: 'int',
    askedAs: 'string',
    instance: 'string?',
    protocolType: 'string',
    protocols: 'strings',
    topics: 'strings',
    owned: 'strings',
    protocol: 'string?',
    leader: 'string?',
    skipAssignment: 'boolean',
  },
  sync: { ...ANSWERED, protocol: 'string?', leads: 'boolean', partitions: 'strings' },
  leave: { ...ANSWERED, instance: 'string?' },
  commit: { ...ANSWERED, topic: 'string', partition: 'int', offset: 'int64', endOffset: 'int64?' },
  heartbeats: {
    ...CLIENT,
    count: 'int',
    refused: 'int',
    overMs: 'int',
    gaps: 'ints',
    minGapMs: 'int?',
    medianGapMs: 'int?',
    maxGapMs: 'int?',
    sessionTimeoutMs: 'int?',
  },
  'end-offset': { topic: 'string', partition: 'int', endOffset: 'int64' },
  error: { ...ANSWERED, api: 'string', version: 'int', count: 'int' },
  lacked: {},
  'connection-closed': { ...CLIENT },

  // only for who looks: never kept, never in a file
  asked: { ...CLIENT, api: 'string', instance: 'string?' },
  heartbeat: { ...CLIENT, error: 'string?', gapMs: 'int?' },
} as const satisfies Record<string, Record<string, FieldKind>>

export type EntryType = keyof typeof ENTRY_FIELDS
/** Handed to those subscribers alone that ask for them. */
export const SINGLES: readonly EntryType[] = ['asked', 'heartbeat']

interface Kinds {
  string: string
  'string?': string | null
  int: number
  'int?': number | null
  int64: bigint
  'int64?': bigint | null
  boolean: boolean
  'boolean?': boolean | null
  strings: readonly string[]
  ints: readonly number[]
  settings: Readonly<Record<string, string>>
}

type Values<Fields extends Record<string, FieldKind>> = {
  readonly [Name in keyof Fields]: Kinds[Fields[Name]]
}
type Common = Values<typeof COMMON_FIELDS>

/** One entry of this type. `atMs`: ms since the epoch on the coordinator's clock; in a file `at`, ISO 8601 with ms. */
export type EntryOf<Type extends EntryType> = {
  [Each in Type]: { readonly type: Each; readonly atMs: number } & Common &
    Values<(typeof ENTRY_FIELDS)[Each]>
}[Type]
export type JournalEntry = EntryOf<EntryType>

export function entryOf<Type extends EntryType>(
  type: Type,
  atMs: number,
  fields: Partial<Common> & Values<(typeof ENTRY_FIELDS)[Type]>,
): EntryOf<Type> {
  return {
    type,
    atMs,
    group: null,
    member: null,
    generation: null,
    cause: null,
    ...fields,
  } as unknown as EntryOf<Type>
}

/** What the rules need to know of the broker, by Kafka's names; `started` has those that it was told. */
export const JOURNAL_SETTINGS = [
  'group.initial.rebalance.delay.ms',
  'group.min.session.timeout.ms',
  'group.max.session.timeout.ms',
  'group.max.size',
  'offsets.retention.minutes',
  'offsets.retention.check.interval.ms',
  'group.consumer.session.timeout.ms',
  'group.consumer.heartbeat.interval.ms',
] as const

/** Upper bounds of the histogram of heartbeat gaps, inclusive; one more bucket has what is above the last. */
export const GAP_BOUNDS_MS = [
  50, 100, 250, 500, 1000, 2000, 3000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000,
] as const

/** The first entry of a journal. `setting` gives a broker's setting by Kafka's name, null where it has none. */
export function startedEntry(
  atMs: number,
  software: string,
  setting: (name: string) => string | null | undefined,
): EntryOf<'started'> {
  const told = JOURNAL_SETTINGS.flatMap((name) => {
    const value = setting(name)
    return value === null || value === undefined ? [] : [[name, value] as const]
  })
  const settings = Object.fromEntries(told)
  return entryOf('started', atMs, { format: JOURNAL_FORMAT, software, settings, gapBoundsMs: GAP_BOUNDS_MS })
}
