// Directories of other formats and settings, and when their owner was last there.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { groupRecords } from '../../src/server/records.js'
import { entryOf, OWN, storedKey, storedValue } from '../../src/store/layout.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { commit, openEnv } from '../../src/store/lmdb-env.js'
import { FORMAT } from '../../src/store/own-entries.js'
import { read } from './contract.js'
import { directories } from './directories.js'
import { group, offset } from './records.js'

const { directory, clear } = directories()
afterEach(clear)

const formatKey = storedKey(OWN, Buffer.from('format'))
const shard = groupRecords(3, () => {
  throw new Error('not asked for')
})

async function filled(dir: string): Promise<void> {
  const store = await openLmdbStore({ dir })
  const records = [group('g'), offset('g', 'orders', 1, 5n), offset('g'.repeat(40), 'orders', 1, 5n)]
  await store.append(shard.log, records.map(shard.toStored))
  await store.close()
}

const hashOf = (dir: string) =>
  createHash('sha256')
    .update(readFileSync(join(dir, 'data.mdb')))
    .digest('hex')

describe('a directory', () => {
  it('of a newer format is refused and left as it is', async () => {
    const dir = directory()
    await filled(dir)
    const env = await openEnv({ path: dir })
    const value = storedValue(formatKey, Buffer.from('format'), Buffer.from(String(FORMAT + 1)))
    await commit(env, [{ key: formatKey, value }])
    await env.close()
    const before = [hashOf(dir), readdirSync(dir).sort()]
    await expect(openLmdbStore({ dir })).rejects.toThrow(
      `data directory ${dir}: it has format ${FORMAT + 1}, written by a newer Cohort; this one knows formats up to ${FORMAT} and leaves it as it is`,
    )
    expect([hashOf(dir), readdirSync(dir).sort()]).toEqual(before)
  })

  it('of format 0, which had no checksums, is migrated', async () => {
    const dir = directory()
    await filled(dir)
    const first = await openLmdbStore({ dir })
    const records = await read(first, shard.log)
    await first.close()
    const env = await openEnv({ path: dir })
    const writes = Array.from(env.getRange({ start: Buffer.from([0]) }), ({ key, value }) => ({
      key,
      value: key.equals(formatKey) ? Buffer.from('0') : (entryOf(key, value)?.value ?? null),
    }))
    expect(writes.length).toBeGreaterThan(4)
    await commit(env, writes)
    await env.close()

    const migrated = await openLmdbStore({ dir })
    expect(migrated.migratedFrom).toBe(0)
    expect(await read(migrated, shard.log)).toEqual(records)
    await migrated.append('b', [{ key: 'x', value: 1 }])
    await migrated.close()
    const again = await openLmdbStore({ dir })
    expect(again.migratedFrom).toBe(FORMAT)
    expect(await read(again, shard.log)).toEqual(records)
    await again.close()
  })

  it('of format 1, which had no log in front of LMDB, is migrated', async () => {
    const dir = directory()
    await filled(dir)
    const env = await openEnv({ path: dir })
    const value = storedValue(formatKey, Buffer.from('format'), Buffer.from('1'))
    await commit(env, [{ key: formatKey, value }])
    await env.close()
    const lines: string[] = []
    const migrated = await openLmdbStore({ dir, log: (_, line) => lines.push(line) })
    expect(lines).toEqual([`data directory ${dir}: migrated from format 1 to ${FORMAT}`])
    expect(await read(migrated, shard.log)).toHaveLength(3)
    await migrated.close()
  })

  it('of somebody else is not written to', async () => {
    const dir = directory()
    const env = await openEnv({ path: dir })
    await commit(env, [{ key: Buffer.from('theirs'), value: Buffer.from('1') }])
    await env.close()
    const before = hashOf(dir)
    await expect(openLmdbStore({ dir })).rejects.toThrow("has an LMDB database that is not Cohort's")
    expect(hashOf(dir)).toBe(before)
  })

  it('is refused under another value of a setting that it was made with', async () => {
    const dir = directory()
    const name = 'offsets.topic.num.partitions'
    await (await openLmdbStore({ dir, madeWith: { [name]: '50' } })).close()
    await (await openLmdbStore({ dir, madeWith: { [name]: '50' } })).close()
    await expect(openLmdbStore({ dir, madeWith: { [name]: '7' } })).rejects.toThrow(
      `data directory ${dir}: it was made with ${name}=50 and cannot be read with 7; set ${name}=50, or export and import it`,
    )
    const store = await openLmdbStore({ dir })
    expect(store.madeWith.get(name)).toBe('50')
    await store.close()
  })

  it('passes over records of a kind that it does not know, as Kafka does', async () => {
    const dir = directory()
    await filled(dir)
    const env = await openEnv({ path: dir })
    const key = Buffer.from([0, 99, 1, 2, 3])
    const stored = storedKey(1, key)
    await commit(env, [{ key: stored, value: storedValue(stored, key, Buffer.from([0, 0])) }])
    await env.close()
    const store = await openLmdbStore({ dir })
    expect(await read(store, shard.log)).toHaveLength(3)
    await store.close()
  })
})

describe('when the owner was last there', () => {
  it('is never in a new directory, and then what a stamp or a commit says, whichever is later', async () => {
    const dir = directory()
    let nowMs = 1000
    const open = () => openLmdbStore({ dir, nowMs: () => nowMs })
    const first = await open()
    expect(first.lastAliveMs).toBe(0)
    nowMs = 2000
    await first.append('a', [{ key: 'x', value: 1 }])
    first.stamp(5000.5)
    nowMs = 3000
    await first.close()
    nowMs = 10_000
    const second = await open()
    expect(second.lastAliveMs).toBe(3000)
    await second.append('a', [{ key: 'x', value: 1 }])
    nowMs = 11_000
    await second.close()
    writeFileSync(join(dir, 'alive'), 'torn')
    const third = await open()
    expect(third.lastAliveMs).toBe(11_000)
    await third.close()
  })
})

it('JSON refuses what it would lose', async () => {
  const store = await openLmdbStore({ dir: directory() })
  for (const value of [1n, { a: new Map() }, { a: [Buffer.alloc(1)] }, { a: new Set() }]) {
    expect(() => store.append('a', [{ key: 'x', value }])).toThrow(/which JSON does not keep|BigInt/)
  }
  await store.append('a', [{ key: 'x', value: { a: undefined, b: [1, 'x', null, true] } }])
  expect(await read(store, 'a')).toEqual([{ key: 'x', value: { b: [1, 'x', null, true] } }])
  await store.close()
})
