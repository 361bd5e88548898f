// What a queue of commits leaves to the collector. What fails, and who hears of it, is in lmdb-faults.test.ts.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { CommitQueue } from '../../src/store/commit-queue.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void

const COMMITS = 400
const BATCH_BYTES = 20_000

const oldSpaceBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size as number

it('a commit leaves nothing to the old generation, however long the queue lives', async () => {
  const queue = new CommitQueue({ encode: () => {}, commit: async () => {}, later: setImmediate })
  const append = async (commit: number) => {
    const value = Array.from({ length: BATCH_BYTES / 8 }, () => commit)
    await queue.add('a', [{ key: 'k', value }])
  }
  for (let commit = 0; commit < 10; commit++) await append(commit)
  void queue.add('a', [{ key: 'k', value: [] }])
  gc() // what the queue has in its hand is old from now on
  await queue.idle()
  const before = oldSpaceBytes()
  for (let commit = 0; commit < COMMITS; commit++) {
    await append(commit)
    if (commit % 10 === 0) gc({ type: 'minor' })
  }
  expect(oldSpaceBytes() - before).toBeLessThan((COMMITS * BATCH_BYTES) / 10)
})
