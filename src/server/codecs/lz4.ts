// LZ4 in its frame format. Checksums are not looked at: the batch has its own, and old clients compute the header's wrongly
// (KAFKA-3160). What we write ourselves is only stored: readers need the format, not a small size.

import { Output } from './output.js'

const MAGIC = 0x184d2204
const STORED = 0x80000000
const CONTENT_SIZE_FLAG = 0x08
const DICTIONARY_FLAG = 0x01
const BLOCK_CHECKSUM_FLAG = 0x10
const MIN_MATCH = 4
const BLOCK_BYTES = 65_536
/** Magic, version 1 with independent blocks, blocks of up to 64 KiB, and the checksum of those two bytes. */
const STORED_HEADER = Buffer.from('04224d18604082', 'hex')

/** Throws RangeError for bytes that are not LZ4, and for more than `maxBytes`. */
export function unlz4(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('not an LZ4 frame')
  const flags = bytes[4] as number
  let at = 7 + (flags & CONTENT_SIZE_FLAG ? 8 : 0) + (flags & DICTIONARY_FLAG ? 4 : 0)
  const checksumBytes = flags & BLOCK_CHECKSUM_FLAG ? 4 : 0
  const out = new Output(maxBytes)
  for (;;) {
    const announced = bytes.readUInt32LE(at)
    at += 4
    if (announced === 0) return out.bytes()
    const size = announced & ~STORED
    if (at + size > bytes.length) throw new RangeError(`a block of ${size} bytes`)
    const block = bytes.subarray(at, at + size)
    if (announced >= STORED) out.put(block)
    else unpackBlock(block, out)
    at += size + checksumBytes
  }
}

function unpackBlock(block: Buffer, out: Output): void {
  let at = 0
  const more = (first: number): number => {
    if (first < 15) return first
    for (let total = first; ; ) {
      const byte = block.readUInt8(at++)
      total += byte
      if (byte < 255) return total
    }
  }
  while (at < block.length) {
    const token = block.readUInt8(at++)
    const literals = more(token >> 4)
    if (at + literals > block.length) throw new RangeError('literals that are too long')
    out.put(block.subarray(at, at + literals))
    at += literals
    if (at === block.length) return
    const distance = block.readUInt16LE(at)
    at += 2
    out.repeat(distance, more(token & 15) + MIN_MATCH)
  }
}

export function storeLz4(bytes: Buffer): Buffer {
  const parts: Buffer[] = [STORED_HEADER]
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES)
    const size = Buffer.alloc(4)
    size.writeUInt32LE((block.length | STORED) >>> 0)
    parts.push(size, block)
  }
  return Buffer.concat([...parts, Buffer.alloc(4)])
}
