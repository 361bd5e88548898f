// Keeps the newest record per key for as long as the process lives. Durable on return: nothing waits for it.

import { Newest } from './newest.js'
import type { Store, StoredRecord } from './store.js'

export class MemoryStore implements Store {
  private readonly logs = new Map<string, Newest>()

  load(log: string): Iterable<StoredRecord> {
    return [...(this.logs.get(log)?.records() ?? [])]
  }

  append(log: string, records: readonly StoredRecord[]): undefined {
    let kept = this.logs.get(log)
    if (kept === undefined) {
      kept = new Newest()
      this.logs.set(log, kept)
    }
    for (const record of records) {
      if (record.value === null) kept.delete(record)
      else kept.set(record)
    }
  }

  async close(): Promise<void> {}
}
