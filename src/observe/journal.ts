// The journal: what happened to groups, entry by entry, with what caused it. Fed from two taps, the events of the
// coordinator and the answered requests; bounded, the oldest entries go. Heartbeats are counted, single ones are only for
// subscribers that ask for them.

import type { GroupEvent } from '../coordinator/group-event.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { RecordedExchange } from './exchanges.js'
import { commitEntries, isRoutine, RoutineCommits } from './journal-commits.js'
import { type EntryOf, entryOf } from './journal-entry.js'
import { errorsIn, RepeatedErrors } from './journal-errors.js'
import { eventEntry } from './journal-events.js'
import { answered, finishedMs, joinEntry, leaveEntries, syncEntry } from './journal-exchanges.js'
import { EntryLog } from './journal-log.js'
import { type KnownMember, KnownMembers } from './journal-members.js'
import { EndOffsets, endEntry } from './journal-offsets.js'

/** A member's heartbeats are summed up so often, with the next one that comes. */
const SUMMARY_EVERY_MS = 60_000

export class Journal extends EntryLog {
  readonly started: EntryOf<'started'>
  private readonly members: KnownMembers
  private readonly ends = new EndOffsets()
  /** Made with the first commit. */
  private routineCommits: RoutineCommits | undefined
  private readonly repeated = new RepeatedErrors()
  /** Connection -> its JoinGroup or SyncGroup that is not answered yet. */
  private readonly parked = new Map<number, EntryOf<'asked'>>()

  constructor(started: EntryOf<'started'>, options: { readonly maxEntries?: number } = {}) {
    super(options)
    this.started = started
    this.members = new KnownMembers(started.atMs)
    this.add(started)
  }

  // taps

  /** What the coordinator tells. A commit is told by its request. */
  event(event: GroupEvent, atMs: number): void {
    if (event.type === 'committed') return
    if (event.type === 'state') this.members.setGeneration(event.groupId, event.generation)
    const gone = goneWith(event)
    const known = gone === null ? undefined : this.members.get(event.groupId, gone)
    if (known !== undefined) this.summarise(known, atMs)
    const entry = eventEntry(event, atMs, this.members)
    if (known !== undefined) this.members.forget(known.group, known.member)
    if (event.type === 'group-removed') this.members.setGeneration(event.groupId, null)
    this.add(entry)
  }

  /** A request has come and is not answered yet. */
  asked({ api, group, memberId, atMs, clientId: client, connection, body }: RecordedExchange): void {
    this.members.heard(connection, group, memberId, atMs)
    if (api === 'Fetch') this.members.fetched(connection, client, atMs)
    if (api !== 'JoinGroup' && api !== 'SyncGroup') return
    const entry: EntryOf<'asked'> = {
      type: 'asked',
      atMs,
      group,
      member: memberId || null,
      generation: this.generationOf(group),
      cause: null,
      client,
      connection,
      api,
      instance: (body.groupInstanceId as string | null | undefined) ?? null,
    }
    this.parked.set(connection, entry)
    this.single(entry)
  }

  /** A request has been answered. */
  exchange(exchange: RecordedExchange): void {
    if (this.parked.size > 0) this.parked.delete(exchange.connection)
    const atMs = finishedMs(exchange)
    for (const end of this.ends.learn(exchange)) if (this.ends.tell(end, atMs)) this.add(endEntry(end, atMs))
    switch (exchange.api) {
      case 'JoinGroup':
        return this.joined(exchange, joinEntry(exchange))
      case 'SyncGroup':
        return this.synced(exchange, syncEntry(exchange))
      case 'Heartbeat':
        return this.heartbeat(exchange)
      case 'LeaveGroup':
        for (const entry of leaveEntries(exchange, this.generationOf(exchange.group))) this.add(entry)
        return
      case 'OffsetCommit':
        return this.committed(exchange)
      case 'Fetch':
        this.members.fetched(exchange.connection, exchange.clientId, exchange.atMs)
        return this.errors(exchange)
      default:
        return this.errors(exchange)
    }
  }

  closed(connection: number, client: string | null, atMs: number): void {
    this.parked.delete(connection)
    const members = this.members.closed(connection)
    for (const { group, member } of members) {
      const generation = this.generationOf(group)
      this.add(entryOf('connection-closed', atMs, { group, member, generation, client, connection }))
    }
    if (members.length === 0) this.add(entryOf('connection-closed', atMs, { client, connection }))
  }

  /** An API or version was asked for that is not handled. */
  lacked(line: string, atMs: number): void {
    this.add(entryOf('lacked', atMs, { cause: line }))
  }

  /** Tells what is only counted so far: before a file of it is closed. */
  flush(atMs: number): void {
    for (const known of this.members.all()) this.summarise(known, atMs)
    for (const end of this.ends.all) if (this.ends.tell(end, atMs, true)) this.add(endEntry(end, atMs))
  }

  // reading

  /** JoinGroup and SyncGroup requests that are not answered yet, of one group or all. */
  waiting(group?: string): EntryOf<'asked'>[] {
    return [...this.parked.values()].filter((asked) => group === undefined || asked.group === group)
  }

  // what requests say

  private joined(exchange: RecordedExchange, entry: EntryOf<'join'>): void {
    if (entry.error === 'NONE' && entry.group !== null && entry.member !== null) {
      const known = this.speaks(exchange, entry.member) as KnownMember
      known.sessionTimeoutMs = entry.sessionTimeoutMs
      this.members.heartbeats.interrupted(known.row)
      this.members.setGeneration(entry.group, entry.generation)
    }
    this.add(entry)
  }

  private synced(exchange: RecordedExchange, entry: EntryOf<'sync'>): void {
    if (entry.error === 'NONE') {
      const known = this.speaks(exchange)
      if (known !== undefined) {
        known.partitions = entry.partitions
        this.members.heartbeats.interrupted(known.row)
      }
    }
    this.add(entry)
  }

  private committed(exchange: RecordedExchange): void {
    const known = this.speaks(exchange)
    const isGood = isRoutine(exchange)
    if (isGood && !this.isRoutineWanted) {
      this.routineCommits ??= new RoutineCommits(this.maxEntries, this.ends)
      const count = this.routineCommits.add(exchange, known)
      if (count !== null) return this.addUnread(this.routineCommits, count)
    }
    for (const entry of commitEntries(exchange, this.ends)) {
      if (isGood) this.addRoutine(entry)
      else this.add(entry)
    }
  }

  /** A member that is in the group, made known by a request that was answered well. */
  private speaks(exchange: RecordedExchange, member = exchange.memberId): KnownMember | undefined {
    const { group, clientId, connection, body, atMs } = exchange
    const isRefused = exchange.api !== 'OffsetCommit' && exchange.response?.errorCode !== ErrorCodes.NONE
    if (group === null || !member) return undefined
    const known = this.members.get(group, member)
    if (isRefused || (known === undefined && exchange.api === 'OffsetCommit')) return known
    const speaker = known ?? this.members.of(group, member)
    speaker.client = clientId
    this.members.speaksOn(speaker, connection)
    speaker.instance ??= (body.groupInstanceId as string | null | undefined) ?? null
    this.members.heartbeats.heard(speaker.row, atMs)
    return speaker
  }

  private heartbeat(exchange: RecordedExchange): void {
    const { clientId: client, connection, atMs, group, memberId: member, response } = exchange
    const isGood = response?.errorCode === ErrorCodes.NONE
    const refused = response?.errorCode === ErrorCodes.REBALANCE_IN_PROGRESS
    const known = isGood ? this.speaks(exchange) : this.members.get(group ?? '', member ?? '')
    let gapMs: number | null = null
    if (known !== undefined && (isGood || refused)) {
      const { heartbeats } = this.members
      heartbeats.heard(known.row, atMs)
      if (heartbeats.overMs(known.row, atMs) >= SUMMARY_EVERY_MS) this.summarise(known, atMs)
      gapMs = heartbeats.beat(known.row, atMs, !isGood)
    }
    if (this.isLookedAt) {
      const generation = exchange.body.generationId as number
      const [error = response ? 'NONE' : null] = errorsIn(response ?? {})
      this.single(entryOf('heartbeat', atMs, { group, member, generation, client, connection, error, gapMs }))
    }
    if (!isGood || this.repeated.hasAny) this.errors(exchange)
  }

  private errors(exchange: RecordedExchange): void {
    const { api, version, group, memberId, connection, response } = exchange
    const asker = `${connection} ${api} ${group} ${memberId}`
    const errors = errorsIn(response ?? {})
    if (errors.length === 0) return this.repeated.over(asker)
    const count = this.repeated.count(asker, errors.join(), finishedMs(exchange))
    if (count === null) return
    const generation = this.generationOf(group)
    for (const error of errors) {
      const more = { generation, error, api, version, count }
      this.add(entryOf('error', finishedMs(exchange), { ...answered(exchange), ...more }))
    }
  }

  private generationOf(group: string | null): number | null {
    return group === null ? null : this.members.generation(group)
  }

  private summarise(known: KnownMember, atMs: number): void {
    const { group, member, client, connection, sessionTimeoutMs, row } = known
    const { heartbeats } = this.members
    if (heartbeats.countOf(row) === 0) return
    const generation = this.members.generation(group)
    const who = { group, member, generation, client, connection, sessionTimeoutMs }
    this.add(entryOf('heartbeats', atMs, { ...who, ...heartbeats.take(row, atMs) }))
  }
}

/** The id that is no member's any more. */
function goneWith(event: GroupEvent): string | null {
  switch (event.type) {
    case 'member-removed':
      return event.memberId
    case 'member-replaced':
      return event.oldMemberId
    default:
      return null
  }
}
