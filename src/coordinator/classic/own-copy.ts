// Bytes that are kept for long, in slabs that have nothing else.

import { NO_BYTES } from './group.js'

/** So much is kept at most on behalf of the last few bytes that are still in use. */
const SLAB_BYTES = 2048
/** What is larger has its memory for itself. */
const MAX_SHARED_BYTES = 512

let slab = NO_BYTES
let used = 0

/**
 * A copy that is meant to be kept. What Buffer.from copies is cut from slabs that requests and answers are cut from too: of eight
 * kilobytes one member's few bytes would be all that is still in use.
 */
export function ownCopy(bytes: Uint8Array): Buffer {
  const { length } = bytes
  if (length === 0) return NO_BYTES
  if (length > MAX_SHARED_BYTES) {
    const own = Buffer.allocUnsafeSlow(length)
    own.set(bytes)
    return own
  }
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
    used = 0
  }
  const copy = slab.subarray(used, used + length)
  copy.set(bytes)
  used += length
  return copy
}
