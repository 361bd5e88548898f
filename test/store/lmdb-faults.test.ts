// A disk that refuses: whose promise is broken, what is there afterwards, and that it goes on. The last three ask the system for real
// failures, where it has the tools.

import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openLmdbStore } from '../../src/store/lmdb.js'
import type { Durability } from '../../src/store/store.js'
import { read } from './contract.js'
import { directories } from './directories.js'
import { type Holder, startHolder } from './process.js'

const { directory, clear } = directories()
const holders: Holder[] = []
afterEach(async () => {
  await Promise.all(holders.splice(0).map((holder) => holder.kill()))
  clear()
})

async function faulty(durability: Durability = 'fsync') {
  const lines: string[] = []
  const faults: string[] = []
  const commits = { count: 0 }
  const dir = directory()
  const store = await openLmdbStore({
    dir,
    durability,
    log: (level, line) => lines.push(`${level} ${line}`),
    beforeCommit: () => {
      commits.count++
      const fault = faults.shift()
      if (fault !== undefined && fault !== '') throw new Error(fault)
    },
  })
  return { dir, store, lines, faults, commits }
}

const outcomes = async (appends: (Promise<void> | undefined)[]) =>
  (await Promise.allSettled(appends)).map(({ status }) => status)

describe('a commit that fails', () => {
  it('breaks the promise of all that shared it, leaves nothing of them, and the next one works', async () => {
    const { dir, store, lines, faults } = await faulty()
    await store.append('a', [{ key: 'x', value: 1 }])
    faults.push('no space', 'no space')
    const x = [{ key: 'x', value: 2 }]
    const y = [{ key: 'y', value: 2 }]
    expect(await outcomes([store.append('a', x), store.append('a', y), store.append('b', y)])).toEqual(
      Array(3).fill('rejected'),
    )
    await expect(store.append('a', x)).rejects.toThrow(`data directory ${dir} could not be written: no space`)
    expect(await read(store, 'a')).toEqual([{ key: 'x', value: 1 }])
    expect(await read(store, 'b')).toEqual([])
    await store.append('b', y)
    expect(await read(store, 'b')).toEqual(y)
    await store.append('a', y)
    await store.close()
    expect(lines).toEqual([
      `error data directory ${dir}: it could not be written: no space; nothing of it was kept`,
      `info data directory ${dir}: it can be written again`,
    ])
    const again = await openLmdbStore({ dir })
    expect(await read(again, 'a')).toEqual([{ key: 'x', value: 1 }, ...y])
    expect(await read(again, 'b')).toEqual(y)
    await again.close()
  })

  it('takes with it what waited behind it in the same log, and nothing else', async () => {
    const { store, faults } = await faulty()
    faults.push('', 'no space')
    const first = store.append('a', [{ key: '1', value: 1 }])
    await new Promise((resolve) => setImmediate(resolve)) // the commit of the first is under way
    const second = store.append('a', [{ key: '2', value: 2 }])
    const afterSecond: Promise<void>[] = []
    second?.catch(() => {})
    await first
    // The commit of the second is under way, or has failed.
    for (const log of ['a', 'b'])
      afterSecond.push(store.append(log, [{ key: '3', value: 3 }]) as Promise<void>)
    await expect(second).rejects.toThrow('no space')
    const [, other] = await Promise.allSettled(afterSecond)
    expect(other?.status).toBe('fulfilled')
    expect(await read(store, 'b')).toEqual([{ key: '3', value: 3 }])
    await store.close()
  })

  it('takes with it what is appended by who hears of it first, in logs that it was about', async () => {
    const { store, faults } = await faulty()
    faults.push('no space')
    const append = (log: string, key: string) => store.append(log, [{ key, value: 1 }]) as Promise<void>
    const late: Promise<void>[] = []
    const first = append('a', 'x').catch(() => late.push(append('b', 'late'), append('c', 'late')))
    const second = append('b', 'x').catch(() => {})
    await Promise.all([first, second])
    const next = append('b', 'next')
    expect(await outcomes(late)).toEqual(['rejected', 'fulfilled'])
    await next
    expect(await read(store, 'b')).toEqual([{ key: 'next', value: 1 }])
    expect(await read(store, 'c')).toEqual([{ key: 'late', value: 1 }])
    await store.close()
  })

  it('is told where nobody waits for it', async () => {
    const { dir, store, lines, faults } = await faulty('none')
    faults.push('no space')
    expect(store.append('a', [{ key: 'x', value: 1 }])).toBeUndefined()
    expect(await read(store, 'a')).toEqual([])
    store.append('a', [{ key: 'y', value: 1 }])
    expect(await read(store, 'a')).toEqual([{ key: 'y', value: 1 }])
    await store.close()
    expect(lines[0]).toBe(
      `error data directory ${dir}: it could not be written: no space; nothing of it was kept`,
    )
  })

  it('does not keep close waiting', async () => {
    const { store, faults } = await faulty()
    faults.push('no space')
    const append = store.append('a', [{ key: 'x', value: 1 }])
    const closed = store.close()
    await expect(append).rejects.toThrow('no space')
    await closed
  })
})

it('appends of one turn share a commit, and so do all that wait meanwhile', async () => {
  const { store, commits } = await faulty()
  const turn = (log: string) =>
    Array.from({ length: 100 }, (_, i) => store.append(log, [{ key: `${i}`, value: i }]))
  const first = turn('a')
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([...first, ...turn('a'), ...turn('b')])
  expect(commits.count).toBe(2)
  await store.close()
})

it('without durability, whoever appends waits when the disk is far behind', async () => {
  const { store } = await faulty('none')
  const records = Array.from({ length: 6000 }, (_, i) => ({ key: `${i}`, value: i }))
  expect(store.append('a', records)).toBeUndefined()
  const second = store.append('b', records)
  expect(second).toBeInstanceOf(Promise)
  await second
  expect(store.append('a', records)).toBeUndefined()
  await store.close()
})

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const canLimit = has('prlimit', '--version')
const canInject = has('strace', '-qq', '-o', '/dev/null', 'true')

function start(...args: Parameters<typeof startHolder>): Holder {
  const holder = startHolder(...args)
  holders.push(holder)
  return holder
}

/** Both records of every append that was acknowledged, and of none that failed. */
async function checkGrown(dir: string, lines: readonly string[]): Promise<void> {
  const store = await openLmdbStore({ dir })
  const found = new Set((await read(store, 'a')).map(({ key }) => key))
  for (const line of lines) {
    const [, i, n, failed] = /^(\d+) (\d+)( failed)?/.exec(line) ?? []
    if (i === undefined) continue
    for (const side of ['left', 'right'])
      expect(found.has(`${i} ${side} ${n}`), line).toBe(failed === undefined)
  }
  await store.append('b', [{ key: 'x', value: 1 }])
  await store.close()
}

describe('a process whose disk refuses', () => {
  it.skipIf(!canLimit)('is full: it goes on when there is space again', async () => {
    const dir = directory()
    const holder = start(dir, 'fsync', 'grow')
    await holder.line((line) => /^\d+ 20$/.test(line))
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(holder.pid), `--fsize=${bytes}:unlimited`])
    limit(String(statSync(join(dir, 'wal-0')).size + 100_000))
    const failed = await holder.line((line) => line.includes('failed'))
    expect(failed).toMatch(/failed: data directory \S+ could not be written: EFBIG: file too large, write$/)
    const [, n] = failed.split(' ')
    limit('unlimited')
    await holder.line((line) => !line.includes('failed') && Number(line.split(' ')[1]) > Number(n) + 5)
    await holder.kill()
    await checkGrown(dir, holder.lines)
  })

  it.skipIf(!canInject).each([
    ['fdatasync', 'EIO: i/o error, fdatasync'],
    ['pwrite64', 'EIO: i/o error, write'],
  ])('fails (%s): it says so at every append until it is started again', async (call, why) => {
    const dir = directory()
    const strace = `strace -f -qq -o /dev/null -e trace=${call} -e inject=${call}:error=EIO:when=40+1 --`
    const holder = start(dir, 'fsync', 'grow', strace)
    const line = await holder.line((each) => each.includes('can be used no more'))
    expect(line).toContain(`its disk failed (${why}); what was acknowledged is kept`)
    await holder.line((each) => each.includes('can be used no more') && each !== line)
    await holder.kill()
    await checkGrown(dir, holder.lines)
  })
})
