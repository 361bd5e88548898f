// What the log has and LMDB has not yet: of each key the newest, as records that were appended, or, after a crash, as entries that were
// read back.

import { formatOf } from './formats/formats.js'
import { keyBytes, valueBytes } from './formats/log-format.js'
import { storedKey, storedValue } from './layout.js'
import type { Write } from './lmdb-env.js'
import { Newest } from './newest.js'
import { logEntry } from './own-entries.js'
import type { StoredRecord } from './store.js'
import type { Entry } from './wal-frames.js'

export class Layer {
  /** By number of the log and key. */
  private readonly entries = new Map<number, Map<string, Write>>()
  private readonly appended = new Map<string, Newest>()

  get size(): number {
    let size = 0
    for (const each of [...this.entries.values(), ...this.appended.values()]) size += each.size
    return size
  }

  add(log: string, appends: readonly (readonly StoredRecord[])[]): void {
    let newest = this.appended.get(log)
    if (newest === undefined) {
      newest = new Newest()
      this.appended.set(log, newest)
    }
    for (const records of appends) for (const record of records) newest.set(record)
  }

  /** Before anything is appended. */
  addEntry({ log, key, value }: Entry): void {
    let entries = this.entries.get(log)
    if (entries === undefined) {
      entries = new Map()
      this.entries.set(log, entries)
    }
    const stored = storedKey(log, key)
    const write = { key: stored, value: value === null ? null : storedValue(stored, key, value) }
    entries.set(stored.toString('latin1'), write)
  }

  /** All of it for LMDB, the newest of a key last. */
  *writes(numbers: ReadonlyMap<string, number>): Iterable<Write> {
    for (const entries of this.entries.values()) yield* entries.values()
    for (const [log, newest] of this.appended) {
      const number = numbers.get(log) as number
      yield logEntry(log, number)
      yield* asWrites(log, number, newest)
    }
  }

  /** Those of one log, the newest of a key last. */
  *writesOf(log: string, number: number): Iterable<Write> {
    yield* this.entries.get(number)?.values() ?? []
    const newest = this.appended.get(log)
    if (newest !== undefined) yield* asWrites(log, number, newest)
  }
}

function* asWrites(log: string, number: number, newest: Newest): Iterable<Write> {
  const format = formatOf(log)
  for (const record of newest.records()) {
    const key = keyBytes(format, record)
    const value = valueBytes(format, record)
    const stored = storedKey(number, key)
    yield { key: stored, value: value === null ? null : storedValue(stored, key, value) }
  }
}
