// A disk that is nearly full takes what is short and refuses what is long, by turns. That is one outage: it is told when it begins, every
// append that it refuses fails with the same error, so that who tells of errors tells of it once, and it is over when there is room for
// the longest that was refused.

import type { StoreError } from './store-error.js'
import { DiskFailure } from './wal-file.js'

export class Outage {
  readonly error: StoreError
  private longestBytes: number

  /** `frameBytes`: of what was refused first. */
  constructor(error: StoreError, frameBytes: number) {
    this.error = error
    this.longestBytes = frameBytes
  }

  /** A frame of so many bytes is refused. */
  add(frameBytes: number): void {
    this.longestBytes = Math.max(this.longestBytes, frameBytes)
  }

  /** Whether there was room for as much as was refused; else for so many bytes. Throws as `makeRoom`, which throws DiskFailure when all is lost. */
  async makeRoom(frameBytes: number, makeRoom: (bytes: number) => Promise<void>): Promise<boolean> {
    try {
      await makeRoom(Math.max(frameBytes, this.longestBytes))
      return true
    } catch (error) {
      if (error instanceof DiskFailure || frameBytes >= this.longestBytes) throw error
    }
    await makeRoom(frameBytes)
    return false
  }
}
