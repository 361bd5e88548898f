// Strings that were read before are what a decoder would make of the bytes, every time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownString, readString } from '../../src/protocol/known-strings.js'

const decoded = (bytes: Buffer) => bytes.toString('utf8')
const read = (bytes: Buffer) =>
  readString(Buffer.concat([Buffer.from('..'), bytes, Buffer.from('..')]), 2, bytes.length)

describe('a string that is read', () => {
  it('is what the bytes say, however often they come and whatever came between', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 70 }).map((each) => Buffer.from(each)),
      fc.string({ unit: 'binary', maxLength: 40 }).map((each) => Buffer.from(each)),
      fc.uint8Array({ maxLength: 12 }).map((each) => Buffer.from(each)),
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), (texts) => {
        for (const bytes of [...texts, ...texts]) expect(read(bytes)).toBe(decoded(bytes))
      }),
    )
  })

  it('is told from those that fall on its place', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => Buffer.from(`group-${i}`))
    for (const bytes of [...names, ...names]) expect(read(bytes)).toBe(decoded(bytes))
  })

  it('is not taken for one whose characters are its bytes', () => {
    const text = '\u0082\u00cb\u00ac' // in UTF-8 it falls on the same place as these three bytes
    expect(read(Buffer.from(text, 'utf8'))).toBe(text)
    const bytes = Buffer.from(text, 'latin1')
    expect(read(bytes)).toBe(decoded(bytes))
  })

  it('is the one that was made here, if it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 70 }), (text) => {
        expect(knownString(text)).toBe(text)
        expect(read(Buffer.from(text))).toBe(text)
      }),
    )
  })
})
