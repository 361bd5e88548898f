// Keys and values as they lie in LMDB: whatever their bytes and lengths, they come back, and what was changed does not.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryOf, MAX_LOGS, rangeOf, storedKey, storedValue } from '../../src/store/layout.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { read } from './contract.js'
import { directories } from './directories.js'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const log = fc.integer({ min: 0, max: MAX_LOGS })

describe('an entry', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(log, bytes(1200), bytes(300), (number, key, value) => {
        const stored = storedKey(number, key)
        expect(stored.length).toBeLessThanOrEqual(511)
        expect(entryOf(stored, storedValue(stored, key, value))).toEqual({ key, value })
      }),
    )
  })

  it('does not come back when a bit of it is another', () => {
    fc.assert(
      fc.property(log, bytes(1200), bytes(300), fc.nat(), (number, key, value, nth) => {
        const stored = storedKey(number, key)
        const entry = storedValue(stored, key, value)
        const bit = nth % (8 * (stored.length + entry.length))
        const at = bit >> 3
        const target = at < stored.length ? stored : entry
        const index = at < stored.length ? at : at - stored.length
        target[index] = (target[index] as number) ^ (1 << (bit & 7))
        expect(entryOf(stored, entry)).toBeNull()
      }),
    )
  })

  it('is in the range of its log, and keys that fit keep their order', () => {
    fc.assert(
      fc.property(log, bytes(600), bytes(600), (number, a, b) => {
        const { start, end } = rangeOf(number)
        const [first, second] = [storedKey(number, a), storedKey(number, b)]
        expect(first.compare(start)).toBe(1)
        expect(first.compare(end)).toBe(-1)
        if (a.length < 500 && b.length < 500) expect(first.compare(second)).toBe(a.compare(b))
        else if (!a.equals(b)) expect(first.equals(second)).toBe(false)
      }),
    )
  })
})

it('loading tells how far it is and gives the event loop its turns', async () => {
  const { directory, clear } = directories()
  const dir = directory()
  const progress: [number, number][] = []
  const store = await openLmdbStore({
    dir,
    durability: 'os',
    progress: (loaded, total) => progress.push([loaded, total]),
  })
  const records = (prefix: string) =>
    Array.from({ length: 20_000 }, (_, i) => ({ key: `${prefix}${i}`, value: i }))
  await Promise.all([store.append('a', records('x')), store.append('b', records('y'))])
  let turns = 0
  const turn = () => {
    turns++
    if (turns < 1e6) setImmediate(turn)
  }
  setImmediate(turn)
  const [a, b] = await Promise.all([read(store, 'a'), read(store, 'b')])
  const duringLoad = turns
  turns = 1e6
  expect([a.length, b.length]).toEqual([20_000, 20_000])
  expect(duringLoad).toBeGreaterThan(0)
  expect(progress.length).toBeGreaterThan(0)
  for (const [loaded, total] of progress) {
    expect(loaded).toBeLessThanOrEqual(40_000)
    expect(total).toBeGreaterThanOrEqual(40_000)
  }
  await store.close()
  clear()
})
