// npm run store:speed: durable appends per second with 1, 16 and 256 in flight, in each mode; and how long 10,000 groups with 1,000,000
// offsets take to load. As records of __consumer_offsets, of which each append has one.

import { createShard } from '../../src/coordinator/coordinator.js'
import { partitionFor } from '../../src/server/group-hash.js'
import { countedIds } from '../../src/server/ids.js'
import { groupRecords } from '../../src/server/records.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { DURABILITIES, type Durability } from '../../src/store/store.js'
import { directories } from './directories.js'
import { group, offset } from './records.js'

const SHARDS = 50
const MEASURE_MS = 3000
const GROUPS = 10_000
const OFFSETS_PER_GROUP = 100

const shards = Array.from({ length: SHARDS }, (_, i) =>
  groupRecords(i, () => createShard({ ids: countedIds() })),
)
const shardOf = (id: string) => shards[partitionFor(id, SHARDS)] as (typeof shards)[number]
const { directory, clear } = directories()

for (const durability of DURABILITIES) {
  for (const inFlight of [1, 16, 256]) {
    const perSecond = await measureAppends(durability, inFlight)
    console.log(
      `${durability.padEnd(5)} ${String(inFlight).padStart(3)} in flight: ${Math.round(perSecond)} appends/s`,
    )
  }
}
await measureLoad()
clear()

async function measureAppends(durability: Durability, inFlight: number): Promise<number> {
  const store = await openLmdbStore({ dir: directory(), durability })
  const startMs = performance.now()
  let done = 0
  const appender = async (_: unknown, i: number) => {
    const shard = shardOf(`group-${i}`)
    for (let n = 0; performance.now() - startMs < MEASURE_MS; n++) {
      await store.append(shard.log, [shard.toStored(offset(`group-${i}`, 'orders', n % 10, BigInt(n)))])
      if (durability === 'none' && n % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      done++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, appender))
  await store.close()
  return (done / (performance.now() - startMs)) * 1000
}

async function measureLoad(): Promise<void> {
  const dir = directory()
  const filling = await openLmdbStore({ dir, durability: 'os' })
  for (let g = 0; g < GROUPS; g++) {
    const id = `group-${g}`
    const { log, toStored } = shardOf(id)
    const offsets = Array.from({ length: OFFSETS_PER_GROUP }, (_, p) =>
      offset(id, `topic-${p % 10}`, Math.floor(p / 10), BigInt(p), { metadata: '' }),
    )
    const append = filling.append(log, [group(id), ...offsets].map(toStored))
    if (g % 100 === 0) await append
  }
  await filling.close()

  const startMs = performance.now()
  const store = await openLmdbStore({ dir })
  const openedMs = performance.now()
  let longestMs = 0
  let lastMs = openedMs
  const ticking = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 1)
  let records = 0
  const load = async ({ log, create, fromStored }: (typeof shards)[number]) => {
    const machine = create()
    for await (const stored of store.load(log)) {
      machine.replay(fromStored(stored))
      records++
    }
  }
  await Promise.all(shards.map(load))
  const endMs = performance.now()
  clearInterval(ticking)
  await store.close()
  const opening = `${Math.round(openedMs - startMs)} ms to open and check`
  const loading = `${Math.round(endMs - openedMs)} ms to load`
  console.log(
    `${records} records: ${opening}, ${loading}; the event loop was held ${Math.round(longestMs)} ms at most`,
  )
}
