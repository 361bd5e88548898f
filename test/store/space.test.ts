// The disk space that LMDB may need is there before it takes something over: it never makes the file longer itself.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { seededRandom } from '../../src/machine/seeded.js'
import { storedKey, storedValue } from '../../src/store/layout.js'
import { commit, openEnv } from '../../src/store/lmdb-env.js'
import { Space } from '../../src/store/space.js'
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
  const env = await openEnv({ path: dir, noSync: true })
  const space = await Space.open(dir)
  for (let commits = 0; commits < 40; commits++) {
    const isRemoval = commits % 10 === 9
    const writes = Array.from({ length: perCommit }, () => {
      const key = Buffer.from(`key-${upTo(keys)}`)
      const stored = storedKey(1, key)
      const value = isRemoval ? null : storedValue(stored, key, Buffer.alloc(upTo(bytes), '.'))
      return { key: stored, value }
    })
    await space.reserve(env, writes)
    await commit(env, writes)
    expect(statSync(join(dir, 'data.mdb')).size % CHUNK_BYTES, `commit ${commits}`).toBe(0)
  }
  await space.close()
  await env.close()
})
