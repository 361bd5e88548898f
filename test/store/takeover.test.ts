// LMDB takes over behind the backs of those who append, and fails there: they hear of it.

import { afterEach, describe, expect, it } from 'vitest'
import { Bytes } from '../../src/store/bytes.js'
import { Layer } from '../../src/store/layer.js'
import type { Env } from '../../src/store/lmdb-env.js'
import type { Space } from '../../src/store/space.js'
import { Takeover } from '../../src/store/takeover.js'
import { Wal } from '../../src/store/wal.js'
import { DiskFailure } from '../../src/store/wal-file.js'
import { beginFrame, HEADER_BYTES } from '../../src/store/wal-frames.js'
import { directories } from './directories.js'

const SEGMENT_BYTES = 300

const { directory, clear } = directories()
const wals: Wal[] = []
afterEach(async () => {
  await Promise.all(wals.splice(0).map((wal) => wal.close()))
  clear()
})

/** LMDB's commits end when and as the test says. */
async function setUp() {
  const wal = await Wal.create({ dir: directory(), isSynced: false, segmentBytes: SEGMENT_BYTES })
  wals.push(wal)
  const commits: { succeed(): void; fail(why: string): void }[] = []
  const env = {
    batch: () =>
      new Promise<void>((resolve, reject) => {
        commits.push({ succeed: resolve, fail: (why) => reject(new Error(why)) })
      }),
  } as unknown as Env
  const space = { reserve: async () => {} }
  const options = { env, space: space as unknown as Space, wal, numbers: new Map([['a', 1]]), nowMs: () => 0 }
  const takeover = new Takeover(options, new Layer(), new Layer())
  /** A frame of so many bytes, durable. */
  const append = async (bytes: number) => {
    const frame = new Bytes()
    beginFrame(frame)
    frame.bytes(Buffer.alloc(bytes - HEADER_BYTES))
    await takeover.makeRoom(frame.length)
    await wal.write(frame, 0)
    takeover.add('a', [[{ key: `${bytes}`, value: bytes }]])
  }
  return { wal, takeover, append, commits, space }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a takeover that fails', () => {
  it('is heard of by the next append, although there is room for it', async () => {
    const { append, commits } = await setUp()
    await append(200)
    await append(100) // in the other file, which has room for one more of these
    expect(commits).toHaveLength(1)
    commits[0]?.fail('Input/output error: Attempting to commit')
    await turn()
    await expect(append(100)).rejects.toThrow(new DiskFailure('Input/output error'))
    expect(commits).toHaveLength(1)
  })

  it('is heard of by who waits for the file that it was to free', async () => {
    const { append, commits } = await setUp()
    await append(200)
    await append(200)
    const waiting = append(200)
    waiting.catch(() => {})
    commits[0]?.fail('Input/output error')
    await expect(waiting).rejects.toThrow(new DiskFailure('Input/output error'))
  })
})

describe('a takeover for which space cannot be taken', () => {
  it.each([
    ['ENOSPC', false],
    ['EIO', true],
  ])('goes on later, unless the disk has failed (%s)', async (code, isFailure) => {
    const { append, commits, space } = await setUp()
    space.reserve = () => Promise.reject(Object.assign(new Error(code), { code }))
    await append(200)
    await append(200)
    const refused = await append(200).catch((error: Error) => error)
    expect(refused).toMatchObject({ message: code })
    expect(refused instanceof DiskFailure).toBe(isFailure)
    space.reserve = async () => {}
    const next = append(200)
    next.catch(() => {})
    await turn()
    expect(commits).toHaveLength(isFailure ? 0 : 1)
    commits[0]?.succeed()
    const outcome = next.then(
      () => 'appended',
      () => 'refused',
    )
    expect(await outcome).toBe(isFailure ? 'refused' : 'appended')
  })
})

describe('a takeover that is stopped', () => {
  it('has ended, begins no other transaction and leaves what it has not taken over', async () => {
    const { takeover, append, commits, wal } = await setUp()
    await append(200)
    takeover.add(
      'a',
      Array.from({ length: 3000 }, (_, i) => [{ key: `k${i}`, value: i }]),
    )
    await append(100)
    expect(commits).toHaveLength(1)
    let isStopped = false
    const stopped = takeover.stop().then(() => {
      isStopped = true
    })
    await turn()
    expect(isStopped).toBe(false)
    commits[0]?.succeed()
    await stopped
    expect(commits).toHaveLength(1)
    expect(wal.isOtherFree).toBe(false)
    expect(takeover.missing('a', 1).size).toBe(3002)
  })
})
