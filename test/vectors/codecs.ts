// All of Kafka's compression codecs, through libraries: vectors are compared after decompression.

import { init, decompress as unzstd, compress as zstd } from '@bokuweb/zstd-wasm'
import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import snappy from 'snappy'
import type { Compression } from '../../src/protocol/records/compression.js'
import { compression as builtIn } from '../../src/server/compression.js'

const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex')
const XERIAL_HEADER_BYTES = 16

await init()

export const codecs: Compression = {
  decompress(codec, bytes) {
    if (codec === 2) return unsnappy(bytes)
    if (codec === 3) return decompressFrameSync(bytes)
    if (codec === 4) return Buffer.from(unzstd(bytes))
    return builtIn.decompress(codec, bytes)
  },
  compress(codec, bytes) {
    if (codec === 2) return snappy.compressSync(bytes)
    if (codec === 3) return compressFrameSync(bytes)
    if (codec === 4) return Buffer.from(zstd(bytes))
    return builtIn.compress(codec, bytes)
  },
}

/** Blocks of the Java library: a header, then each block behind its length. */
function unsnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    return snappy.uncompressSync(bytes, { asBuffer: true }) as Buffer
  }
  const blocks: Buffer[] = []
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const size = bytes.readInt32BE(at)
    blocks.push(snappy.uncompressSync(bytes.subarray(at + 4, at + 4 + size), { asBuffer: true }) as Buffer)
    at += 4 + size
  }
  return Buffer.concat(blocks)
}
