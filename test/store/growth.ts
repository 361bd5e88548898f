// npm run store:growth [-- COMMITS]: commits offsets to the same keys, and beside them batches that come and go, and prints how large the
// file is. Exits 1 when it still grows in the last half.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { groupRecords, logRecords } from '../../src/server/records.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { checkFile } from '../../src/store/lmdb-check.js'
import { Turns } from '../../src/store/turns.js'
import { directories } from './directories.js'
import { batch, offset } from './records.js'

const DEFAULT_COMMITS = 1_000_000
const GROUPS = 97
const PARTITIONS = 50
const COMMITS_PER_FLUSH = 100
const BATCHES_KEPT = 500
const LINES = 10

const commits = Number(process.argv[2] ?? DEFAULT_COMMITS)
const never = () => {
  throw new Error('not asked for')
}
const shard = groupRecords(0, never)
const partitions = logRecords(never)
const { directory, clear } = directories()
const dir = directory()
const file = join(dir, 'data.mdb')

const store = await openLmdbStore({ dir, durability: 'os' })
const sizes: number[] = []
for (let i = 0; i < commits; i += COMMITS_PER_FLUSH) {
  for (let j = i; j < i + COMMITS_PER_FLUSH; j++) {
    const record = offset(`group-${j % GROUPS}`, 'orders', j % PARTITIONS, BigInt(j))
    store.append(shard.log, [shard.toStored(record)])
  }
  await appendBatch(i / COMMITS_PER_FLUSH)
  if ((i + COMMITS_PER_FLUSH) % (commits / LINES) === 0) tell(i + COMMITS_PER_FLUSH)
}
await store.close()
const wrong = await checkFile(file, new Turns())
clear()
if (wrong !== null) console.error(`the file is damaged: ${wrong}`)
const [middle, last] = [sizes[LINES / 2 - 1] ?? 0, sizes[LINES - 1] ?? 0]
const isBounded = last <= middle * 1.1
console.log(isBounded ? 'it does not grow' : 'it still grows')
process.exitCode = isBounded && wrong === null ? 0 : 1

/** Of 1 to 40 kB: long values come and go in runs of pages of different lengths. */
async function appendBatch(n: number): Promise<void> {
  const id = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const { toStored, log } = partitions
  const records = [toStored(batch(id, 0, n, 'v'.repeat(1000 + ((n * 7919) % 40_000))))]
  if (n >= BATCHES_KEPT) {
    records.push(toStored({ kind: 'BatchRemoved', topicId: id, partition: 0, baseOffset: n - BATCHES_KEPT }))
  }
  await store.append(log, records)
}

function tell(done: number): void {
  const { size } = statSync(file)
  sizes.push(size)
  console.log(`${String(done).padStart(10)} commits  ${(size / 1e6).toFixed(1).padStart(8)} MB`)
}
