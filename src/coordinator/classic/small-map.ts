// A Map without a table until it has two entries. There may be many groups with one member each, no static ones and nobody
// pending: an empty Map takes as much memory as a member, and a look-up in it goes three places further.

/** In place of the key of the only entry, where there is a table. */
const TABLE = Symbol('table')

/** For reading. */
export interface ReadonlySmallMap<V> {
  readonly size: number
  has(key: string): boolean
  get(key: string): V | undefined
  keys(): Iterable<string>
  values(): Iterable<V>
  entries(): Iterable<[string, V]>
}

/** A Map by text keys, in the order of insertion. While it is gone through, entries may be deleted, not added. */
export class SmallMap<V> implements ReadonlySmallMap<V> {
  private key: string | typeof TABLE | undefined = undefined
  /** Of the only entry, or the table. */
  private content: V | Map<string, V> | undefined = undefined

  private get table(): Map<string, V> | undefined {
    return this.key === TABLE ? (this.content as Map<string, V>) : undefined
  }

  get size(): number {
    if (this.key === TABLE) return (this.content as Map<string, V>).size
    return this.key === undefined ? 0 : 1
  }

  has(key: string): boolean {
    return this.key === key || this.table?.has(key) === true
  }

  get(key: string): V | undefined {
    return this.key === key ? (this.content as V) : this.table?.get(key)
  }

  set(key: string, value: V): void {
    const { table } = this
    if (table !== undefined) {
      table.set(key, value)
    } else if (this.key === undefined || this.key === key) {
      this.key ??= key
      this.content = value
    } else {
      this.content = new Map([
        [this.key as string, this.content as V],
        [key, value],
      ])
      this.key = TABLE
    }
  }

  /** Returns whether it was there. */
  delete(key: string): boolean {
    const { table } = this
    const wasThere = table === undefined ? this.key === key : table.delete(key)
    if (wasThere && (table === undefined || table.size === 0)) this.clear()
    return wasThere
  }

  clear(): void {
    this.key = undefined
    this.content = undefined
  }

  keys(): Iterable<string> {
    if (this.table !== undefined) return this.table.keys()
    return this.key === undefined ? [] : [this.key as string]
  }

  values(): Iterable<V> {
    if (this.table !== undefined) return this.table.values()
    return this.key === undefined ? [] : [this.content as V]
  }

  entries(): Iterable<[string, V]> {
    if (this.table !== undefined) return this.table.entries()
    return this.key === undefined ? [] : [[this.key as string, this.content as V]]
  }
}

/** The one that all share who have nothing: it is never written to. */
export const NONE: ReadonlySmallMap<never> = new SmallMap<never>()

/** The map with this entry: itself, unless it is the one that is shared. */
export function put<V>(map: ReadonlySmallMap<V>, key: string, value: V): ReadonlySmallMap<V> {
  const own = map === NONE ? new SmallMap<V>() : (map as SmallMap<V>)
  own.set(key, value)
  return own
}

/** The map without this entry: itself, or the one that is shared. */
export function without<V>(map: ReadonlySmallMap<V>, key: string): ReadonlySmallMap<V> {
  ;(map as SmallMap<V>).delete(key)
  return map.size === 0 ? NONE : map
}
