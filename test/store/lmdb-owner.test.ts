// One process at a time; the lock of a killed one is nobody's.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { read } from './contract.js'
import { directories } from './directories.js'
import { type Holder, startHolder } from './process.js'

const { directory, clear } = directories()
const holders: Holder[] = []
afterEach(async () => {
  await Promise.all(holders.splice(0).map((holder) => holder.kill()))
  clear()
})

function hold(...args: Parameters<typeof startHolder>): Holder {
  const holder = startHolder(...args)
  holders.push(holder)
  return holder
}

it('a directory in use is refused with the process that uses it, and is anybody’s when that was killed', async () => {
  const dir = directory()
  const first = hold(dir, 'os', 'hold')
  await first.line((line) => line.startsWith('open'))
  await expect(openLmdbStore({ dir })).rejects.toThrow(
    `data directory ${dir}: process ${first.pid} is using it; stop that one, or choose another directory with --data-dir`,
  )
  await first.kill()
  const store = await openLmdbStore({ dir })
  const third = hold(dir, 'os', 'hold')
  expect(await third.line((line) => line.startsWith('refused'))).toContain(
    `process ${process.pid} is using it`,
  )
  await store.close()
  const fourth = hold(dir, 'os', 'hold')
  await fourth.line((line) => line.startsWith('open'))
})

it('a directory is refused to the process that uses it already', async () => {
  const dir = directory()
  const store = await openLmdbStore({ dir })
  await expect(openLmdbStore({ dir: join(dir, '.') })).rejects.toThrow(`process ${process.pid} is using it`)
  await store.append('a', [{ key: 'x', value: 1 }])
  expect(await read(store, 'a')).toHaveLength(1)
  await store.close()
  await (await openLmdbStore({ dir })).close()
})

it('whoever has the number of a dead owner now is not the owner', async () => {
  const dir = directory()
  await (await openLmdbStore({ dir })).close()
  for (const pid of [process.pid, process.ppid]) {
    writeFileSync(join(dir, 'owner', 'pid'), `${pid}\n`)
    await (await openLmdbStore({ dir })).close()
  }
})

it('one of two that come at the same time gets it', async () => {
  const dir = directory()
  const both = [hold(dir, 'os', 'hold'), hold(dir, 'os', 'hold')]
  const outcomes = await Promise.all(both.map((holder) => holder.line(() => true)))
  expect(outcomes.filter((line) => line.startsWith('open'))).toHaveLength(1)
  expect(outcomes.filter((line) => line.startsWith('refused'))).toHaveLength(1)
})

it.each(['fsync', 'os'])('what was durable (%s) outlives a killed process, whole', async (durability) => {
  const dir = directory()
  for (const round of [1, 2, 3]) {
    const holder = hold(dir, durability)
    await holder.line((line) => line === `${round} 20`)
    await holder.kill()
    const promised = new Map<string, number>()
    for (const line of holder.lines.slice(1)) {
      const [i = '', n] = line.split(' ')
      promised.set(i, Number(n))
    }
    const store = await openLmdbStore({ dir })
    const found = new Map(
      (await read(store, 'a')).map(({ key, value }) => [key, Number.parseInt(String(value), 10)]),
    )
    for (const [i, n] of promised) {
      expect(found.get(`${i} left`)).toBe(found.get(`${i} right`))
      expect([n, n + 1]).toContain(found.get(`${i} left`))
    }
    expect(Date.now() - store.lastAliveMs).toBeLessThan(60_000)
    await store.close()
  }
})
