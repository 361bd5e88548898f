// A real file system that is small: an ext4 image where that may be mounted, else a tmpfs. Where nothing may be mounted, a limit on the
// size of files that the system holds the server to (RLIMIT_FSIZE): its writes fail as on a full disk, with EFBIG in place of ENOSPC.

import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atExit } from '../../../conformance/targets/exit.js'

export interface SmallDisk {
  /** What it is, for who reads the report. */
  readonly kind: string
  /** A directory on it. */
  readonly path: string
  fill(pid: number): void
  /** Makes room again. */
  clear(pid: number): void
  remove(): void
}

const DISK_BYTES = 12 * 1024 * 1024
const PIECE_BYTES = 64 * 1024
/** Space that is left in the data file itself when the limit is set to what it is. */
const UNLIMITED = 'unlimited'

export function smallDisk(workDir: string): SmallDisk {
  return mounted(workDir) ?? limited(workDir)
}

function mounted(workDir: string): SmallDisk | null {
  const path = join(workDir, 'disk')
  const image = join(workDir, 'image')
  mkdirSync(path)
  const mount = (...args: string[]) => quietly('mount', [...args, path])
  writeFileSync(image, '')
  truncateSync(image, DISK_BYTES)
  const isExt4 =
    quietly('mkfs.ext4', ['-q', '-F', '-m', '0', '-O', '^has_journal', image]) && mount('-o', 'loop', image)
  const size = `size=${DISK_BYTES}`
  if (!isExt4 && !mount('-t', 'tmpfs', '-o', size, 'tmpfs')) return null
  const remove = () => quietly('umount', ['--lazy', path])
  const forget = atExit(remove)
  const filler = join(path, 'filler')
  return {
    kind: `${isExt4 ? 'ext4 (loop)' : 'tmpfs'} of ${DISK_BYTES / 1024 / 1024} MiB`,
    path,
    fill: () => fill(filler),
    clear: () => rmSync(filler),
    remove() {
      remove()
      forget()
    },
  }
}

function fill(filler: string): void {
  for (let bytes = PIECE_BYTES; bytes >= 512; ) {
    try {
      appendFileSync(filler, Buffer.alloc(bytes, 1))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      bytes /= 2
    }
  }
}

function limited(workDir: string): SmallDisk {
  const path = workDir
  const limit = (pid: number, bytes: number | string) => {
    const args = ['--pid', String(pid), `--fsize=${bytes}:${UNLIMITED}`]
    if (!quietly('prlimit', args))
      throw new Error('neither mount nor prlimit work here: there is no way to a full disk')
  }
  return {
    kind: 'a limit on the size of files (RLIMIT_FSIZE): nothing may be mounted here',
    path,
    fill: (pid) => limit(pid, statSync(join(path, 'data', 'data.mdb')).size),
    clear: (pid) => limit(pid, UNLIMITED),
    remove() {},
  }
}

function quietly(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
