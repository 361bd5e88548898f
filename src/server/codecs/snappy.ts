// Snappy, framed as Kafka's clients do it (xerial: a magic, two version numbers, then blocks behind their sizes) or bare.
// What we write ourselves is framed and only stored: readers need the format, not a small size.

import { copyWithin } from './output.js'

const XERIAL = Buffer.from('82534e4150505900', 'hex')
const XERIAL_HEADER = Buffer.concat([XERIAL, Buffer.from('0000000100000001', 'hex')])
const BLOCK_BYTES = 32_768

/** Throws RangeError for bytes that are not snappy, and for more than `maxBytes`. */
export function unsnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return unpackBlock(bytes, maxBytes)
  const blocks: Buffer[] = []
  let left = maxBytes
  for (let at = XERIAL_HEADER.length; at < bytes.length; ) {
    const size = bytes.readInt32BE(at)
    at += 4
    if (size < 0 || at + size > bytes.length) throw new RangeError(`a block of ${size} bytes`)
    const block = unpackBlock(bytes.subarray(at, at + size), left)
    left -= block.length
    blocks.push(block)
    at += size
  }
  return Buffer.concat(blocks)
}

function unpackBlock(bytes: Buffer, maxBytes: number): Buffer {
  const length = { value: 0, end: 0 }
  readLength(bytes, length)
  if (length.value > maxBytes) throw new RangeError(`${length.value} bytes, which is too much`)
  const out = Buffer.alloc(length.value)
  let to = 0
  for (let at = length.end; at < bytes.length; ) {
    const tag = byteAt(bytes, at++)
    if ((tag & 3) === 0) {
      const extra = Math.max((tag >> 2) - 59, 0)
      const size = (extra === 0 ? tag >> 2 : bytes.readUIntLE(at, extra)) + 1
      at += extra
      if (at + size > bytes.length || to + size > out.length)
        throw new RangeError('a literal that is too long')
      bytes.copy(out, to, at, at + size)
      at += size
      to += size
      continue
    }
    const extra = [0, 1, 2, 4][tag & 3] as number
    const isShort = extra === 1
    const size = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const low = bytes.readUIntLE(at, extra)
    const distance = isShort ? ((tag >> 5) << 8) | low : low
    at += extra
    if (distance === 0 || distance > to || to + size > out.length) throw new RangeError('a copy from nowhere')
    copyWithin(out, to, distance, size)
    to += size
  }
  if (to !== out.length) throw new RangeError(`${to} bytes, where ${out.length} were announced`)
  return out
}

function readLength(bytes: Buffer, length: { value: number; end: number }): void {
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = byteAt(bytes, length.end++)
    length.value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return
  }
  throw new RangeError('a length that does not end')
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new RangeError('the bytes end too early')
  return byte
}

export function storeSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [XERIAL_HEADER]
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES)
    const head = [...varint(block.length), 61 << 2, (block.length - 1) & 0xff, (block.length - 1) >> 8]
    const size = Buffer.alloc(4)
    size.writeInt32BE(head.length + block.length)
    parts.push(size, Buffer.from(head), block)
  }
  return Buffer.concat(parts)
}

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return [...bytes, left]
    bytes.push((left & 0x7f) | 0x80)
  }
}
