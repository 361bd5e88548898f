// What every store must do. Each implementation runs it.

import { describe, expect, it } from 'vitest'
import type { GroupRecord } from '../../src/coordinator/types.js'
import type { LogRecord } from '../../src/log/types.js'
import { groupRecords, logRecords } from '../../src/server/records.js'
import type { Store, StoredRecord } from '../../src/store/store.js'
import { batch, group, offset, tombstone } from './records.js'

export async function read(store: Store, log: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for await (const record of store.load(log)) records.push(record)
  return records
}

const never = () => {
  throw new Error('not asked for')
}
const shard = groupRecords(3, never)
const partitions = logRecords(never)

export function storeContract(name: string, open: () => Promise<Store>): void {
  const byKey = (records: StoredRecord[]) => records.sort((a, b) => (a.key < b.key ? -1 : 1))

  describe(`${name} keeps the contract of a store`, () => {
    it('gives back the newest record per key', async () => {
      const store = await open()
      await store.append('a', [
        { key: 'x', value: 1 },
        { key: 'y', value: 2 },
      ])
      await store.append('a', [{ key: 'x', value: 3 }])
      expect(byKey(await read(store, 'a'))).toEqual([
        { key: 'x', value: 3 },
        { key: 'y', value: 2 },
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
      await store.append('b', [{ key: 'x', value: 2 }])
      expect(await read(store, 'a')).toEqual([{ key: 'x', value: 1 }])
      expect(await read(store, 'b')).toEqual([{ key: 'x', value: 2 }])
      await store.close()
    })

    it('may be appended to while it is read', async () => {
      const store = await open()
      await store.append('a', [{ key: 'x', value: 1 }])
      for await (const { key } of store.load('a')) await store.append('a', [{ key: `${key}+`, value: 2 }])
      expect(await read(store, 'a')).toHaveLength(2)
      await store.close()
    })

    it('makes what is appended in one turn durable in order', async () => {
      const store = await open()
      const appends = Array.from({ length: 50 }, (_, i) => store.append('a', [{ key: 'x', value: i }]))
      const order: number[] = []
      await Promise.all(appends.map(async (append, i) => append?.then(() => order.push(i))))
      expect(order).toEqual([...order].sort((a, b) => a - b))
      expect(await read(store, 'a')).toEqual([{ key: 'x', value: 49 }])
      await store.close()
    })

    it('gives back what shards write', async () => {
      const store = await open()
      const records: GroupRecord[] = [
        offset('readers', 'orders', 7, 12n),
        offset('readers', 'orders', 8, 13n, { expireTimestampMs: 99n, leaderEpoch: -1 }),
        offset('', 'orders', 7, -1n),
        offset(`nul\u0000in\u0000it`, 'orders', 7, 1n),
        offset('g'.repeat(32_767), 't'.repeat(249), 2_147_483_647, 2n ** 62n),
        offset('g'.repeat(32_766), 't'.repeat(249), 2_147_483_647, 5n),
        group('readers'),
        group('empty', { members: [], protocol: null, leader: null, protocolType: '' }),
      ]
      await store.append(shard.log, records.map(shard.toStored))
      const loaded = await read(store, shard.log)
      expect(byKey(loaded)).toEqual(byKey(records.map(shard.toStored)))
      const gone = records.map((record) => shard.toStored(tombstone(record)))
      await store.append(shard.log, gone)
      expect(await read(store, shard.log)).toEqual([])
      await store.close()
    })

    it('gives back batches in order, where a partition begins, and forgets what is removed', async () => {
      const store = await open()
      const records: LogRecord[] = [
        { kind: 'StartOffset', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partition: 300, startOffset: 3 },
        batch('AAAAAAAAAAAAAAAAAAAAAQ', 300, 3),
        batch('AAAAAAAAAAAAAAAAAAAAAQ', 300, 250),
        batch('AAAAAAAAAAAAAAAAAAAAAQ', 300, 2 ** 40),
        batch('AAAAAAAAAAAAAAAAAAAAAQ', 301, 0),
        batch('_____________________w', 2, 0),
      ]
      await store.append(partitions.log, records.map(partitions.toStored))
      expect((await read(store, partitions.log)).map(({ value }) => value)).toEqual(records)
      await store.append(
        partitions.log,
        [
          {
            kind: 'BatchRemoved',
            topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
            partition: 300,
            baseOffset: 250,
          } as const,
          {
            kind: 'StartOffset',
            topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
            partition: 300,
            startOffset: null,
          } as const,
        ].map(partitions.toStored),
      )
      const left = records.filter((_, i) => i !== 0 && i !== 2)
      expect((await read(store, partitions.log)).map(({ value }) => value)).toEqual(left)
      await store.close()
    })
  })
}
