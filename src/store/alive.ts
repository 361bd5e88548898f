// When the owner of a directory was last known to run, and which write to the log it had acknowledged by then: a file of its own, overwritten
// in place and never flushed, so that it costs next to nothing each second. A killed process leaves it as it was; after a loss of power
// the stamp of the last commit may be the newer one. It never says more than what was flushed before.

import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '../protocol/records/crc32c.js'

const FILE = 'alive'
const MS_BYTES = 8
const CRC_BYTES = 4
const ACKNOWLEDGED_AT = MS_BYTES + CRC_BYTES
const SALT_BYTES = 4
const SEQUENCE_BYTES = 8
const ACKNOWLEDGED_BYTES = SALT_BYTES + SEQUENCE_BYTES
const FILE_BYTES = ACKNOWLEDGED_AT + ACKNOWLEDGED_BYTES + CRC_BYTES

/** That frame of the log and all before it are on the disk. */
export interface Acknowledged {
  /** Of the file that was written then (WalMark). */
  readonly salt: number
  readonly sequence: number
}

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
  write(nowMs: number, acknowledged: Acknowledged | null): void {
    const bytes = Buffer.alloc(FILE_BYTES)
    bytes.writeBigInt64BE(BigInt(Math.floor(nowMs)))
    bytes.writeUInt32BE(crc32c(bytes, 0, MS_BYTES), MS_BYTES)
    if (acknowledged !== null) {
      bytes.writeUInt32BE(acknowledged.salt, ACKNOWLEDGED_AT)
      bytes.writeBigInt64BE(BigInt(acknowledged.sequence), ACKNOWLEDGED_AT + SALT_BYTES)
      const end = ACKNOWLEDGED_AT + ACKNOWLEDGED_BYTES
      bytes.writeUInt32BE(crc32c(bytes, ACKNOWLEDGED_AT, end), end)
    }
    this.writing = this.writing.then(() => this.file.write(bytes, 0, FILE_BYTES, 0)).catch(() => {})
  }

  async close(): Promise<void> {
    await this.writing
    await this.file.close()
  }
}

/** 0 where there is none, or half of one. */
export async function readAliveMs(dir: string): Promise<number> {
  const bytes = await contentsOf(dir)
  return isWhole(bytes, 0, MS_BYTES) ? Number(bytes.readBigInt64BE()) : 0
}

/** null where nothing is known. */
export async function readAcknowledged(dir: string): Promise<Acknowledged | null> {
  const bytes = await contentsOf(dir)
  if (!isWhole(bytes, ACKNOWLEDGED_AT, ACKNOWLEDGED_BYTES)) return null
  return {
    salt: bytes.readUInt32BE(ACKNOWLEDGED_AT),
    sequence: Number(bytes.readBigInt64BE(ACKNOWLEDGED_AT + SALT_BYTES)),
  }
}

const contentsOf = (dir: string) => readFile(join(dir, FILE)).catch(() => Buffer.alloc(0))

/** Whether a checksum of `size` bytes is behind them. */
function isWhole(bytes: Buffer, at: number, size: number): boolean {
  const end = at + size
  return bytes.length >= end + CRC_BYTES && bytes.readUInt32BE(end) === crc32c(bytes, at, end)
}
