// Who is known from the requests so far: of each member its client, connection, timeouts, partitions and heartbeats, of each
// connection who speaks there and when records were last fetched. What a removal's entry tells comes from here. Bounded: the oldest go.

import { SmallMap } from '../coordinator/classic/small-map.js'
import { HeartbeatRows } from './journal-gaps.js'
import { NO_NAMES } from './known-lists.js'

/** What a heartbeat looks at comes first: it is in one piece of memory then. */
export interface KnownMember {
  readonly group: string
  readonly member: string
  /** Of HeartbeatRows: when it was heard; FORGOTTEN. */
  row: number
  /** Who was heard after it on the same connection, the last time. */
  next: KnownMember | undefined
  client: string | null
  /** Where it was heard last; changed by `speaksOn` alone. */
  connection: number | null
  instance: string | null
  sessionTimeoutMs: number | null
  /** Of its last assignment, topic-partition. */
  partitions: readonly string[]
}

/** No row: it is not to be found any more. */
const FORGOTTEN = -1
const MAX_MEMBERS = 20_000
const MAX_CLIENTS = 20_000
const MAX_GROUPS = 20_000

/** Its members by id, and as much as is known of itself. */
class KnownGroup extends SmallMap<KnownMember> {
  generation: number | null = null
}

/** An open one. */
interface KnownConnection {
  /** Who was heard last. */
  latest: KnownMember | undefined
  /** Who was heard here, and on no other since. Many connections close at the same time when a machine goes. */
  readonly speakers: KnownMember[]
  /** When a Fetch last came on it; null: never. */
  fetchedMs: number | null
}

export class KnownMembers {
  readonly heartbeats: HeartbeatRows
  private count = 0
  /** Who was heard last, and mostly is asked for next: a request is told of when it comes and when it is answered. */
  private latest: KnownMember | undefined
  /** In the order in which they came. */
  private readonly byGroup = new Map<string, KnownGroup>()
  private readonly connections = new Map<number, KnownConnection>()
  /** Client id -> when a Fetch last came from it, on whichever connection. */
  private readonly clients = new Map<string, number>()

  /** Of a clock that does not begin before `startMs`. */
  constructor(startMs: number) {
    this.heartbeats = new HeartbeatRows(startMs, MAX_MEMBERS)
  }

  /** Group by group. */
  *all(): Iterable<KnownMember> {
    for (const members of this.byGroup.values()) yield* members.values()
  }

  get(group: string, member: string): KnownMember | undefined {
    const { latest } = this
    if (latest !== undefined && isIt(latest, group, member)) return latest
    return this.byGroup.get(group)?.get(member)
  }

  /** A request has come on this connection, of this member if it names one. */
  heard(connection: number, group: string | null, member: string | null, atMs: number): void {
    const on = this.connectionOf(connection)
    if (group === null || member === null) return
    const known = likely(on, group, member) ?? this.get(group, member)
    if (known === undefined) return
    this.latest = known
    if (on.latest !== known) {
      // one that is forgotten would keep this one in memory, and so on
      if (on.latest !== undefined && on.latest.row !== FORGOTTEN) on.latest.next = known
      on.latest = known
    }
    this.heartbeats.heard(known.row, atMs)
  }

  /** The member, made known if it was not. */
  of(group: string, member: string): KnownMember {
    const known = this.get(group, member)
    if (known !== undefined) return known
    if (this.count === MAX_MEMBERS) this.forgetOldest()
    const fresh: KnownMember = {
      group,
      member,
      row: this.heartbeats.open(),
      next: undefined,
      client: null,
      connection: null,
      instance: null,
      sessionTimeoutMs: null,
      partitions: NO_NAMES,
    }
    this.groupOf(group).set(member, fresh)
    this.count++
    return fresh
  }

  forget(group: string, member: string): void {
    const members = this.byGroup.get(group)
    const known = members?.get(member)
    if (members === undefined || known === undefined) return
    this.leavesConnection(known)
    this.heartbeats.close(known.row)
    known.row = FORGOTTEN
    known.next = undefined
    members.delete(member)
    this.count--
    this.dropEmpty(group, members)
  }

  /** Of the oldest group that has any; older ones without are none of which much is known. */
  private forgetOldest(): void {
    for (const [group, members] of this.byGroup) {
      for (const { member } of members.values()) return this.forget(group, member)
      this.byGroup.delete(group)
    }
  }

  /** The group, made known if it was not. */
  private groupOf(group: string): KnownGroup {
    const known = this.byGroup.get(group)
    if (known !== undefined) return known
    const fresh = new KnownGroup()
    this.byGroup.set(group, fresh)
    if (this.byGroup.size > MAX_GROUPS) this.dropOldestGroup()
    return fresh
  }

  private dropOldestGroup(): void {
    for (const [group, known] of this.byGroup) {
      known.generation = null
      for (const { member } of [...known.values()]) this.forget(group, member)
      this.byGroup.delete(group)
      return
    }
  }

  private dropEmpty(group: string, known: KnownGroup): void {
    if (known.size === 0 && known.generation === null) this.byGroup.delete(group)
  }

  generation(group: string): number | null {
    return this.byGroup.get(group)?.generation ?? null
  }

  setGeneration(group: string, generation: number | null): void {
    const known = generation === null ? this.byGroup.get(group) : this.groupOf(group)
    if (known === undefined) return
    known.generation = generation
    this.dropEmpty(group, known)
  }

  // connections

  private connectionOf(connection: number): KnownConnection {
    const known = this.connections.get(connection)
    if (known !== undefined) return known
    const fresh: KnownConnection = { latest: undefined, speakers: [], fetchedMs: null }
    this.connections.set(connection, fresh)
    return fresh
  }

  speaksOn(known: KnownMember, connection: number): void {
    if (known.connection === connection) return
    this.leavesConnection(known)
    known.connection = connection
    this.connections.get(connection)?.speakers.push(known)
  }

  private leavesConnection(known: KnownMember): void {
    const speakers = known.connection === null ? undefined : this.connections.get(known.connection)?.speakers
    const at = speakers?.indexOf(known) ?? -1
    if (at >= 0) speakers?.splice(at, 1)
  }

  /** A Fetch has come, or was answered: which may be after its connection was closed. */
  fetched(connection: number, client: string | null, atMs: number): void {
    const on = this.connections.get(connection)
    if (on !== undefined) on.fetchedMs = atMs
    if (client !== null) put(this.clients, client, atMs, MAX_CLIENTS)
  }

  /** Returns who spoke on it. */
  closed(connection: number): readonly KnownMember[] {
    const speakers = this.connections.get(connection)?.speakers ?? []
    this.connections.delete(connection)
    return speakers
  }

  isConnected(connection: number): boolean {
    return this.connections.has(connection)
  }

  /** Many clients fetch on a connection of their own: then their client id tells, if it is one member's alone. */
  fetchedMs({ connection, client, group, member }: KnownMember): number | null {
    const here = connection === null ? null : (this.connections.get(connection)?.fetchedMs ?? null)
    if (client === null) return here
    for (const other of this.byGroup.get(group)?.values() ?? [])
      if (other.client === client && other.member !== member) return here
    const anywhere = this.clients.get(client) ?? null
    return here === null || anywhere === null ? (here ?? anywhere) : Math.max(here, anywhere)
  }
}

/** Whoever was heard last on the connection, or after that one the time before: without a Map, and mostly right. */
function likely({ latest }: KnownConnection, group: string, member: string): KnownMember | undefined {
  if (latest === undefined || isIt(latest, group, member)) return latest
  return latest.next !== undefined && isIt(latest.next, group, member) ? latest.next : undefined
}

const isIt = (known: KnownMember, group: string, member: string): boolean =>
  known.member === member && known.group === group && known.row !== FORGOTTEN

/** The newest is last; above the limit the oldest goes. */
function put<K, V>(map: Map<K, V>, at: K, value: V, limit: number): void {
  map.delete(at)
  map.set(at, value)
  if (map.size <= limit) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
