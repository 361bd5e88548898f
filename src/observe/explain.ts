// Why a group rebalanced the last time: what started it, who was awaited and for how long, who came last, what moved.
// Read from the journal, of a running broker or of a file.

import type { EntryOf, JournalEntry } from './journal-entry.js'

export interface Arrival {
  readonly memberId: string
  readonly clientId: string | null
  /** After the rebalance began, in ms; 0 for who began it. */
  readonly afterMs: number
}

export interface Removal {
  readonly memberId: string
  readonly afterMs: number
  readonly cause: string
}

export interface Move {
  readonly topic: string
  readonly partition: number
  /** Member id; null: nobody had it, or has it now. */
  readonly from: string | null
  readonly to: string | null
}

export interface Explanation {
  readonly groupId: string
  /** In Kafka's words. */
  readonly cause: string
  /** ms since the epoch. */
  readonly startedAtMs: number
  readonly outcome: 'Stable' | 'Empty' | 'under way'
  /** The one that it led to, or that the group had when it began. */
  readonly generation: number
  /** How long the join phase lasted, and the sync phase; null while under way. */
  readonly joinPhaseMs: number | null
  readonly syncPhaseMs: number | null
  /** In the order of their JoinGroups. */
  readonly arrivals: readonly Arrival[]
  readonly removals: readonly Removal[]
  readonly moves: readonly Move[]
}

type Of = readonly JournalEntry[]

const isOf =
  <Type extends JournalEntry['type']>(type: Type) =>
  (entry: JournalEntry): entry is Extract<JournalEntry, { type: Type }> =>
    entry.type === type

/**
 * null: the group has not rebalanced, as far as is remembered. `entries` of this group, oldest first; `waiting`: its
 * requests that are not answered yet.
 */
export function explain(
  groupId: string,
  entries: Of,
  waiting: readonly EntryOf<'asked'>[] = [],
): Explanation | null {
  const begin = entries.findLastIndex((entry) => entry.type === 'state' && entry.to === 'PreparingRebalance')
  const started = entries[begin] as EntryOf<'state'> | undefined
  if (started === undefined) return null
  const states = entries.slice(begin).filter(isOf('state'))
  const state = (name: string) => states.find(({ to }) => to === name)
  const [completing, stable, empty] = [state('CompletingRebalance'), state('Stable'), state('Empty')]
  const last = stable ?? empty ?? completing ?? started
  const generation = last.generation ?? 0
  return {
    groupId,
    cause: started.cause ?? 'unknown',
    startedAtMs: started.atMs,
    outcome: stable !== undefined ? 'Stable' : empty !== undefined ? 'Empty' : 'under way',
    generation,
    joinPhaseMs: between(started, completing ?? empty),
    syncPhaseMs: between(completing, stable),
    arrivals: arrivalsIn(entries, waiting, started.atMs, generation),
    removals: removalsAround(entries, begin, started.atMs),
    moves: stable === undefined ? [] : movesInto(entries, generation),
  }
}

const between = (from: JournalEntry | undefined, to: JournalEntry | undefined) =>
  from === undefined || to === undefined ? null : to.atMs - from.atMs

function arrivalsIn(
  entries: Of,
  waiting: readonly EntryOf<'asked'>[],
  startedAtMs: number,
  generation: number,
): Arrival[] {
  const arrivals = new Map<string, Arrival>()
  const arrive = (memberId: string | null, clientId: string | null, atMs: number) => {
    if (memberId !== null)
      arrivals.set(memberId, { memberId, clientId, afterMs: Math.max(atMs - startedAtMs, 0) })
  }
  for (const join of entries.filter(isOf('join'))) {
    if (join.atMs < startedAtMs || join.error !== 'NONE' || join.generation !== generation) continue
    arrive(join.member, join.client, join.atMs - join.waitedMs)
  }
  for (const { api, member, client, atMs } of waiting) if (api === 'JoinGroup') arrive(member, client, atMs)
  return [...arrivals.values()].sort((a, b) => a.afterMs - b.afterMs)
}

/** Whose removal started it, and who was removed in its course. */
function removalsAround(entries: Of, begin: number, startedAtMs: number): Removal[] {
  const isNear = (entry: JournalEntry, i: number) => i > begin || entry.atMs === startedAtMs
  return entries
    .filter(isNear)
    .filter(isOf('member-removed'))
    .map(({ member, cause, atMs }) => ({
      memberId: member ?? '',
      cause: cause ?? 'unknown',
      afterMs: atMs - startedAtMs,
    }))
}

function movesInto(entries: Of, generation: number): Move[] {
  const syncs = entries.filter(isOf('sync')).filter(({ error }) => error === 'NONE')
  const after = ownersIn(syncs, generation)
  const earlier = syncs.map((sync) => sync.generation ?? -1).filter((each) => each < generation)
  const before = ownersIn(syncs, Math.max(-1, ...earlier))
  const moves: Move[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(name) ?? null, after.get(name) ?? null]
    if (from === to) continue
    const dash = name.lastIndexOf('-')
    moves.push({ topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)), from, to })
  }
  return moves.sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
}

/** Partition -> member, as the answers to SyncGroup told it. */
function ownersIn(syncs: readonly EntryOf<'sync'>[], generation: number): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { generation: of, member, partitions } of syncs)
    if (of === generation && member !== null) for (const name of partitions) owners.set(name, member)
  return owners
}
