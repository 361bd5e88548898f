// How the records of a batch are packed. The codecs live with the server (some are libraries loaded when needed); this
// is what the pure rooms see of them.

import { ProtocolError } from '../errors.js'

/** By the number in a batch's attributes. */
export const CODEC_NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

export interface Compression {
  /** Throws ProtocolError for an unknown codec, one that is not loaded, and bytes that it cannot unpack. */
  decompress(codec: number, bytes: Buffer): Buffer
  compress(codec: number, bytes: Buffer): Buffer
}

/** For batches that are not compressed. */
export const NO_COMPRESSION: Compression = { decompress: passThrough, compress: passThrough }

function passThrough(codec: number, bytes: Buffer): Buffer {
  if (codec === 0) return bytes
  throw new ProtocolError(`compression codec ${CODEC_NAMES[codec] ?? codec} is not loaded`)
}
