// All of Kafka's compression codecs: unpacked as the server does it, packed by libraries. Vectors are compared after
// decompression.

import { init, compress as zstd } from '@bokuweb/zstd-wasm'
import { compressFrameSync } from 'lz4-napi'
import snappy from 'snappy'
import type { Compression } from '../../src/protocol/records/compression.js'
import { compression as builtIn } from '../../src/server/compression.js'

await init()

export const codecs: Compression = {
  decompress: builtIn.decompress,
  compress(codec, bytes) {
    if (codec === 2) return snappy.compressSync(bytes)
    if (codec === 3) return compressFrameSync(bytes)
    if (codec === 4) return Buffer.from(zstd(bytes))
    return builtIn.compress(codec, bytes)
  },
}
