// Takes disk space before it is needed. When LMDB's own writes fail half-way, nothing it does afterwards can be relied on, so a full
// disk must be found out before: the file is made longer, by zeros, than a commit can make it. Where that fails, the commit is refused
// and LMDB knows nothing of it.

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { DATA_FILE, type Env, type Write } from './lmdb-env.js'

const CHUNK_BYTES = 1 << 20
/** For lists of free pages, and what else LMDB writes by the way. */
const SPARE_PAGES = 64
/** A leaf is split in halves; a value longer than one of them has pages of its own. */
const HALF_LEAF_BYTES = 1500

interface Stats {
  readonly pageSize: number
  readonly treeDepth: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly lastPageNumber: number
}

export class Space {
  private readonly file: FileHandle
  private sizeBytes: number

  private constructor(file: FileHandle, sizeBytes: number) {
    this.file = file
    this.sizeBytes = sizeBytes
  }

  static async open(dir: string): Promise<Space> {
    const file = await open(join(dir, DATA_FILE), 'r+')
    return new Space(file, (await file.stat()).size)
  }

  /** Throws what the system says when there is not enough. No commit is under way. */
  async reserve(env: Env, writes: readonly Write[]): Promise<void> {
    const stats = env.getStats() as Stats
    const needed = (stats.lastPageNumber + 1 + pagesOf(writes, stats)) * stats.pageSize
    if (needed <= this.sizeBytes) return
    const { size } = await this.file.stat() // LMDB may have made it longer
    const end = Math.ceil(needed / CHUNK_BYTES) * CHUNK_BYTES
    const zeros = Buffer.alloc(Math.max(Math.min(end - size, CHUNK_BYTES), 0))
    for (let at = size; at < end; ) {
      const { bytesWritten } = await this.file.write(zeros, 0, Math.min(zeros.length, end - at), at)
      at += bytesWritten
    }
    this.sizeBytes = Math.max(size, end)
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

/** At most so many pages are written anew. */
function pagesOf(writes: readonly Write[], stats: Stats): number {
  let longPages = 0
  let bytes = 0
  for (const { key, value } of writes) {
    const length = value?.length ?? 0
    if (length > HALF_LEAF_BYTES) longPages += Math.ceil(length / stats.pageSize) + 1
    else bytes += length
    bytes += key.length
  }
  const newLeaves = Math.ceil(bytes / HALF_LEAF_BYTES) + 2
  const leaves = Math.min(2 * writes.length, stats.treeLeafPageCount + newLeaves)
  const branches = Math.min(writes.length * (stats.treeDepth + 1), stats.treeBranchPageCount + newLeaves)
  return leaves + branches + longPages + SPARE_PAGES
}
