// One group's part of a journal, in the shape that rules ask for: its rebalances with their phases, who joined, synced and
// was removed in each, who owned what.

import type { EntryOf, EntryType, JournalEntry } from '../observe/journal-entry.js'

export interface Rebalance {
  /** Into PreparingRebalance. */
  readonly begun: EntryOf<'state'>
  /** Of the join phase: into CompletingRebalance or Empty; null: not seen. */
  readonly joined: EntryOf<'state'> | null
  readonly stable: EntryOf<'state'> | null
  /** Of an Empty group. */
  readonly isInitial: boolean
  readonly joinPhaseMs: number | null
  /** That led to its generation, in the order of their answers, one for each member. */
  readonly joins: readonly EntryOf<'join'>[]
  /** Answered well, in its generation. */
  readonly syncs: readonly EntryOf<'sync'>[]
  /** In its join phase, and what began it. */
  readonly removals: readonly EntryOf<'member-removed'>[]
}

export interface GroupHistory {
  readonly groupId: string
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  readonly rebalances: readonly Rebalance[]
  of<Type extends EntryType>(type: Type): EntryOf<Type>[]
  /** Its JoinGroups that were answered well. */
  joinsOf(member: string | null): readonly EntryOf<'join'>[]
}

type Draft = { -readonly [Name in keyof Rebalance]: Rebalance[Name] } & {
  joins: EntryOf<'join'>[]
  syncs: EntryOf<'sync'>[]
  removals: EntryOf<'member-removed'>[]
}

/** By group, in the order of their first entries. */
export function historiesOf(entries: readonly JournalEntry[]): GroupHistory[] {
  const groups = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    if (entry.group === null) continue
    push(groups, entry.group, entry)
  }
  return [...groups].map(([groupId, own]) => historyOf(groupId, own))
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

function historyOf(groupId: string, entries: readonly JournalEntry[]): GroupHistory {
  const byType = new Map<EntryType, JournalEntry[]>()
  for (const entry of entries) push(byType, entry.type, entry)
  const of = <Type extends EntryType>(type: Type) => (byType.get(type) ?? []) as EntryOf<Type>[]
  const joins = new Map<string | null, EntryOf<'join'>[]>()
  for (const join of of('join')) if (join.error === 'NONE') push(joins, join.member, join)
  const drafts = phasesOf(entries)
  // Answers and events of one step have the same time and no sure order: the generation tells where they belong.
  const byGeneration = new Map<number | null, Draft[]>()
  for (const draft of drafts) push(byGeneration, draft.joined?.generation ?? null, draft)
  const madeBy = (generation: number | null, atMs: number) =>
    byGeneration.get(generation)?.findLast(({ joined }) => joined !== null && joined.atMs <= atMs)
  for (const join of of('join')) {
    const rebalance = join.error === 'NONE' ? madeBy(join.generation, join.atMs) : undefined
    if (rebalance?.joins.every(({ member }) => member !== join.member)) rebalance.joins.push(join)
  }
  for (const sync of of('sync'))
    if (sync.error === 'NONE') madeBy(sync.generation, sync.atMs)?.syncs.push(sync)
  return { groupId, entries, rebalances: drafts, of, joinsOf: (member) => joins.get(member) ?? [] }
}

function phasesOf(entries: readonly JournalEntry[]): Draft[] {
  const rebalances: Draft[] = []
  let removed: EntryOf<'member-removed'>[] = []
  for (const entry of entries) {
    const last = rebalances.at(-1)
    if (entry.type === 'member-removed') {
      if (last?.joined === null) last.removals.push(entry)
      else removed.push(entry)
    }
    if (entry.type !== 'state') continue
    if (entry.to === 'PreparingRebalance') {
      const removals = removed.filter(({ atMs }) => atMs === entry.atMs)
      rebalances.push(newRebalance(entry, removals))
    } else if (last !== undefined && entry.to === 'Stable') last.stable = entry
    else if (last !== undefined && last.joined === null) {
      last.joined = entry
      last.joinPhaseMs = entry.atMs - last.begun.atMs
    }
    removed = []
  }
  return rebalances
}

function newRebalance(begun: EntryOf<'state'>, removals: EntryOf<'member-removed'>[]): Draft {
  const nothing = { joined: null, stable: null, joinPhaseMs: null, joins: [], syncs: [] }
  return { begun, isInitial: begun.from === 'Empty', ...nothing, removals }
}

/** topic-partition -> member, as the SyncGroups of its generation gave it out. */
export function ownersIn({ syncs }: Rebalance): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { member, partitions } of syncs)
    for (const partition of partitions) owners.set(partition, member ?? '')
  return owners
}

/** The newest generation that became Stable. */
export function lastStable({ rebalances }: GroupHistory): Rebalance | undefined {
  return rebalances.findLast(({ stable }) => stable !== null)
}

/** When its JoinGroup came, not when it was answered. */
export const askedMs = ({ atMs, waitedMs }: { readonly atMs: number; readonly waitedMs: number }): number =>
  atMs - waitedMs

/** Its newest JoinGroup that was answered well, up to a time. */
export function joinOf(
  history: GroupHistory,
  member: string | null,
  beforeMs = Number.POSITIVE_INFINITY,
): EntryOf<'join'> | undefined {
  const joins = history.joinsOf(member)
  // A journal of months has many: half of those that are left at a time.
  let [from, to] = [0, joins.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((joins[middle]?.atMs ?? 0) <= beforeMs) from = middle + 1
    else to = middle
  }
  return joins[from - 1]
}

/** Kafka: "removing member X on heartbeat expiration." */
export const expired = ({ cause }: JournalEntry): boolean => cause?.includes('heartbeat expiration') ?? false
