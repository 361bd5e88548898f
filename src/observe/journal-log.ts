// The newest entries of a journal, and whoever is told of each: bounded, the oldest go.

import type { EntryType, JournalEntry } from './journal-entry.js'

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
}

/** Must not throw. */
export type JournalListener = (entry: JournalEntry) => void

const MAX_ENTRIES = 20_000

export class EntryLog {
  private kept: JournalEntry[] = []
  private readonly maxEntries: number
  /** Replaced as a whole: whoever is told may end its subscription meanwhile. */
  private listeners: readonly JournalListener[] = []
  private looking: readonly JournalListener[] = []

  constructor({ maxEntries = MAX_ENTRIES }: { readonly maxEntries?: number } = {}) {
    this.maxEntries = maxEntries
  }

  /** What is kept, oldest first. */
  entries({ group, member, types, fromMs = -Infinity, toMs = Infinity }: EntryFilter = {}): JournalEntry[] {
    return this.kept
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
    this.kept = []
  }

  /** Every entry from now on. Returns what ends it. */
  subscribe(listener: JournalListener, { singles = false }: SubscribeOptions = {}): () => void {
    this.listeners = [...this.listeners, listener]
    if (singles) this.looking = [...this.looking, listener]
    return () => {
      this.listeners = this.listeners.filter((each) => each !== listener)
      this.looking = this.looking.filter((each) => each !== listener)
    }
  }

  protected add(entry: JournalEntry): void {
    this.kept.push(entry)
    if (this.kept.length > 2 * this.maxEntries) this.kept = this.kept.slice(-this.maxEntries)
    for (const listener of this.listeners) listener(entry)
  }

  /** Whether single entries are worth making: heartbeats are many. */
  protected get isLookedAt(): boolean {
    return this.looking.length > 0
  }

  protected single(entry: JournalEntry): void {
    for (const listener of this.looking) listener(entry)
  }
}
