// A process of its own that owns a directory: `holder.ts DIR DURABILITY [MODE]` appends to log 'a' without end, 16 at a time, and prints
// what is durable and what failed. Each has its own two keys, which get the next number together; with mode 'grow' every append has new
// ones, with mode 'small' seven by turns, and LMDB takes over the log at every commit. With mode 'hold' it only holds the directory.

import { openLmdbStore } from '../../src/store/lmdb.js'
import { DURABILITIES } from '../../src/store/store.js'

const APPENDERS = 16

const [dir = '', durability, mode] = process.argv.slice(2)
try {
  const store = await openLmdbStore({
    dir,
    durability: DURABILITIES.find((known) => known === durability) ?? 'fsync',
    ...(mode === 'small' && { segmentBytes: 1 }),
  })
  process.stdout.write(`open ${process.pid}\n`)
  if (mode === 'hold') setInterval(() => {}, 1000)
  else await Promise.all(Array.from({ length: APPENDERS }, (_, i) => append(i)))

  async function append(i: number): Promise<void> {
    for (let n = 1; ; n++) {
      const suffix = mode === 'grow' ? ` ${n}` : mode === 'small' ? ` ${n % 7}` : ''
      const value = `${n} ${'.'.repeat(1000)}`
      const records = ['left', 'right'].map((side) => ({ key: `${i} ${side}${suffix}`, value }))
      try {
        await store.append('a', records)
        await told(`${i} ${n}\n`)
      } catch (error) {
        await told(`${i} ${n} failed: ${(error as Error).message}\n`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  /** Resolves when whoever reads has it: what waits in this process for a full pipe is gone with it. */
  function told(line: string): Promise<unknown> {
    return new Promise((resolve) => process.stdout.write(line, resolve))
  }
} catch (error) {
  process.stdout.write(`refused ${(error as Error).message}\n`)
}
