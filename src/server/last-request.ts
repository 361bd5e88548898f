// Who has nothing new to say sends the same bytes again: a member's heartbeats differ in their correlation ids alone until the next
// rebalance. So what a connection's last request was read as is kept, and stands for the next one too if that is the same.

import type { ReadRequest } from '../protocol/frame.js'
import { API_KEY_OFFSET, REQUEST_PREFIX_BYTES } from '../protocol/layouts.js'

/** Longer ones hold what changes. */
const MAX_BYTES = 256

export class LastRequest {
  private bytes: DataView | null = null
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
    this.bytes = new DataView(new Uint8Array(frame).buffer)
    this.read = read
  }
}

/** Four bytes at a time, and the last ones again where they are fewer: twice as fast as each alone. */
function isSame(known: DataView, frame: Buffer): boolean {
  const { byteLength: length } = known
  if (frame.length !== length) return false
  const bytes = viewOf(frame.buffer)
  const start = frame.byteOffset
  if (bytes.getInt32(start + API_KEY_OFFSET) !== known.getInt32(API_KEY_OFFSET)) return false // API and version
  for (let i = REQUEST_PREFIX_BYTES; i <= length - 4; i += 4)
    if (bytes.getInt32(start + i) !== known.getInt32(i)) return false
  return length < 4 || bytes.getInt32(start + length - 4) === known.getInt32(length - 4)
}

/** Mostly the one buffer that all connections read into. */
let viewed: DataView = new DataView(new ArrayBuffer(0))

function viewOf(memory: ArrayBufferLike): DataView {
  if (viewed.buffer !== memory) viewed = new DataView(memory)
  return viewed
}
