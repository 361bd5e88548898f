// CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, as record batches carry it. Eight tables, eight bytes a turn; what is long is
// made short first (crc32c-fold.ts). node:zlib's crc32 is another polynomial.

import { FOLD_FROM_BYTES, FOLD_MAX_BYTES, type Fold, makeFold } from './crc32c-fold.js'

const POLYNOMIAL = 0x82f63b78
const SLICES = 8

/** One behind the other, in one array: T(slice)[byte] is TABLES[slice * 256 + byte]. */
const TABLES = makeTables()

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number
    tables[i] = (before >>> 8) ^ (tables[before & 0xff] as number)
  }
  return tables
}

/** Of `bytes` from `start` to `end`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1
  let at = start
  while (end - at >= FOLD_FROM_BYTES) {
    const upTo = Math.min(end, at + FOLD_MAX_BYTES)
    fold ??= makeFold() ?? 'none'
    if (fold === 'none') break
    const short = fold(crc, bytes, at, upTo)
    crc = update(0, short, 0, short.length)
    at = upTo
  }
  return ~update(crc, bytes, at, end) >>> 0
}

/** Made when first needed. */
let fold: Fold | 'none' | undefined

const table = (slice: number, byte: number) => TABLES[(slice << 8) | (byte & 0xff)] as number

function update(before: number, bytes: Uint8Array, start: number, end: number): number {
  const b = bytes as { [index: number]: number }
  let crc = before
  let i = start
  for (const last = end - SLICES; i <= last; i += SLICES) {
    const low =
      crc ^
      ((b[i] as number) |
        ((b[i + 1] as number) << 8) |
        ((b[i + 2] as number) << 16) |
        ((b[i + 3] as number) << 24))
    crc =
      table(7, low) ^
      table(6, low >>> 8) ^
      table(5, low >>> 16) ^
      table(4, low >>> 24) ^
      table(3, b[i + 4] as number) ^
      table(2, b[i + 5] as number) ^
      table(1, b[i + 6] as number) ^
      table(0, b[i + 7] as number)
  }
  for (; i < end; i++) crc = table(0, crc ^ (b[i] as number)) ^ (crc >>> 8)
  return crc
}
