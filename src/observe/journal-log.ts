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
  private readonly listeners = new Map<JournalListener, SubscribeOptions>()

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

  /** Every entry from now on. Returns what ends it. */
  subscribe(listener: JournalListener, options: SubscribeOptions = {}): () => void {
    this.listeners.set(listener, options)
    return () => void this.listeners.delete(listener)
  }

  protected add(entry: JournalEntry): void {
    this.kept.push(entry)
    if (this.kept.length > 2 * this.maxEntries) this.kept = this.kept.slice(-this.maxEntries)
    for (const listener of [...this.listeners.keys()]) listener(entry)
  }

  /** Made only if somebody looks: heartbeats are many. */
  protected single(make: () => JournalEntry): void {
    const looking = [...this.listeners].filter(([, { singles }]) => singles === true)
    if (looking.length === 0) return
    const entry = make()
    for (const [listener] of looking) listener(entry)
  }
}
