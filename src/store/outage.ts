// A disk that is nearly full takes what is short and refuses what is long, by turns. That is one outage: it is told when it begins, every
// append that it refuses fails with the same error, so that who tells of errors tells of it once, and it is over when there is room for
// the longest that was refused.

import type { StoreError } from './store-error.js'
import { DiskFailure } from './wal-file.js'

/** Room is asked for at each append while it lasts, which is not to cost much. */
const MAX_ASKED_BYTES = 4 << 20

export class Outage {
  readonly error: StoreError
  private longestBytes = 0

  constructor(error: StoreError) {
    this.error = error
  }

  /** A frame of so many bytes is refused. */
  add(frameBytes: number): void {
    this.longestBytes = Math.min(Math.max(this.longestBytes, frameBytes), MAX_ASKED_BYTES)
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
