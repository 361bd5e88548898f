// When the owner of a directory was last known to run: a file of its own, overwritten in place and never flushed, so that it costs next to
// nothing each second. A killed process leaves it as it was; after a loss of power the stamp of the last commit may be the newer one.

import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '../protocol/records/crc32c.js'

const FILE = 'alive'
const MS_BYTES = 8
const FILE_BYTES = MS_BYTES + 4

export class AliveFile {
  private readonly file: FileHandle
  private writing: Promise<unknown> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.file = file
  }

  static async open(dir: string): Promise<AliveFile> {
    const path = join(dir, FILE)
    return new AliveFile(await open(path, 'r+').catch(() => open(path, 'w+')))
  }

  /** A disk that takes no stamp is told of by the next commit. */
  write(nowMs: number): void {
    const bytes = Buffer.alloc(FILE_BYTES)
    bytes.writeBigInt64BE(BigInt(Math.floor(nowMs)))
    bytes.writeUInt32BE(crc32c(bytes, 0, MS_BYTES), MS_BYTES)
    this.writing = this.writing.then(() => this.file.write(bytes, 0, FILE_BYTES, 0)).catch(() => {})
  }

  async close(): Promise<void> {
    await this.writing
    await this.file.close()
  }
}

/** 0 where there is none, or half of one. */
export async function readAliveMs(dir: string): Promise<number> {
  const bytes = await readFile(join(dir, FILE)).catch(() => Buffer.alloc(0))
  if (bytes.length < FILE_BYTES || bytes.readUInt32BE(MS_BYTES) !== crc32c(bytes, 0, MS_BYTES)) return 0
  return Number(bytes.readBigInt64BE())
}
