// What is drawn of a group over time, as plain data: phases, members with what they did and waited for, partitions with who
// had them when. Bounded: what is older than KEPT_MS goes, and of one member the newest marks stay.

import type { JournalEntry } from './journal-entry.js'
import type { Owned } from './watch-owners.js'

/** One thing at one moment. */
export type MarkKind =
  | 'join'
  | 'sync'
  | 'heartbeat'
  | 'told'
  | 'commit'
  | 'error'
  | 'leave'
  | 'removed'
  | 'closed'

export interface Mark {
  readonly kind: MarkKind
  readonly atMs: number
}

export interface Span {
  /** 'beats': heartbeats that are only counted. */
  readonly kind: 'join' | 'sync' | 'beats'
  readonly fromMs: number
  readonly toMs: number
}

export interface Phase {
  readonly state: string
  /** The epoch in a consumer group (KIP-848). */
  readonly generation: number | null
  readonly fromMs: number
}

export interface WatchedMember {
  memberId: string
  client: string | null
  instance: string | null
  /** Stands for it in the lanes of partitions. */
  readonly letter: string
  readonly sinceMs: number
  /** null: it is in the group. */
  goneAtMs: number | null
  goneBecause: string | null
  sessionTimeoutMs: number | null
  /** It keeps what it owns while the group rebalances (KIP-429). */
  isCooperative: boolean
  /** Its last request; null: not told. */
  heardAtMs: number | null
  /** A JoinGroup or SyncGroup that is not answered. */
  waits: { readonly api: string; readonly sinceMs: number } | null
  marks: Mark[]
  spans: Span[]
}

export interface WatchedGroup extends Owned {
  readonly groupId: string
  generation: number | null
  phases: Phase[]
  /** What began the last rebalance. */
  cause: string | null
  members: WatchedMember[]
  /** Ids that were given and not joined with -> since when. */
  readonly pending: Map<string, number>
  /** What was told lately, the newest last; neither heartbeats nor commits. */
  told: JournalEntry[]
  changedAtMs: number
}

export interface Watched {
  readonly groups: Map<string, WatchedGroup>
  /** The time of the newest entry. */
  atMs: number
  readonly source: WatchSource
}

/** What its entries tell, besides what a journal keeps. */
export interface WatchSource {
  /**
   * From then on every single heartbeat, and requests as they come: silence means something, and it is known who is awaited.
   * null: never.
   */
  readonly singlesSinceMs: number | null
}

const KEPT_MS = 600_000
const MAX_MARKS = 5000
/** Of a broker with more groups those in which something happened last. */
const MAX_GROUPS = 1000
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** What follows when those are used up: each as wide, and no two alike. */
const FURTHER_LETTERS = 0x100

export const nothingWatched = (source: WatchSource): Watched => ({ groups: new Map(), atMs: 0, source })

export function groupOf({ groups }: Watched, groupId: string): WatchedGroup {
  const known = groups.get(groupId)
  if (known !== undefined) return known
  const group: WatchedGroup = {
    groupId,
    generation: null,
    phases: [],
    cause: null,
    members: [],
    pending: new Map(),
    partitions: new Map(),
    moves: [],
    told: [],
    changedAtMs: 0,
  }
  groups.set(groupId, group)
  if (groups.size > MAX_GROUPS) groups.delete(stalest(groups))
  return group
}

function stalest(groups: ReadonlyMap<string, WatchedGroup>): string {
  let found: WatchedGroup | undefined
  for (const group of groups.values())
    if (group.changedAtMs > 0 && group.changedAtMs < (found?.changedAtMs ?? Number.POSITIVE_INFINITY))
      found = group
  return found?.groupId ?? ''
}

export function find(group: WatchedGroup, memberId: string | null): WatchedMember | undefined {
  return group.members.find((member) => member.memberId === memberId && member.goneAtMs === null)
}

/** It may be new to who looks: the journal forgets its oldest entries. */
export function memberOf(group: WatchedGroup, { member, atMs }: JournalEntry): WatchedMember {
  const known = find(group, member)
  if (known !== undefined) return known
  const made: WatchedMember = {
    memberId: member ?? '',
    client: null,
    instance: null,
    letter: freeLetter(group),
    sinceMs: atMs,
    goneAtMs: null,
    goneBecause: null,
    sessionTimeoutMs: null,
    isCooperative: false,
    heardAtMs: null,
    waits: null,
    marks: [],
    spans: [],
  }
  group.members.push(made)
  return made
}

function freeLetter({ members }: WatchedGroup): string {
  const used = new Set(members.map(({ letter }) => letter))
  for (const letter of LETTERS) if (!used.has(letter)) return letter
  let code = FURTHER_LETTERS
  while (used.has(String.fromCodePoint(code))) code++
  return String.fromCodePoint(code)
}

export function push(member: WatchedMember, made: Mark): void {
  member.marks.push(made)
  if (member.marks.length > MAX_MARKS) member.marks.shift()
}

export function forget(group: WatchedGroup, nowMs: number): void {
  const beforeMs = nowMs - KEPT_MS
  if ((group.phases[1]?.fromMs ?? beforeMs) < beforeMs) group.phases.shift()
  group.members = group.members.filter(({ goneAtMs }) => goneAtMs === null || goneAtMs >= beforeMs)
  for (const member of group.members) {
    while ((member.marks[0]?.atMs ?? beforeMs) < beforeMs) member.marks.shift()
    while ((member.spans[0]?.toMs ?? beforeMs) < beforeMs) member.spans.shift()
  }
}
