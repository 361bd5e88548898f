// What was decided to be kept of one log (a shard's records, or those of all partitions), and what somebody was told on the
// strength of it. A log may come back as any beginning of what was decided that has all of what was told: no less, nothing
// else, and no decision by halves.

import type { StoredRecord } from '../../src/store/store.js'
import { copyOf, isSame, show } from '../values.js'
import type { Fail } from './broken.js'

interface Decided {
  readonly order: number
  readonly records: readonly StoredRecord[]
}

const KEPT = 'what was acknowledged is there after a reload, and nothing that was not decided'

export class Books {
  /** Counts decisions. */
  order = 0
  /** The decision whose answer somebody got, the newest. */
  private told = 0
  /** All up to `told`. */
  private readonly kept = new Map<string, unknown>()
  /** Behind it, oldest first. */
  private decisions: Decided[] = []
  private readonly log: string
  private readonly fail: Fail

  constructor(log: string, fail: Fail) {
    this.log = log
    this.fail = fail
  }

  decided(records: readonly StoredRecord[]): number {
    this.order++
    if (records.length > 0) {
      const copied = records.map(({ key, value }) => ({ key, value: copyOf(value) }))
      this.decisions.push({ order: this.order, records: copied })
    }
    return this.order
  }

  /** An answer has left that was decided then, or later than everything up to then. */
  answered(order: number): void {
    if (order <= this.told) return
    this.told = order
    while (this.decisions[0] !== undefined && this.decisions[0].order <= order) this.keep()
  }

  private keep(): Decided | undefined {
    const decision = this.decisions.shift()
    for (const { key, value } of decision?.records ?? []) {
      if (value === null) this.kept.delete(key)
      else this.kept.set(key, value)
    }
    return decision
  }

  /** It came back from the store as this. */
  loaded(found: ReadonlyMap<string, unknown>): void {
    const differing = this.differences(found)
    const before = differing.size > 0 ? this.describe(differing, found) : ''
    while (differing.size > 0) {
      const next = this.keep()
      if (next === undefined) return this.fail(KEPT, `${this.log}: ${before}`)
      for (const { key } of next.records) {
        if (isSame(this.kept.get(key), found.get(key))) differing.delete(key)
        else differing.add(key)
      }
    }
    // what was behind has not happened
    this.decisions = []
    this.told = this.order
  }

  private differences(found: ReadonlyMap<string, unknown>): Set<string> {
    const keys = new Set<string>()
    for (const [key, value] of this.kept) if (!isSame(value, found.get(key))) keys.add(key)
    for (const key of found.keys()) if (!this.kept.has(key)) keys.add(key)
    return keys
  }

  private describe(keys: ReadonlySet<string>, found: ReadonlyMap<string, unknown>): string {
    const [key = ''] = keys
    const name = key.replaceAll('\0', ' ')
    return `'${name}' came back as ${show(found.get(key))}; acknowledged was ${show(this.kept.get(key))}`
  }
}
