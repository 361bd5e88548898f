// The disk space that a commit may need is there before it: LMDB never makes the file longer itself.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { seededRandom } from '../../src/machine/seeded.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { directories } from './directories.js'

const { directory, clear } = directories()
afterEach(clear)

const CHUNK_BYTES = 1 << 20

/** How many keys a commit writes, out of how many, and how long values are at most. */
const LOADS = [
  { name: 'few short values', perCommit: 3, keys: 50_000, bytes: 100 },
  { name: 'many short values', perCommit: 3000, keys: 200_000, bytes: 100 },
  { name: 'the same keys', perCommit: 200, keys: 300, bytes: 400 },
  { name: 'values of nearly half a page', perCommit: 500, keys: 20_000, bytes: 1500 },
  { name: 'long values', perCommit: 20, keys: 200, bytes: 60_000 },
]

it.each(LOADS)('whatever is written: $name', async ({ perCommit, keys, bytes }) => {
  const dir = directory()
  const random = seededRandom(perCommit)
  const upTo = (most: number) => Math.floor(random() * most)
  const store = await openLmdbStore({ dir, durability: 'os' })
  for (let commit = 0; commit < 40; commit++) {
    const isRemoval = commit % 10 === 9
    const records = Array.from({ length: perCommit }, () => ({
      key: `key-${upTo(keys)}`,
      value: isRemoval ? null : '.'.repeat(upTo(bytes)),
    }))
    await store.append('a', records)
    expect(statSync(join(dir, 'data.mdb')).size % CHUNK_BYTES, `commit ${commit}`).toBe(0)
  }
  await store.close()
})
