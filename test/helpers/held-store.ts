// A disk that is as slow, or as broken, as a test wants it.

import { MemoryStore } from '../../src/store/memory.js'
import type { Store, StoredRecord } from '../../src/store/store.js'

/** Appends become durable, or fail, when told; those of the cluster's own log at once, unless `holdsMetadata`. */
export class HeldStore implements Store {
  readonly kept = new MemoryStore()
  readonly held: { succeed(): void; fail(error?: Error): void }[] = []
  failLoad = false
  holdsMetadata = false

  load(log: string): Iterable<StoredRecord> {
    if (this.failLoad) throw new Error('unreadable')
    return this.kept.load(log)
  }

  append(log: string, records: readonly StoredRecord[]): Promise<void> | undefined {
    if (log === '__cluster_metadata' && !this.holdsMetadata) return this.kept.append(log, records)
    return new Promise((resolve, reject) => {
      this.held.push({
        succeed: () => {
          this.kept.append(log, records)
          resolve()
        },
        fail: (error = new Error('disk full')) => reject(error),
      })
    })
  }

  async close(): Promise<void> {}
}
