// Who has nothing new to say sends the same bytes again: a member's heartbeats differ in their correlation ids alone until the next
// rebalance. So what a connection's last request was read as is kept, and stands for the next one too if that is the same.

import type { ReadRequest } from '../protocol/frame.js'
import { API_KEY_OFFSET, CORRELATION_ID_OFFSET, REQUEST_PREFIX_BYTES } from '../protocol/layouts.js'

/** Longer ones hold what changes. */
const MAX_BYTES = 256

export class LastRequest {
  private bytes: Buffer | null = null
  private read: ReadRequest | null = null
  /** Of the request before, which is remembered only if one like it comes again. */
  private lengthBytes = 0
  private apiKey = -1

  /** What it was read as, if it is the one that is remembered but for its correlation id; shared, so not to be changed. */
  again(frame: Buffer): ReadRequest | null {
    return this.bytes !== null && isSame(this.bytes, frame) ? this.read : null
  }

  /** `frame` is copied. */
  remember(frame: Buffer, read: ReadRequest): void {
    const apiKey = frame.readInt16BE(API_KEY_OFFSET)
    const isLike = frame.length === this.lengthBytes && apiKey === this.apiKey
    this.lengthBytes = frame.length
    this.apiKey = apiKey
    if (!isLike || read.isView || frame.length > MAX_BYTES) return
    if (this.bytes?.length !== frame.length) this.bytes = Buffer.allocUnsafeSlow(frame.length)
    frame.copy(this.bytes)
    this.read = read
  }
}

function isSame(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false
  for (let i = API_KEY_OFFSET; i < CORRELATION_ID_OFFSET; i++) if (a[i] !== b[i]) return false
  for (let i = REQUEST_PREFIX_BYTES; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
