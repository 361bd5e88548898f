// What is kept across a restart of a shard. A store holds, per named log (a shard of __consumer_offsets, the
// metadata, a partition), records of which the newest per key counts and a tombstone removes the key.

/**
 * A record is opaque to a store in memory, which gives back the object itself: it may be more than is said here. A store that writes it
 * down knows the form of each log's (formats/). It never changes.
 */
export interface StoredRecord {
  /** Unique within the log, among those without a family. */
  readonly key: string
  /** null is a tombstone. */
  readonly value: unknown
  /** Where many records have the same key but for a number: the same, and the number. Absent: the key is all that there is. */
  readonly family?: string
  readonly index?: number
}

const SEPARATOR = '\u0000'

/** One of a family, which is a text that many share: no key is put together for each. */
export class FamilyRecord implements StoredRecord {
  readonly family: string
  readonly index: number
  readonly value: unknown

  constructor(family: string, index: number, value: unknown) {
    this.family = family
    this.index = index
    this.value = value
  }

  get key(): string {
    return this.family + SEPARATOR + this.index
  }
}

export interface Store {
  /**
   * Newest record per key. Tombstones are gone. Among the keys the order is the store's: batches of a partition come
   * by offset or as they were appended, and nothing else that is kept may ask for an order.
   */
  load(log: string): AsyncIterable<StoredRecord> | Iterable<StoredRecord>
  /**
   * Appends in order. Returns undefined when the records are durable on return, else a promise that resolves
   * when they are and rejects when they never will be; appends of one log become durable in order.
   */
  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined
  close(): Promise<void>
}

/**
 * fsync: an append resolves when it is flushed to the disk. os: when the system has it, which a killed process does not undo, but a
 * crash of the machine does. none: at once; what the disk refuses is lost.
 */
export type Durability = 'fsync' | 'os' | 'none'
export const DURABILITIES: readonly Durability[] = ['fsync', 'os', 'none']
