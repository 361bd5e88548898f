// A file that is cut off, overwritten or not ours: one line that says so, or what it held; never a dead process.

import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupMetadataRecord } from '../../src/coordinator/group-record.js'
import { seededRandom } from '../../src/machine/seeded.js'
import { groupRecords, logRecords } from '../../src/server/records.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { read } from './contract.js'
import { directories } from './directories.js'
import { batch, group, offset } from './records.js'

const never = () => {
  throw new Error('not asked for')
}
const shard = groupRecords(0, never)
const partitions = logRecords(never)
const { directory, clear } = directories()
const LOGS = ['settings', shard.log, partitions.log]
const PAGE_BYTES = 4096

let whole: string
let contents: string

/** Branches, long values and free pages are all in it. */
beforeAll(async () => {
  whole = directory()
  const store = await openLmdbStore({ dir: whole, durability: 'os', segmentBytes: 10_000 })
  for (let i = 0; i < 200; i++) {
    const records = [group(`g${i}`), offset(`g${i}`, 'orders', i, BigInt(i)), offset('all', `t${i}`, 0, 1n)]
    store.append(shard.log, records.map(shard.toStored))
    const id = 'AAAAAAAAAAAAAAAAAAAAAQ'
    store.append(partitions.log, [partitions.toStored(batch(id, 0, i, 'v'.repeat(i % 50 === 0 ? 9000 : 90)))])
    if (i % 40 === 0) await store.append('settings', [{ key: `k${i % 7}`, value: i }])
  }
  await store.append(shard.log, [new GroupMetadataRecord('g1', null)])
  await store.close()
  contents = await contentsOf(whole)
})
afterAll(clear)

async function contentsOf(dir: string): Promise<string> {
  const store = await openLmdbStore({ dir, durability: 'os' })
  try {
    const logs = []
    for (const log of LOGS) logs.push(await read(store, log))
    const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
    return JSON.stringify(logs, text)
  } finally {
    await store.close()
  }
}

/** A copy, damaged. */
function damaged(damage: (file: string) => void): string {
  const dir = directory()
  copyFileSync(join(whole, 'data.mdb'), join(dir, 'data.mdb'))
  damage(join(dir, 'data.mdb'))
  return dir
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const content = readFileSync(file)
  bytes.copy(content, at)
  writeFileSync(file, content)
}

const ONE_LINE = /^data directory [^\n]+$/

describe('a damaged directory', () => {
  it('is named when its file is cut off at any page', async () => {
    const pages = readFileSync(join(whole, 'data.mdb')).length / PAGE_BYTES
    let refused = 0
    for (let page = 1; page < pages; page += Math.ceil(pages / 60)) {
      const dir = damaged((file) => truncateSync(file, page * PAGE_BYTES))
      const outcome = await contentsOf(dir).catch((error: Error) => error.message)
      if (outcome === contents) continue // the last pages may be free ones
      expect(outcome).toMatch(ONE_LINE)
      refused++
    }
    expect(refused).toBeGreaterThan(10)
  })

  it('is named, or read as it was, when any byte is another', async () => {
    const random = seededRandom(8)
    const sizeBytes = readFileSync(join(whole, 'data.mdb')).length
    let refused = 0
    for (let i = 0; i < 80; i++) {
      const at = Math.floor(random() * sizeBytes)
      const dir = damaged((file) => {
        const content = readFileSync(file)
        content[at] = (content[at] as number) ^ (1 << Math.floor(random() * 8))
        writeFileSync(file, content)
      })
      const outcome = await contentsOf(dir).catch((error: Error) => error.message)
      if (outcome === contents) continue
      expect(outcome, `byte ${at}`).toMatch(ONE_LINE)
      refused++
    }
    expect(refused).toBeGreaterThan(10)
  })

  it('is named when a page is another, or nothing but zeros', async () => {
    const sizeBytes = readFileSync(join(whole, 'data.mdb')).length
    const pages = sizeBytes / PAGE_BYTES
    for (let page = 0; page < pages; page += page < 4 ? 1 : Math.ceil(pages / 50)) {
      for (const byte of [0, 0xff]) {
        const bytes = Buffer.alloc(PAGE_BYTES, byte)
        const dir = damaged((file) => overwrite(file, page * PAGE_BYTES, bytes))
        const outcome = await contentsOf(dir).catch((error: Error) => error.message)
        if (outcome !== contents) expect(outcome, `page ${page}`).toMatch(ONE_LINE)
      }
    }
  })

  it('says which log and which key', async () => {
    const dir = damaged((file) => {
      const content = readFileSync(file)
      const at = content.indexOf('where it was: é')
      expect(at).toBeGreaterThan(0)
      // The same text is in pages that are free now.
      for (let next = at; next >= 0; next = content.indexOf('where it was: é', next + 1)) content[next] = 0x57
      writeFileSync(file, content)
    })
    await expect(contentsOf(dir)).rejects.toThrow(
      /the entry \{"type":1,"data":\{"group":"g\d+","topic":"orders","partition":\d+\}\} of __consumer_offsets-0 is damaged/,
    )
  })

  it('is not taken for one of ours when it is none', async () => {
    const dir = directory()
    writeFileSync(join(dir, 'data.mdb'), 'something else')
    await expect(openLmdbStore({ dir })).rejects.toThrow(
      'data.mdb is damaged: it does not begin as an LMDB file',
    )
    expect(readFileSync(join(dir, 'data.mdb'), 'utf8')).toBe('something else')
  })

  it('that cannot be made is named', async () => {
    const dir = directory()
    writeFileSync(join(dir, 'file'), '')
    await expect(openLmdbStore({ dir: join(dir, 'file') })).rejects.toThrow(ONE_LINE)
    await expect(openLmdbStore({ dir: join(dir, 'file', 'below') })).rejects.toThrow(ONE_LINE)
  })

  it('without a file is a new one', async () => {
    const dir = join(directory(), 'a', 'b')
    const store = await openLmdbStore({ dir })
    expect(store.migratedFrom).toBeNull()
    await store.close()
    expect(existsSync(join(dir, 'data.mdb'))).toBe(true)
    mkdirSync(join(dir, 'beside'))
    writeFileSync(join(dir, 'data.mdb'), '')
    await (await openLmdbStore({ dir })).close()
  })
})
