import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { crc32c } from '../../../src/protocol/records/crc32c.js'
import {
  FOLD_FROM_BYTES,
  FOLD_MAX_BYTES,
  type Fold,
  makeFold,
} from '../../../src/protocol/records/crc32c-fold.js'

// RFC 3720, B.4
it.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
])('CRC-32C of %o', (bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc)
})

function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

it('CRC-32C by eight bytes a turn is what bit by bit gives, wherever the bytes begin', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), (bytes, start) => {
      expect(crc32c(bytes, start)).toBe(bitwise(bytes.subarray(start)))
    }),
  )
})

const noise = (length: number, seed: number) => {
  let state = seed | 1
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 0x9e3779b1) ^ (state >>> 15)
    return state
  })
}

it('CRC-32C of long bytes, which are made short first, is what bit by bit gives', () => {
  const most = FOLD_FROM_BYTES * 3
  fc.assert(
    fc.property(fc.nat(most), fc.nat(), fc.nat(40), (length, seed, start) => {
      const bytes = noise(length + start, seed)
      expect(crc32c(bytes, start)).toBe(bitwise(bytes.subarray(start)))
    }),
  )
})

it.each([FOLD_FROM_BYTES, FOLD_MAX_BYTES, 2 * FOLD_MAX_BYTES + FOLD_FROM_BYTES])(
  'CRC-32C around the limit of %i bytes, where another way begins, is what bit by bit gives',
  (limit) => {
    const bytes = noise(limit + 20, limit)
    for (let length = limit - 20; length <= limit + 20; length += 5) {
      expect(crc32c(bytes, 0, length)).toBe(bitwise(bytes.subarray(0, length)))
    }
  },
)

it('where there is no WebAssembly there is nothing that makes bytes short', () => {
  vi.stubGlobal('WebAssembly', undefined)
  expect(makeFold()).toBeNull()
  vi.unstubAllGlobals()
  expect(makeFold()).not.toBeNull()
})

it('bytes that were made short have the CRC that they had', () => {
  const fold = makeFold() as Fold
  fc.assert(
    fc.property(fc.integer({ min: FOLD_FROM_BYTES, max: 40_000 }), fc.nat(), (length, seed) => {
      const bytes = noise(length, seed)
      const short = Uint8Array.from(fold(-1, bytes, 0, length))
      expect(short.length).toBeLessThan(4096)
      // crc32c begins with all ones, and the short ones are to be begun with 0.
      short.set(short.subarray(0, 4).map((byte) => byte ^ 0xff))
      expect(crc32c(short)).toBe(bitwise(bytes))
    }),
  )
})
