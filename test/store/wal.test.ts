// The log in front of LMDB as a directory has it: what a killed process leaves at each of its writes, how long the files get, and what is
// refused.

import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type LmdbStore, openLmdbStore } from '../../src/store/lmdb.js'
import { openReader } from '../../src/store/reader.js'
import { WAL_FILES } from '../../src/store/wal.js'
import { DiskFailure } from '../../src/store/wal-file.js'
import { fileOf, parseTrace } from '../crash/fsync/trace.js'
import { until } from '../helpers/until.js'
import { read } from './contract.js'
import { directories } from './directories.js'
import { type Holder, startHolder } from './process.js'

const { directory, clear } = directories()
const holders: Holder[] = []
const stores: LmdbStore[] = []
afterEach(async () => {
  await Promise.all(holders.splice(0).map((holder) => holder.kill()))
  await Promise.all(stores.splice(0).map((store) => store.close()))
  clear()
})

async function open(
  dir: string,
  more: Partial<Parameters<typeof openLmdbStore>[0]> = {},
): Promise<LmdbStore> {
  const store = await openLmdbStore({ dir, durability: 'os', ...more })
  stores.push(store)
  return store
}

/** What a process leaves that is killed now. */
function killed(dir: string): string {
  const copy = directory()
  for (const name of ['data.mdb', ...WAL_FILES]) {
    if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(copy, name))
  }
  return copy
}

/** By key, what a process in mode 'small' was told is durable. */
function promisedBy({ lines }: Holder): Map<string, number> {
  const promised = new Map<string, number>()
  for (const line of lines.slice(1)) {
    if (line.includes('failed')) continue
    const [i, n] = line.split(' ').map(Number) as [number, number]
    promised.set(`${i} left ${n % 7}`, n)
  }
  return promised
}

async function expectKept(store: LmdbStore, promised: ReadonlyMap<string, number>): Promise<void> {
  const records = await read(store, 'a')
  const found = new Map(records.map(({ key, value }) => [key, Number.parseInt(String(value), 10)]))
  for (const [left, n] of promised) {
    expect(found.get(left)).toBe(found.get(left.replace('left', 'right')))
    // It may have been acknowledged further than it could still say.
    expect(found.get(left)).toBeGreaterThanOrEqual(n)
  }
}

const canInject = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0
const entry = (key: string, value: unknown) => ({ key, value })

describe('a directory whose owner was killed', () => {
  it('has what was appended, removed and replaced, without LMDB having it', async () => {
    const dir = directory()
    const store = await open(dir)
    await store.append('a', [entry('x', 1), entry('y', 1)])
    await store.append('b', [entry('x', 2)])
    await store.append('a', [entry('x', null), entry('y', 3)])
    const left = killed(dir)
    const next = await open(left)
    expect(await read(next, 'a')).toEqual([entry('y', 3)])
    expect(await read(next, 'b')).toEqual([entry('x', 2)])
    await next.append('c', [entry('z', 1)])
    await next.append('a', [entry('x', 4)])
    const again = await open(killed(left))
    expect(await read(again, 'a')).toEqual([entry('x', 4), entry('y', 3)])
    expect(await read(again, 'b')).toEqual([entry('x', 2)])
    expect(await read(again, 'c')).toEqual([entry('z', 1)])
  })

  it('knows when its last write was', async () => {
    const dir = directory()
    let nowMs = 5000
    const store = await open(dir, { nowMs: () => nowMs })
    nowMs = 7000
    await store.append('a', [entry('x', 1)])
    const left = killed(dir) // without the file of stamps
    expect((await open(left)).lastAliveMs).toBe(7000)
  })

  it('tells of a write that is cut off, once, and goes on without it', async () => {
    const dir = directory()
    const store = await open(dir)
    await store.append('a', [entry('x', 1)])
    const before = killed(dir)
    await store.append('a', [entry('x', 2), entry('y', 2)])
    const left = killed(dir)
    const [whole, shorter] = [left, before].map((path) => readFileSync(join(path, 'wal-0'))) as [
      Buffer,
      Buffer,
    ]
    const differs = whole.findIndex((byte, i) => byte !== shorter[i])
    whole.copy(shorter, differs, differs, differs + 40)
    writeFileSync(join(left, 'wal-0'), shorter)
    const lines: string[] = []
    const log = (level: string, line: string) => lines.push(`${level} ${line}`)
    const next = await open(left, { log })
    expect(await read(next, 'a')).toEqual([entry('x', 1)])
    expect(lines).toEqual([
      `warn data directory ${left}: wal-0 ends in a write that is not whole, at byte ${differs}: left out, as a crash in the middle of it leaves it`,
    ])
    const again = killed(left)
    await next.append('a', [entry('y', 3)])
    const third = await open(again, { log })
    expect(await read(third, 'a')).toEqual([entry('x', 1)])
    expect(lines).toHaveLength(1)
    expect(await read(await open(killed(left), { log }), 'a')).toEqual([entry('x', 1), entry('y', 3)])
    expect(lines).toHaveLength(1)
  })

  it('is refused when its last write is damaged and is known to have been acknowledged', async () => {
    const dir = directory()
    const store = await open(dir, { durability: 'fsync', segmentBytes: 300 })
    const stampedSequence = () => {
      const bytes = readFileSync(join(dir, 'alive'))
      return bytes.length < 24 ? null : bytes.readBigInt64BE(16)
    }
    const damagedCopy = () => {
      const copy = killed(dir)
      copyFileSync(join(dir, 'alive'), join(copy, 'alive'))
      const file = join(copy, 'wal-0')
      const bytes = readFileSync(file)
      bytes[bytes.lastIndexOf('last')] = 0xff
      writeFileSync(file, bytes)
      return copy
    }
    await store.append('a', [entry('x', 'first')])
    store.stamp(1000)
    await until('it is stamped', () => stampedSequence() === 1n)
    await store.append('a', [entry('x', 'last')])
    expect(await read(await open(damagedCopy()), 'a')).toEqual([entry('x', 'first')])

    store.stamp(2000)
    await until('it is stamped again', () => stampedSequence() === 2n)
    const copy = damagedCopy()
    await expect(openLmdbStore({ dir: copy })).rejects.toThrow(
      /wal-0 is damaged at byte \d+: write 2 is not whole, and write 2 was acknowledged; put a copy/,
    )
    const reader = await openReader(copy)
    expect([...reader.entries()][0]?.damage).toContain('write 2 was acknowledged')
    await reader.close()

    // What was known of a use of the files that is over says nothing.
    const known = readFileSync(join(dir, 'alive'))
    for (const n of [1, 2, 3, 4, 5, 6]) await store.append('a', [entry('x', 'v'.repeat(200) + n)])
    const later = killed(dir)
    writeFileSync(join(later, 'alive'), known)
    expect(await read(await open(later), 'a')).toEqual([entry('x', `${'v'.repeat(200)}6`)])
  })

  it('is not said to be torn where LMDB took over and the file was not freed yet', async () => {
    const dir = directory()
    const store = await open(dir, { segmentBytes: 1 })
    await store.append('a', [entry('x', 1)])
    const before = readFileSync(join(dir, 'wal-0'))
    await store.append('a', [entry('x', 2)])
    await until('the first is taken over', () => readFileSync(join(dir, 'wal-0')).readUInt32BE() === 0)
    const left = killed(dir)
    writeFileSync(join(left, 'wal-0'), before)
    const lines: string[] = []
    const next = await open(left, { log: (_, line) => lines.push(line) })
    expect(lines).toEqual([])
    await next.append('a', [entry('y', 3)])
    expect(await read(await open(killed(left)), 'a')).toEqual([entry('x', 2), entry('y', 3)])
  })

  it.skipIf(!canInject)('has the names of all directories that were made for it flushed', async () => {
    const above = directory()
    const dir = join(above, 'a', 'b')
    const trace = join(directory(), 'trace')
    const holder = startHolder(dir, 'fsync', 'hold', `strace -f -y -qq -o ${trace} -e trace=fsync --`)
    holders.push(holder)
    await holder.line((line) => line.startsWith('open'))
    await holder.kill()
    const flushes = readFileSync(trace, 'utf8')
    for (const path of [above, join(above, 'a'), dir]) expect(flushes).toContain(`<${path}>`)
  })

  it.skipIf(!canInject)('is flushed by who goes on with it', async () => {
    const dir = directory()
    const first = startHolder(dir, 'os', 'small')
    holders.push(first)
    await first.line((line) => /^0 9$/.test(line))
    await first.kill()
    const trace = join(directory(), 'trace')
    const next = startHolder(dir, 'fsync', 'hold', `strace -f -y -qq -o ${trace} -e trace=fdatasync,fsync --`)
    holders.push(next)
    await next.line((line) => line.startsWith('open'))
    await next.kill()
    const flushes = readFileSync(trace, 'utf8')
    for (const name of ['data.mdb', ...WAL_FILES]) expect(flushes).toContain(`<${join(dir, name)}>`)
  })

  it('is refused when a file of the log is cut off, damaged or gone, and what is whole is exported', async () => {
    const dir = directory()
    const store = await open(dir)
    for (let i = 0; i < 3; i++) await store.append('a', [entry(`k${i}`, 'v'.repeat(100))])
    const left = killed(dir)
    const damages: [string, (file: string) => void][] = [
      ['wal-0 is cut off at byte 300', (file) => truncateSync(file, 300)],
      [
        'wal-0 is damaged at byte 0: write 1 is not whole',
        (file) => {
          const bytes = readFileSync(file)
          bytes[40] = 0xff
          writeFileSync(file, bytes)
        },
      ],
      ['it is not there', (file) => rmSync(file)],
    ]
    for (const [what, damage] of damages) {
      const copy = killed(left)
      damage(join(copy, 'wal-0'))
      await expect(openLmdbStore({ dir: copy })).rejects.toThrow(
        `data directory ${copy}: the log of its last writes is damaged: ${what}`,
      )
      const reader = await openReader(copy)
      const found = [...reader.entries()]
      await reader.close()
      expect(found[0]?.damage).toContain('the log of the last writes is damaged')
      expect(found.length).toBeLessThan(4)
    }
  })

  it.skipIf(!canInject)('has all that was acknowledged, when LMDB could not take over', async () => {
    const dir = directory()
    const inject = '-e trace=fdatasync -e inject=fdatasync:error=EIO:when=20+'
    const strace = `strace -f -qq -o /dev/null -P ${join(dir, 'data.mdb')} ${inject} --`
    const holder = startHolder(dir, 'fsync', 'small', strace)
    holders.push(holder)
    expect(await holder.line((line) => line.includes('failed'))).toContain(
      'can be used no more: its disk failed (Input/output error); what was acknowledged is kept',
    )
    await holder.kill()
    await expectKept(await open(dir), promisedBy(holder))
  })

  // The nth call for one file: a thread dies in front of a write of LMDB's pages or root, or of a frame, or of the zeros that free a file.
  it.skipIf(!canInject).each([
    ['data.mdb', 'writev', 12],
    ['data.mdb', 'writev', 13],
    ['data.mdb', 'fdatasync', 13],
    ['data.mdb', 'pwrite64', 20],
    ['data.mdb', 'pwrite64', 21],
    ['data.mdb', 'pwrite64', 22],
    ['wal-0', 'pwrite64', 12],
    ['wal-0', 'pwrite64', 13],
    ['wal-1', 'fdatasync', 9],
  ])(
    'has all that was acknowledged, when it was killed at a write (%s, %s, %i)',
    async (file, call, nth) => {
      const dir = directory()
      const strace = (when: number) =>
        `strace -f -qq -o /dev/null -P ${join(dir, file)} -e trace=${call} -e inject=${call}:signal=SIGKILL:when=${when} --`
      const holder = startHolder(dir, 'fsync', 'small', strace(nth))
      holders.push(holder)
      await holder.ended
      const promised = promisedBy(holder)
      expect(promised.size).toBeGreaterThan(0)
      // The next one may die of one of its first writes, while it reads the log back.
      const next = startHolder(dir, 'fsync', 'hold', strace(1 + (nth % 3)))
      holders.push(next)
      await Promise.race([next.ended, next.line((line) => line.startsWith('open')).catch(() => {})])
      await next.kill()
      await expectKept(await open(dir), promised)
    },
    20_000,
  )
})

describe('while LMDB takes over', () => {
  it('nothing that was appended is missing at any moment, in the order of keys', async () => {
    const dir = directory()
    const store = await open(dir, { segmentBytes: 3000 })
    const expected = new Map<string, number>()
    for (let n = 0; n < 300; n++) {
      const key = `k${(n * 7919) % 40}`
      if (n % 5 === 4) expected.delete(key)
      else expected.set(key, n)
      await store.append('a', [entry(key, n % 5 === 4 ? null : n)])
      const all = await read(store, 'a')
      expect(new Map(all.map(({ key, value }) => [key, value])), `write ${n}`).toEqual(expected)
      expect(all.map(({ key }) => key)).toEqual([...expected.keys()].sort())
    }
    const next = await open(killed(dir))
    expect(new Map((await read(next, 'a')).map(({ key, value }) => [key, value]))).toEqual(expected)
  })

  it('the files of the log stay as long as they may be, whatever is appended', async () => {
    const dir = directory()
    const store = await open(dir, { segmentBytes: 2 << 20 })
    const lengths = () => WAL_FILES.map((name) => statSync(join(dir, name)).size)
    const first = lengths()
    for (const size of first) expect(size).toBeLessThan(100_000)
    for (let n = 0; n < 40; n++) {
      await store.append('a', [entry(`k${n % 3}`, 'v'.repeat(n === 20 ? 5_000_000 : 300_000))])
      if (n > 30) for (const size of lengths()) expect(size).toBeLessThanOrEqual(2 << 20)
    }
    expect(statSync(join(dir, 'data.mdb')).size).toBeLessThan(32 << 20)
  })

  it.skipIf(!canInject)('no file of the log is freed before LMDB has it on the disk', async () => {
    const dir = directory()
    const trace = join(directory(), 'trace')
    const holder = startHolder(
      dir,
      'fsync',
      'small',
      `strace -f -y -qq -o ${trace} -e trace=openat,pwrite64,writev,pwritev,fdatasync --`,
    )
    holders.push(holder)
    await holder.line((line) => /^0 30$/.test(line))
    await holder.kill()
    const calls = parseTrace(readFileSync(trace, 'latin1'))
    const data = join(dir, 'data.mdb')
    const roots = calls.find(
      ({ name, args }) => name === 'openat' && args.includes(`${data}", O_WRONLY|O_DSYNC`),
    )
    const ofData = calls.filter((call) => fileOf(call)?.path === data)
    const frees = calls.filter(({ name, args }) => name === 'pwrite64' && /wal-[01]>.*, 32, 0$/.test(args))
    expect(frees.length).toBeGreaterThan(20)
    for (const { begun } of frees) {
      // Pages are flushed, and the root is written to a file that flushes each write.
      const [flush, root] = ofData.filter((call) => call.begun < begun).slice(-2)
      expect(flush).toMatchObject({ name: 'fdatasync', result: 0 })
      expect(root).toMatchObject({ name: 'pwrite64' })
      expect(root && fileOf(root)?.fd).toBe(roots?.result)
      expect(flush?.ended).toBeLessThan(root?.begun as number)
      expect(root?.ended).toBeLessThan(begun)
    }
  })

  it('each use of a file has a salt of its own', async () => {
    const dir = directory()
    const store = await open(dir, { segmentBytes: 1 })
    const salts = new Set<string>()
    for (let n = 0; n < 20; n++) {
      await store.append('a', [entry('x', n)])
      salts.add(readFileSync(join(dir, WAL_FILES[n % 2] as string)).toString('hex', 4, 8))
    }
    expect(salts.size).toBe(20)
  })

  it('a reader sees what is durable, also what LMDB does not have', async () => {
    const dir = directory()
    const store = await open(dir, { segmentBytes: 2000 })
    for (let n = 0; n < 100; n++) {
      await store.append(`log-${n % 3}`, [entry(`k${n % 10}`, n)])
      const reader = await openReader(dir)
      const found = [...reader.entries(`log-${n % 3}`)].map(({ record, damage }) => [
        record?.key,
        record?.value,
        damage,
      ])
      await reader.close()
      expect(found).toContainEqual([`k${n % 10}`, n, null])
    }
  })
})

describe('a directory that was closed', () => {
  it('is written to no more, also when its disk failed while LMDB took over', async () => {
    const dir = directory()
    let isFailing = false
    const beforeCommit = () => {
      if (isFailing) throw new DiskFailure('broken')
    }
    const store = await open(dir, { segmentBytes: 1, beforeCommit })
    const many = Array.from({ length: 20_000 }, (_, i) => entry(`k${i}`, i))
    await store.append('a', many)
    await store.append('a', [entry('last', 1)]) // LMDB is a while at what is before
    isFailing = true
    await expect(store.append('a', [entry('y', 1)])).rejects.toThrow('can be used no more')
    await store.close()
    const names = ['data.mdb', ...WAL_FILES]
    const contents = () => names.map((name) => readFileSync(join(dir, name)))
    const before = contents()
    const next = await open(killed(dir))
    expect(await read(next, 'a')).toHaveLength(many.length + 1)
    expect(contents().map((each, i) => each.equals(before[i] as Buffer))).toEqual([true, true, true])
  })

  it('takes nothing that is appended afterwards', async () => {
    const store = await open(directory())
    const closed = store.close()
    await expect(store.append('a', [entry('x', 1)])).rejects.toThrow('is closed')
    await closed
  })

  it('is all in data.mdb', async () => {
    const dir = directory()
    const store = await open(dir)
    await store.append('a', [entry('x', 1)])
    await store.close()
    expect(readdirSync(dir).filter((name) => name.startsWith('wal'))).toEqual([])
    const copy = directory()
    cpSync(join(dir, 'data.mdb'), join(copy, 'data.mdb'))
    expect(await read(await open(copy), 'a')).toEqual([entry('x', 1)])
  })

  it('takes no notice of files of a log that is over', async () => {
    const dir = directory()
    const store = await open(dir)
    await store.append('a', [entry('x', 1)])
    const left = killed(dir)
    await store.append('a', [entry('x', 2)])
    await store.close()
    for (const name of WAL_FILES) copyFileSync(join(left, name), join(dir, name))
    expect(await read(await open(dir), 'a')).toEqual([entry('x', 2)])
  })
})
