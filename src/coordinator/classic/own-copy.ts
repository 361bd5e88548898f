// Bytes that are kept for long, in slabs that have nothing else. What many members say alike is kept once.

import { NO_BYTES } from './member.js'

/** So much is kept at most on behalf of the last few bytes that are still in use. */
const SLAB_BYTES = 2048
/** What is larger has its memory for itself. */
const MAX_SHARED_BYTES = 512

let slab = NO_BYTES
let used = 0

/** A power of two. What falls on the same place drives out what was there. */
const PLACES = 256
/** Copies of late: groups whose members are alike have subscriptions and assignments alike. */
const latest: Buffer[] = new Array<Buffer>(PLACES).fill(NO_BYTES)

/**
 * A copy that is meant to be kept. What Buffer.from copies is cut from slabs that requests and answers are cut from too: of eight
 * kilobytes one member's few bytes would be all that is still in use. Others may have been given the same: it must not be changed.
 */
export function ownCopy(bytes: Uint8Array): Buffer {
  const { length } = bytes
  if (length === 0) return NO_BYTES
  if (length > MAX_SHARED_BYTES) {
    const own = Buffer.allocUnsafeSlow(length)
    own.set(bytes)
    return own
  }
  const place = placeOf(bytes)
  const same = latest[place] as Buffer
  if (same.equals(bytes)) return same
  const copy = copyInSlab(bytes)
  latest[place] = copy
  return copy
}

function placeOf(bytes: Uint8Array): number {
  let hash = bytes.length
  for (let i = 0; i < bytes.length; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
  return (hash ^ (hash >>> 13)) & (PLACES - 1)
}

function copyInSlab(bytes: Uint8Array): Buffer {
  const { length } = bytes
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
    used = 0
  }
  const copy = slab.subarray(used, used + length)
  copy.set(bytes)
  used += length
  return copy
}
