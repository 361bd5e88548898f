// The newest entries of a journal, and whoever is told of each: bounded, the oldest go.

import type { EntryType, JournalEntry } from './journal-entry.js'
import { QueueInPlace } from './queue-in-place.js'

export interface EntryFilter {
  readonly group?: string
  readonly member?: string
  readonly types?: readonly EntryType[]
  /** ms since the epoch, inclusive. */
  readonly fromMs?: number
  readonly toMs?: number
}

export interface SubscribeOptions {
  /** Also every single heartbeat, and JoinGroup and SyncGroup as they come, before they are answered. */
  readonly singles?: boolean
  /** Also commits that were taken well (default: true). */
  readonly routine?: boolean
}

/**
 * Entries that are made when somebody reads them: most never are, and a busy group has thousands a second. They come in lots, first in, first
 * out, each of which stands among what is kept as the one object that has them all.
 */
export interface UnreadEntries {
  /** How many the oldest lot has. */
  readonly oldestCount: number
  /** Takes the oldest lot away, unread or made into entries. */
  drop(): void
  make(): readonly JournalEntry[]
}

const isUnread = (each: JournalEntry | UnreadEntries): each is UnreadEntries => 'oldestCount' in each

/** Must not throw. */
export type JournalListener = (entry: JournalEntry) => void

const MAX_ENTRIES = 20_000

export class EntryLog {
  private kept = new QueueInPlace<JournalEntry | UnreadEntries>()
  private entryCount = 0
  protected readonly maxEntries: number
  /** Replaced as a whole: whoever is told may end its subscription meanwhile. */
  private listeners: readonly JournalListener[] = []
  private looking: readonly JournalListener[] = []
  private wantingRoutine: readonly JournalListener[] = []

  constructor({ maxEntries = MAX_ENTRIES }: { readonly maxEntries?: number } = {}) {
    this.maxEntries = maxEntries
  }

  /** What is kept, oldest first. */
  entries({ group, member, types, fromMs = -Infinity, toMs = Infinity }: EntryFilter = {}): JournalEntry[] {
    return this.read()
      .slice(-this.maxEntries)
      .filter(
        (entry) =>
          (group === undefined || entry.group === group) &&
          (member === undefined || entry.member === member) &&
          (types === undefined || types.includes(entry.type)) &&
          entry.atMs >= fromMs &&
          entry.atMs <= toMs,
      )
  }

  /** Forgets what is kept; who is told, or writes a file, goes on. */
  clear(): void {
    for (const each of this.kept.all()) if (isUnread(each)) each.drop()
    this.keep([])
  }

  private read(): JournalEntry[] {
    const entries = this.kept.all().flatMap((each) => (isUnread(each) ? each.make() : each))
    this.keep(entries)
    return entries
  }

  private keep(entries: JournalEntry[]): void {
    this.kept = new QueueInPlace()
    for (const entry of entries) this.kept.push(entry)
    this.entryCount = entries.length
  }

  /** Every entry from now on. Returns what ends it. */
  subscribe(
    listener: JournalListener,
    { singles = false, routine = true }: SubscribeOptions = {},
  ): () => void {
    this.listeners = [...this.listeners, listener]
    if (singles) this.looking = [...this.looking, listener]
    if (routine) this.wantingRoutine = [...this.wantingRoutine, listener]
    return () => {
      const others = (all: readonly JournalListener[]) => all.filter((each) => each !== listener)
      this.listeners = others(this.listeners)
      this.looking = others(this.looking)
      this.wantingRoutine = others(this.wantingRoutine)
    }
  }

  protected add(entry: JournalEntry): void {
    this.put(entry, 1)
    for (const listener of this.listeners) listener(entry)
  }

  /** What only those are told of who want it all. */
  protected addRoutine(entry: JournalEntry): void {
    this.put(entry, 1)
    for (const listener of this.wantingRoutine) listener(entry)
  }

  protected get isRoutineWanted(): boolean {
    return this.wantingRoutine.length > 0
  }

  /** One more lot of so many entries, the newest that these have. */
  protected addUnread(unread: UnreadEntries, count: number): void {
    this.put(unread, count)
  }

  private put(added: JournalEntry | UnreadEntries, count: number): void {
    this.kept.push(added)
    this.entryCount += count
    for (;;) {
      const { oldest } = this.kept
      const unread = oldest !== undefined && isUnread(oldest) ? oldest : null
      const left = this.entryCount - (unread?.oldestCount ?? 1)
      if (left < this.maxEntries) break
      this.entryCount = left
      this.kept.shift()
      unread?.drop()
    }
  }

  /** Whether single entries are worth making: heartbeats are many. */
  protected get isLookedAt(): boolean {
    return this.looking.length > 0
  }

  protected single(entry: JournalEntry): void {
    for (const listener of this.looking) listener(entry)
  }
}
