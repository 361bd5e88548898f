// Who is known from the requests so far: of each member its client, connection, timeouts, partitions and heartbeats, of each
// connection when records were last fetched on it. What a removal's entry tells comes from here. Bounded: the oldest go.

import { SmallMap } from '../coordinator/classic/small-map.js'
import { HeartbeatGaps } from './journal-gaps.js'
import { NO_NAMES } from './known-lists.js'

export interface KnownMember {
  readonly group: string
  readonly member: string
  client: string | null
  /** Where it was heard last; changed by `speaksOn` alone. */
  connection: number | null
  instance: string | null
  sessionTimeoutMs: number | null
  /** Of its last assignment, topic-partition. */
  partitions: readonly string[]
  /** When its last request came; NEVER. */
  heardMs: number
  readonly heartbeats: HeartbeatGaps
}

/** A number like the others: the engine keeps those in place where a field never has anything else. */
export const NEVER = -1
const MAX_MEMBERS = 20_000
const MAX_CONNECTIONS = 20_000
const MAX_GROUPS = 20_000

/** Its members by id, and as much as is known of itself. */
class KnownGroup extends SmallMap<KnownMember> {
  generation: number | null = null
}

export class KnownMembers {
  /** In the order in which they came. */
  private readonly members = new Set<KnownMember>()
  /** Who was asked for last, and mostly is the next time too: a request is told of when it comes and when it is answered. */
  private latest: KnownMember | undefined
  /** In the order in which they came. */
  private readonly byGroup = new Map<string, KnownGroup>()
  /** Open connections -> who was last heard there. Many close at the same time when a machine goes. */
  private readonly speakers = new Map<number, Set<KnownMember>>()
  /** Open connections -> when a Fetch last came on it; null: never. */
  private readonly connections = new Map<number, number | null>()
  /** Client id -> when a Fetch last came from it, on whichever connection. */
  private readonly clients = new Map<string, number>()

  get all(): Iterable<KnownMember> {
    return this.members
  }

  get(group: string, member: string): KnownMember | undefined {
    const { latest } = this
    if (latest?.member === member && latest.group === group) return latest
    const known = this.byGroup.get(group)?.get(member)
    if (known !== undefined) this.latest = known
    return known
  }

  /** The member, made known if it was not. */
  of(group: string, member: string): KnownMember {
    const known = this.get(group, member)
    if (known !== undefined) return known
    const fresh: KnownMember = {
      group,
      member,
      client: null,
      connection: null,
      instance: null,
      sessionTimeoutMs: null,
      partitions: NO_NAMES,
      heardMs: NEVER,
      heartbeats: new HeartbeatGaps(),
    }
    this.members.add(fresh)
    this.groupOf(group).set(member, fresh)
    if (this.members.size > MAX_MEMBERS)
      for (const oldest of this.members) {
        this.forget(oldest.group, oldest.member)
        break
      }
    return fresh
  }

  forget(group: string, member: string): void {
    const members = this.byGroup.get(group)
    const known = members?.get(member)
    if (members === undefined || known === undefined) return
    this.members.delete(known)
    if (known === this.latest) this.latest = undefined
    this.leavesConnection(known)
    members.delete(member)
    this.dropEmpty(group, members)
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

  speaksOn(known: KnownMember, connection: number): void {
    if (known.connection === connection) return
    this.leavesConnection(known)
    known.connection = connection
    const speakers = this.speakers.get(connection)
    if (speakers === undefined) this.speakers.set(connection, new Set([known]))
    else speakers.add(known)
  }

  private leavesConnection(known: KnownMember): void {
    if (known.connection === null) return
    const speakers = this.speakers.get(known.connection)
    speakers?.delete(known)
    if (speakers?.size === 0) this.speakers.delete(known.connection)
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

  heard(connection: number): void {
    if (!this.connections.has(connection)) put(this.connections, connection, null, MAX_CONNECTIONS)
  }

  fetched(connection: number, client: string | null, atMs: number): void {
    put(this.connections, connection, atMs, MAX_CONNECTIONS)
    if (client !== null) put(this.clients, client, atMs, MAX_CONNECTIONS)
  }

  /** Returns who spoke on it. */
  closed(connection: number): readonly KnownMember[] {
    const speakers = [...(this.speakers.get(connection) ?? [])]
    this.connections.delete(connection)
    this.speakers.delete(connection)
    return speakers
  }

  isConnected(connection: number): boolean {
    return this.connections.has(connection)
  }

  /** Many clients fetch on a connection of their own: then their client id tells, if it is one member's alone. */
  fetchedMs({ connection, client, group, member }: KnownMember): number | null {
    const here = connection === null ? null : (this.connections.get(connection) ?? null)
    if (client === null) return here
    for (const other of this.byGroup.get(group)?.values() ?? [])
      if (other.client === client && other.member !== member) return here
    const anywhere = this.clients.get(client) ?? null
    return here === null || anywhere === null ? (here ?? anywhere) : Math.max(here, anywhere)
  }
}

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
