// Journal entries enter the picture of a group, one by one (watch-state.ts).

import { fromMs } from './duration.js'
import type { EntryOf, JournalEntry } from './journal-entry.js'
import { acquire, settle } from './watch-owners.js'
import {
  find,
  forget,
  groupOf,
  type MarkKind,
  memberOf,
  push,
  type Watched,
  type WatchedGroup,
  type WatchedMember,
} from './watch-state.js'

const MAX_TOLD = 200

/** Entries come in the order of the journal. */
export function watchEntry(watched: Watched, entry: JournalEntry): void {
  watched.atMs = Math.max(watched.atMs, entry.atMs)
  if (entry.type === 'started') return watched.groups.clear() // the broker begins empty
  if (entry.group === null) return
  const group = groupOf(watched, entry.group)
  group.changedAtMs = entry.atMs
  tell(group, entry)
  apply(group, entry)
  forget(group, entry.atMs)
}

/** Too many to be told one by one. */
const NOT_TOLD: readonly string[] = ['heartbeat', 'heartbeats', 'asked', 'commit', 'end-offset']

function tell(group: WatchedGroup, entry: JournalEntry): void {
  const isToldTwice = entry.type === 'join' && entry.error === 'MEMBER_ID_REQUIRED' // member-pending
  if (NOT_TOLD.includes(entry.type) || isToldTwice) return
  group.told.push(entry)
  if (group.told.length > MAX_TOLD) group.told.shift()
}

function apply(group: WatchedGroup, entry: JournalEntry): void {
  switch (entry.type) {
    case 'state':
      return stateChanged(group, entry)
    case 'member-joined':
      group.pending.delete(entry.member ?? '')
      return void memberOf(group, entry)
    case 'member-pending':
      return void group.pending.set(entry.member ?? '', entry.atMs)
    case 'member-removed':
      return removed(group, entry)
    case 'member-replaced':
      return replaced(group, entry)
    case 'reconcile':
      group.generation = entry.generation
      return owns(group, memberOf(group, entry), entry.partitions, entry.atMs)
    case 'asked':
      return asked(group, entry)
    case 'join':
      return joined(group, entry)
    case 'sync':
      return synced(group, entry)
    case 'leave':
      return left(group, entry)
    case 'heartbeat':
      return beat(group, entry)
    case 'heartbeats':
      return void find(group, entry.member)?.spans.push({
        kind: 'beats',
        fromMs: entry.atMs - entry.overMs,
        toMs: entry.atMs,
      })
    case 'commit':
      return mark(group, entry, entry.error === 'NONE' ? 'commit' : 'error')
    case 'error':
      return mark(group, entry, kindOf(entry.error))
    case 'connection-closed':
      return closed(group, entry)
    case 'group-removed':
      group.phases.push({ state: 'Dead', generation: null, fromMs: entry.atMs })
      return
    default:
      return
  }
}

function stateChanged(group: WatchedGroup, { to, generation, atMs, cause }: EntryOf<'state'>): void {
  group.phases.push({ state: to, generation, fromMs: atMs })
  group.generation = generation
  if (to === 'PreparingRebalance') group.cause = cause
}

function removed(group: WatchedGroup, entry: EntryOf<'member-removed'>): void {
  group.pending.delete(entry.member ?? '')
  const member = find(group, entry.member)
  if (member === undefined) return
  member.goneAtMs = entry.atMs
  member.goneBecause = entry.cause
  member.waits = null
  const silent = entry.heardAgoMs === null ? '' : `, silent ${fromMs(entry.heardAgoMs)}`
  if (entry.cause?.includes('heartbeat expiration')) member.goneBecause = `session ran out${silent}`
  push(member, { kind: 'removed', atMs: entry.atMs })
  // The last heartbeats were summed up just now, the silence after them included.
  const beats = member.spans.at(-1)
  if (beats?.kind === 'beats' && entry.heardAgoMs !== null)
    member.spans.splice(-1, 1, { ...beats, toMs: Math.min(beats.toMs, entry.atMs - entry.heardAgoMs) })
  settle(group, member.letter, [], entry.atMs)
}

/** A static member is back under another id, in the same place. */
function replaced(group: WatchedGroup, entry: EntryOf<'member-replaced'>): void {
  const member = find(group, entry.oldMember)
  if (member === undefined) return
  member.memberId = entry.member ?? ''
  member.waits = null
  settle(group, member.letter, [], entry.atMs)
}

function asked(group: WatchedGroup, { member, instance, api, atMs }: EntryOf<'asked'>): void {
  const isIt = (each: WatchedMember) => instance !== null && each.instance === instance
  const known =
    find(group, member) ??
    group.members.find((each) => each.goneAtMs === null && member === null && isIt(each))
  if (known === undefined) return
  known.waits = { api, sinceMs: atMs }
  heard(known, atMs)
  if (api === 'JoinGroup' && !known.isCooperative) settle(group, known.letter, [], atMs)
}

function heard(member: WatchedMember, atMs: number): void {
  member.heardAtMs = Math.max(member.heardAtMs ?? atMs, atMs)
}

function joined(group: WatchedGroup, entry: EntryOf<'join'>): void {
  if (entry.error !== 'NONE') return refused(group, entry)
  const member = memberOf(group, entry)
  const { atMs, waitedMs, client, instance, sessionTimeoutMs, owned, protocols } = entry
  const isCooperative = owned.length > 0 || protocols.some((each) => each.includes('cooperative'))
  group.pending.delete(member.memberId)
  group.generation = entry.generation
  Object.assign(member, { client, instance, sessionTimeoutMs, isCooperative, waits: null })
  heard(member, atMs)
  member.spans.push({ kind: 'join', fromMs: atMs - waitedMs, toMs: atMs })
  push(member, { kind: 'join', atMs })
  // Who rejoins has given up before it asked what it does not say that it still owns (KIP-429).
  if (entry.askedAs !== '' && !entry.skipAssignment) settle(group, member.letter, owned, atMs - waitedMs)
}

function synced(group: WatchedGroup, entry: EntryOf<'sync'>): void {
  if (entry.error !== 'NONE') return refused(group, entry)
  const member = memberOf(group, entry)
  const { atMs, waitedMs, partitions } = entry
  member.client ??= entry.client
  member.waits = null
  heard(member, atMs)
  member.spans.push({ kind: 'sync', fromMs: atMs - waitedMs, toMs: atMs })
  push(member, { kind: 'sync', atMs })
  owns(group, member, partitions, atMs)
}

/** These, and nothing else from now on. */
function owns(group: WatchedGroup, { letter }: WatchedMember, partitions: readonly string[], atMs: number) {
  settle(group, letter, partitions, atMs)
  for (const name of partitions) acquire(group, name, letter, atMs)
}

function refused(group: WatchedGroup, entry: EntryOf<'join' | 'sync'>): void {
  const member = find(group, entry.member)
  if (member === undefined) return
  member.waits = null
  heard(member, entry.atMs)
  push(member, { kind: kindOf(entry.error), atMs: entry.atMs })
}

/** The removal is told first, the answer to who leaves after it. */
function left(group: WatchedGroup, entry: EntryOf<'leave'>): void {
  const member = group.members.findLast(({ memberId }) => memberId === entry.member)
  if (member === undefined || entry.error !== 'NONE') return
  if (member.marks.at(-1)?.kind === 'removed') member.marks.pop()
  member.goneBecause = entry.cause === null ? 'left' : `left: ${entry.cause}`
  push(member, { kind: 'leave', atMs: entry.atMs })
}

function beat(group: WatchedGroup, entry: EntryOf<'heartbeat'>): void {
  if (entry.error === 'NONE') memberOf(group, entry).client ??= entry.client
  mark(group, entry, entry.error === 'NONE' ? 'heartbeat' : kindOf(entry.error))
}

/** By this error a member learns that it must rejoin. */
const kindOf = (error: string | null): MarkKind => (error === 'REBALANCE_IN_PROGRESS' ? 'told' : 'error')

function mark(group: WatchedGroup, { member, atMs }: JournalEntry, kind: MarkKind): void {
  const known = find(group, member)
  if (known === undefined) return
  heard(known, atMs)
  push(known, { kind, atMs })
}

function closed(group: WatchedGroup, { member, atMs }: JournalEntry): void {
  const known = find(group, member)
  if (known !== undefined) push(known, { kind: 'closed', atMs })
}
