import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32c } from '../../../src/protocol/records/crc32c.js'

// RFC 3720, B.4
it.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  [Buffer.from('123456789'), 0xe3069283],
])('CRC-32C of %o', (bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc)
})

it('CRC-32C by eight bytes a turn is what bit by bit gives, wherever the bytes begin', () => {
  const bitwise = (bytes: Uint8Array) => {
    let crc = 0xffffffff
    for (const byte of bytes) {
      crc ^= byte
      for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return (crc ^ 0xffffffff) >>> 0
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), (bytes, start) => {
      expect(crc32c(bytes, start)).toBe(bitwise(bytes.subarray(start)))
    }),
  )
})
