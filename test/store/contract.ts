// What every store must do. Each implementation runs it.

import { describe, expect, it } from 'vitest'
import type { Store, StoredRecord } from '../../src/store/store.js'

export function storeContract(name: string, open: () => Promise<Store>): void {
  const read = async (store: Store, log: string): Promise<StoredRecord[]> => {
    const records: StoredRecord[] = []
    for await (const record of store.load(log)) records.push(record)
    return records
  }

  describe(`${name} keeps the contract of a store`, () => {
    it('gives back the newest record per key, in the order of their last append', async () => {
      const store = await open()
      await store.append('a', [
        { key: 'x', value: 1 },
        { key: 'y', value: 2 },
      ])
      await store.append('a', [{ key: 'x', value: 3 }])
      expect(await read(store, 'a')).toEqual([
        { key: 'y', value: 2 },
        { key: 'x', value: 3 },
      ])
      await store.close()
    })

    it('forgets a key at its tombstone', async () => {
      const store = await open()
      await store.append('a', [{ key: 'x', value: 1 }])
      await store.append('a', [
        { key: 'x', value: null },
        { key: 'never', value: null },
      ])
      expect(await read(store, 'a')).toEqual([])
      await store.close()
    })

    it('keeps logs apart', async () => {
      const store = await open()
      await store.append('a', [{ key: 'x', value: 1 }])
      expect(await read(store, 'b')).toEqual([])
      await store.close()
    })

    it('may be appended to while it is read', async () => {
      const store = await open()
      await store.append('a', [{ key: 'x', value: 1 }])
      for await (const { key } of store.load('a')) await store.append('a', [{ key: `${key}+`, value: 2 }])
      expect(await read(store, 'a')).toHaveLength(2)
      await store.close()
    })
  })
}
