// The newest record of each key of one log. Of a family (store.ts) one text is looked up for all, which costs a fraction of a text for
// each.

import type { StoredRecord } from './store.js'

export class Newest {
  /** By key; by family those that are of one: the record, and, once there are several, all of them by index. */
  private readonly alone = new Map<string, StoredRecord>()
  private readonly families = new Map<string, StoredRecord | Map<number, StoredRecord>>()

  /** The family, of several, that a record was last set of: a commit has many of one. */
  private latestFamily: string | null = null
  private latest = new Map<number, StoredRecord>()

  get size(): number {
    let size = this.alone.size
    for (const known of this.families.values()) size += known instanceof Map ? known.size : 1
    return size
  }

  /** Among the records without a family the newest is the last. */
  set(record: StoredRecord): void {
    const { family, index } = record
    if (family === undefined || index === undefined) {
      this.alone.delete(record.key)
      this.alone.set(record.key, record)
      return
    }
    if (family === this.latestFamily) {
      this.latest.set(index, record)
      return
    }
    const known = this.families.get(family)
    if (known instanceof Map) {
      this.latestFamily = family
      this.latest = known
      known.set(index, record)
    } else if (known === undefined || known.index === index) this.families.set(family, record)
    else this.families.set(family, new Map([known, record].map((each) => [each.index as number, each])))
  }

  delete(record: StoredRecord): void {
    const { family, index } = record
    if (family === undefined || index === undefined) {
      this.alone.delete(record.key)
      return
    }
    const known = this.families.get(family)
    if (known instanceof Map) {
      known.delete(index)
      if (known.size === 0) this.families.delete(family)
      if (family === this.latestFamily) this.latestFamily = null
    } else if (known?.index === index) this.families.delete(family)
  }

  *records(): Iterable<StoredRecord> {
    yield* this.alone.values()
    for (const known of this.families.values()) {
      if (known instanceof Map) yield* known.values()
      else yield known
    }
  }
}
