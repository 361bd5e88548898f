// A Map without a table until it has two entries. There may be many groups with one member each, no static ones and nobody
// pending: an empty Map takes as much memory as a member, and a look-up in it goes three places further.

/** A Map by text keys, in the order of insertion. While it is gone through, entries may be deleted, not added. */
export class SmallMap<V> {
  /** Of the only entry, while there is no table. */
  private key: string | undefined = undefined
  private value: V | undefined = undefined
  private table: Map<string, V> | undefined = undefined

  get size(): number {
    if (this.table !== undefined) return this.table.size
    return this.key === undefined ? 0 : 1
  }

  has(key: string): boolean {
    return this.table === undefined ? this.key === key : this.table.has(key)
  }

  get(key: string): V | undefined {
    if (this.table !== undefined) return this.table.get(key)
    return this.key === key ? this.value : undefined
  }

  set(key: string, value: V): void {
    if (this.table !== undefined) {
      this.table.set(key, value)
    } else if (this.key === undefined || this.key === key) {
      this.key ??= key
      this.value = value
    } else {
      this.table = new Map([
        [this.key, this.value as V],
        [key, value],
      ])
      this.key = undefined
      this.value = undefined
    }
  }

  /** Returns whether it was there. */
  delete(key: string): boolean {
    if (this.table === undefined) {
      if (this.key !== key) return false
      this.key = undefined
      this.value = undefined
      return true
    }
    const wasThere = this.table.delete(key)
    if (this.table.size === 0) this.table = undefined
    return wasThere
  }

  clear(): void {
    this.key = undefined
    this.value = undefined
    this.table = undefined
  }

  keys(): Iterable<string> {
    if (this.table !== undefined) return this.table.keys()
    return this.key === undefined ? [] : [this.key]
  }

  values(): Iterable<V> {
    if (this.table !== undefined) return this.table.values()
    return this.key === undefined ? [] : [this.value as V]
  }

  entries(): Iterable<[string, V]> {
    if (this.table !== undefined) return this.table.entries()
    return this.key === undefined ? [] : [[this.key, this.value as V]]
  }
}
