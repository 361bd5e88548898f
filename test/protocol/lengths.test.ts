// Lengths as Kafka reads them: any negative one is null, and what overflows an int32 is negative.

import { describe, expect, it } from 'vitest'
import { codec } from '../../src/protocol/compile.js'
import { array, message, string } from '../../src/protocol/schema.js'
import { Reader } from '../../src/protocol/wire.js'

const schema = message('Lengths', '0-1', '1+', {
  texts: array('string')('0+', { nullable: '0+' }),
  text: string('0+', { nullable: '0+' }),
  due: array('string')('0+'),
})
const read = (version: number, hex: string) =>
  codec(schema, version).read(new Reader(Buffer.from(hex, 'hex')))

describe('null', () => {
  it('is any negative length, where null may be', () => {
    for (const [array, text] of [
      ['ffffffff', 'ffff'],
      ['80000000', '8000'],
      ['fffffffe', 'fff0'],
    ])
      expect(read(0, `${array}${text}00000000`)).toEqual({ texts: null, text: null, due: [] })
  })

  it('is a compact length of 0, or one that overflows', () => {
    for (const length of ['00', 'ffffffff0f', '818080800f'])
      expect(read(1, `${length}${length}0100`)).toMatchObject({ texts: null, text: null, due: [] })
  })

  it('is an error where a value is due', () => {
    expect(() => read(0, 'ffffffffffff80000000')).toThrow(/null before byte 10, where a value is due/)
    expect(() => read(1, '0000ffffffff0f00')).toThrow(/null before byte 7, where a value is due/)
  })

  it('is not the least int32, which less one is the largest', () => {
    expect(() => read(1, '80808080080001')).toThrow(/2147483647/)
  })
})
