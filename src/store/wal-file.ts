// One file of the write-ahead log: made longer by zeros before anything is written there, so that a flush of what is written has no size
// and no blocks to write down, and that a full disk is found out before a frame is begun. It is written again and again from its
// beginning.

import { close, constants, fdatasync, ftruncate, open, statfs, write } from 'node:fs'
import { dirname } from 'node:path'

const CHUNK_BYTES = 1 << 20
/** Who hardly writes anything keeps a small directory. */
export const FIRST_BYTES = 64 * 1024
/** Where there is less left of the disk, the log is not to have it: LMDB needs some to take over what the log has. */
const PLENTY_BYTES = 512 << 20

/** What it waited for has failed, and may have happened in part; trying again mends nothing. */
export class DiskFailure extends Error {}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export class WalFile {
  private readonly path: string
  private readonly fd: number
  private readonly isSynced: boolean
  sizeBytes: number

  private constructor(path: string, fd: number, sizeBytes: number, isSynced: boolean) {
    this.path = path
    this.fd = fd
    this.sizeBytes = sizeBytes
    this.isSynced = isSynced
  }

  /** A new one in the place of whatever is there, flushed; its name is not. */
  static async create(path: string, isSynced: boolean): Promise<WalFile> {
    const { O_RDWR, O_CREAT, O_TRUNC } = constants
    const fd = await done<number>((callback) => open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644, callback))
    const file = new WalFile(path, fd, 0, isSynced)
    try {
      await file.extend(FIRST_BYTES)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  static async open(path: string, sizeBytes: number, isSynced: boolean): Promise<WalFile> {
    const fd = await done<number>((callback) => open(path, constants.O_RDWR, callback))
    return new WalFile(path, fd, sizeBytes, isSynced)
  }

  /** There is room up to `end`. Throws what the system says when the disk has none, and DiskFailure. */
  async reserve(end: number): Promise<void> {
    if (end > this.sizeBytes) await this.extend(Math.ceil(end / CHUNK_BYTES) * CHUNK_BYTES)
  }

  /** Flushed before a frame is there: else its beginning could outlive a loss of power, and the size of the file not. */
  private async extend(end: number): Promise<void> {
    const before = this.sizeBytes
    const zeros = Buffer.alloc(Math.min(end - before, CHUNK_BYTES))
    try {
      while (this.sizeBytes < end) {
        const size = Math.min(zeros.length, end - this.sizeBytes)
        this.sizeBytes += await this.put(zeros.subarray(0, size), this.sizeBytes)
      }
    } catch (error) {
      // The last of the disk is not to go to one long frame that it is too short for: LMDB needs it.
      if (!(error instanceof DiskFailure)) await this.shorten(Math.max(before, CHUNK_BYTES))
      throw error
    } finally {
      await this.flush() // also where the disk is full before the end: a shorter frame may fit in what there is
    }
  }

  /** All of it. Throws what the system says when the disk is full, and DiskFailure. */
  async write(bytes: Buffer, at: number): Promise<void> {
    for (let begin = 0; begin < bytes.length; ) begin += await this.put(bytes.subarray(begin), at + begin)
  }

  private async put(bytes: Buffer, at: number): Promise<number> {
    try {
      return await done<number>((callback) => write(this.fd, bytes, 0, bytes.length, at, callback))
    } catch (error) {
      throw fullOrFailure(error)
    }
  }

  /** Nothing where flushes are left to the system. Throws DiskFailure. */
  async flush(): Promise<void> {
    if (!this.isSynced) return
    try {
      await done<void>((callback) => fdatasync(this.fd, callback))
    } catch (error) {
      throw failure(error)
    }
  }

  /** Gives back what is behind `end`. Throws DiskFailure. */
  async shorten(end: number): Promise<void> {
    if (end >= this.sizeBytes) return
    try {
      await done<void>((callback) => ftruncate(this.fd, end, callback))
    } catch (error) {
      throw failure(error)
    }
    this.sizeBytes = end
  }

  /** Whether it may grow by more than a little; also where nobody knows. */
  async hasPlenty(): Promise<boolean> {
    try {
      const { bavail, bsize } = await done<{ bavail: number; bsize: number }>((callback) =>
        statfs(dirname(this.path), callback),
      )
      return bavail * bsize > PLENTY_BYTES
    } catch {
      return true
    }
  }

  async close(): Promise<void> {
    await done<void>((callback) => close(this.fd, callback))
  }
}

const failure = (error: unknown) => new DiskFailure((error as Error).message)

/** As it is where the disk is full, which passes; else DiskFailure. */
export function fullOrFailure(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  return FULL.has(code) || error instanceof DiskFailure ? error : failure(error)
}

type Callback<T> = (error: NodeJS.ErrnoException | null, result: T) => void

/** As util.promisify, which is of no use to functions with several results. */
function done<T>(begin: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, result) => (error ? reject(error) : resolve(result)))
  })
}
