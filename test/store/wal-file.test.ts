// What a file of the log asks of the system, where the system does part of it or nothing.

import type { write } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Bytes } from '../../src/store/bytes.js'
import { Wal } from '../../src/store/wal.js'
import { DiskFailure, FIRST_BYTES, WalFile } from '../../src/store/wal-file.js'
import { beginFrame } from '../../src/store/wal-frames.js'
import { directories } from './directories.js'

/** What the next writes come to: so many bytes at most, or an error. */
const outcomes = vi.hoisted(() => [] as (number | string)[])
const calls = vi.hoisted(() => [] as string[])
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>()
  return {
    ...fs,
    write: (...[fd, bytes, from, length, at, callback]: Parameters<Write>) => {
      const outcome = outcomes.shift() ?? length
      calls.push(`write ${typeof outcome === 'number' ? Math.min(length, outcome) : outcome}`)
      if (typeof outcome === 'string')
        return callback(Object.assign(new Error(outcome), { code: outcome }), 0)
      fs.write(fd, bytes, from, Math.min(length, outcome), at, callback)
    },
    fdatasync: (...[fd, callback]: Parameters<typeof fs.fdatasync>) => {
      calls.push('flush')
      fs.fdatasync(fd, callback)
    },
  }
})
type Write = (
  ...args: [number, Buffer, number, number, number, (error: Error | null, written: number) => void]
) => ReturnType<typeof write>

const { directory, clear } = directories()
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
  outcomes.length = 0
  clear()
})

async function file(): Promise<WalFile> {
  const made = await WalFile.create(join(directory(), 'wal-0'), true)
  open.push(made)
  calls.length = 0
  return made
}

describe('a file of the log', () => {
  it('is written whole, however little the system takes at a time', async () => {
    const wal = await file()
    outcomes.push(3, 1)
    await wal.write(Buffer.from('0123456789'), 0)
    expect(calls).toEqual(['write 3', 'write 1', 'write 6'])
  })

  it('has what it grew by on the disk, also where it was to grow by more', async () => {
    const wal = await file()
    outcomes.push(1000, 'ENOSPC')
    await expect(wal.reserve(FIRST_BYTES + 5000)).rejects.toThrow('ENOSPC')
    expect(wal.sizeBytes).toBe(FIRST_BYTES + 1000)
    expect(calls).toEqual(['write 1000', 'write ENOSPC', 'flush'])
  })
})

it('a file of the log gives back what is not enough for a long frame, and keeps what others fit in', async () => {
  const wal = await file()
  outcomes.push(1 << 20, 1 << 20, 'ENOSPC')
  await expect(wal.reserve(5 << 20)).rejects.toThrow('ENOSPC')
  expect(wal.sizeBytes).toBe(1 << 20)
  expect(calls.at(-1)).toBe('flush')
  outcomes.push(1 << 20, 'ENOSPC')
  await expect(wal.reserve(3 << 20)).rejects.toThrow('ENOSPC')
  expect(wal.sizeBytes).toBe(1 << 20)
})

describe('a frame that the disk refuses half-way', () => {
  async function refused(...writes: (number | string)[]): Promise<unknown> {
    const wal = await Wal.create({ dir: directory(), isSynced: true })
    open.push(wal)
    const frame = new Bytes()
    beginFrame(frame)
    frame.utf8('a body')
    outcomes.push(...writes)
    calls.length = 0
    return wal.write(frame, 0).catch((error: unknown) => error)
  }

  it('is taken away', async () => {
    expect(await refused(10, 'ENOSPC')).not.toBeInstanceOf(DiskFailure)
    expect(calls).toEqual(['write 10', 'write ENOSPC', 'write 32'])
  })

  it('needs not be taken away where there was no room for its first byte', async () => {
    expect(await refused('EFBIG', 'EFBIG')).not.toBeInstanceOf(DiskFailure)
    expect(calls).toEqual(['write EFBIG', 'write EFBIG'])
  })

  it('is the last, when it cannot be taken away', async () => {
    expect(await refused(10, 'ENOSPC', 'EIO')).toBeInstanceOf(DiskFailure)
  })
})
