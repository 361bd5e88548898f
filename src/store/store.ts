// What is kept across a restart of a shard. A store holds, per named log (a shard of __consumer_offsets, the
// metadata, a partition), records of which the newest per key counts and a tombstone removes the key.

/** A record is opaque to the store but for its key and whether it is a tombstone. */
export interface StoredRecord {
  /** Unique within the log. */
  readonly key: string
  /** null is a tombstone. */
  readonly value: unknown
}

export interface Store {
  /** Newest record per key, in the order of their last append. Tombstones are gone. */
  load(log: string): AsyncIterable<StoredRecord> | Iterable<StoredRecord>
  /**
   * Appends in order. Returns undefined when the records are durable on return, else a promise that resolves
   * when they are and rejects when they never will be; appends of one log become durable in order.
   */
  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined
  close(): Promise<void>
}
