// Bytes that are kept for long.

import { NO_BYTES } from './group.js'

/**
 * A copy with memory of its own. What Buffer.from copies is cut from a slab of eight kilobytes that requests and answers are cut from
 * too: kept, it would keep all of the slab.
 */
export function ownCopy(bytes: Uint8Array): Buffer {
  if (bytes.length === 0) return NO_BYTES
  const own = Buffer.alloc(bytes.length)
  own.set(bytes)
  return own
}
