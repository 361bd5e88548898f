// The codecs of record batches. A broker keeps batches as they were sent and opens one to check its records, to find one by
// time, to compact, and for old clients.

import { ProtocolError } from '../protocol/errors.js'
import { CODEC_NAMES, type Compression } from '../protocol/records/compression.js'
import { zlib } from './builtins.js'
import { storeLz4, unlz4 } from './codecs/lz4.js'
import { storeSnappy, unsnappy } from './codecs/snappy.js'
import { storeZstd, unzstd } from './codecs/zstd.js'

/** max.decompressed.message.bytes of Kafka is 2 GiB; nobody tests with more than this. */
const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024

interface Codec {
  unpack(bytes: Buffer, maxBytes: number): Buffer
  pack(bytes: Buffer): Buffer
}

const plain: Codec = { unpack: (bytes) => bytes, pack: (bytes) => bytes }
const gzip: Codec = {
  unpack: (bytes, maxBytes) => zlib().gunzipSync(bytes, { maxOutputLength: maxBytes }),
  pack: (bytes) => zlib().gzipSync(bytes),
}

/** By number. */
const CODECS: readonly (Codec | undefined)[] = [
  plain,
  gzip,
  { unpack: unsnappy, pack: storeSnappy },
  { unpack: unlz4, pack: storeLz4 },
  { unpack: unzstd, pack: storeZstd },
]

export const compression: Compression = {
  decompress(codec, bytes) {
    const { unpack } = known(codec)
    try {
      return unpack(bytes, MAX_DECOMPRESSED_BYTES)
    } catch (error) {
      throw new ProtocolError(`${CODEC_NAMES[codec]}: ${error instanceof Error ? error.message : error}`)
    }
  },
  compress: (codec, bytes) => known(codec).pack(bytes),
}

function known(codec: number): Codec {
  const found = CODECS[codec]
  if (found === undefined)
    throw new ProtocolError(`compression codec ${CODEC_NAMES[codec] ?? codec} is not loaded`)
  return found
}
