// The codecs of record batches. A broker keeps batches as they were sent and opens one only to find a record by time, so
// it makes do with what Node brings: gzip. A batch of another codec is then found by its first record.

import { gunzipSync, gzipSync } from 'node:zlib'
import { ProtocolError } from '../protocol/errors.js'
import { CODEC_NAMES, type Compression } from '../protocol/records/compression.js'

const GZIP = 1
/** max.decompressed.message.bytes of Kafka is 2 GiB; nobody tests with more than this. */
const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024

export const compression: Compression = {
  decompress(codec, bytes) {
    if (codec === 0) return bytes
    if (codec !== GZIP) throw notLoaded(codec)
    try {
      return gunzipSync(bytes, { maxOutputLength: MAX_DECOMPRESSED_BYTES })
    } catch (error) {
      throw new ProtocolError(`gzip: ${error instanceof Error ? error.message : error}`)
    }
  },
  compress(codec, bytes) {
    if (codec === 0) return bytes
    if (codec !== GZIP) throw notLoaded(codec)
    return gzipSync(bytes)
  },
}

function notLoaded(codec: number): ProtocolError {
  return new ProtocolError(`compression codec ${CODEC_NAMES[codec] ?? codec} is not loaded`)
}
