// Keeps the newest record per key for as long as the process lives. Durable on return: nothing waits for it.

import type { Store, StoredRecord } from './store.js'

export class MemoryStore implements Store {
  private readonly logs = new Map<string, Map<string, StoredRecord>>()

  load(log: string): Iterable<StoredRecord> {
    return [...(this.logs.get(log)?.values() ?? [])]
  }

  append(log: string, records: readonly StoredRecord[]): undefined {
    let kept = this.logs.get(log)
    if (kept === undefined) {
      kept = new Map()
      this.logs.set(log, kept)
    }
    for (const record of records) {
      kept.delete(record.key) // so that the newest comes last
      if (record.value !== null) kept.set(record.key, record)
    }
  }

  async close(): Promise<void> {}
}
