// The codecs of record batches, against the libraries that clients use: what those pack we unpack, and the other way round.

import { init, decompress as unzstdLibrary, compress as zstdLibrary } from '@bokuweb/zstd-wasm'
import fc from 'fast-check'
import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import snappy from 'snappy'
import { beforeAll, describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/protocol/errors.js'
import { compression } from '../../src/server/compression.js'

const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4]

beforeAll(() => init())

/** Text that packs well, noise that does not, long runs, and sizes around the limits of blocks. */
function samples(): [string, Buffer][] {
  const words = Array.from({ length: 40_000 }, (_, i) => `word${(i * 7919) % 311} `).join('')
  let seed = 7
  const random = () => {
    seed = (seed * 48_271) % 0x7fffffff
    return seed & 0xff
  }
  const noise = Buffer.from(Array.from({ length: 200_000 }, random))
  const skewed = Buffer.from(noise.map((byte) => 97 + Math.clz32((byte << 24) | 1)))
  return [
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['text', Buffer.from(words)],
    ['noise', noise],
    ['few symbols', skewed],
    ['a run', Buffer.alloc(300_000, 'a')],
    ['64 KiB', noise.subarray(0, 65_536)],
    ['short text', Buffer.from('the quick brown fox jumps over the lazy dog, the quick brown fox again')],
  ]
}

describe.each(samples())('of %s', (_, bytes) => {
  it.each([0, GZIP, SNAPPY, LZ4, ZSTD])('codec %i comes back', (codec) => {
    expect(compression.decompress(codec, compression.compress(codec, bytes)).equals(bytes)).toBe(true)
  })

  it('snappy of the library is unpacked', () => {
    expect(compression.decompress(SNAPPY, snappy.compressSync(bytes)).equals(bytes)).toBe(true)
  })

  it('lz4 of the library is unpacked, and it unpacks ours', () => {
    expect(compression.decompress(LZ4, compressFrameSync(bytes)).equals(bytes)).toBe(true)
    expect(decompressFrameSync(compression.compress(LZ4, bytes)).equals(bytes)).toBe(true)
  })

  it.each([1, 3, 10, 19])('zstd of the library at level %i is unpacked', (level) => {
    const packed = Buffer.from(zstdLibrary(bytes, level))
    expect(compression.decompress(ZSTD, packed).equals(bytes)).toBe(true)
  })

  it('the library unpacks our zstd', () => {
    if (bytes.length === 0) return // it takes nothing for an error
    expect(Buffer.from(unzstdLibrary(compression.compress(ZSTD, bytes))).equals(bytes)).toBe(true)
  })
})

it.each([GZIP, SNAPPY, LZ4, ZSTD])(
  'codec %i fails on other bytes with a ProtocolError, and never else',
  (codec) => {
    const packed = compression.compress(codec, Buffer.from('the quick brown fox'.repeat(50)))
    const library =
      codec === ZSTD ? Buffer.from(zstdLibrary(Buffer.from('the quick fox '.repeat(50)), 3)) : packed
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(), (changes, cut) => {
        const bytes = Buffer.from(library).subarray(0, cut % 3 === 0 ? cut % library.length : library.length)
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
        try {
          compression.decompress(codec, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  },
)
