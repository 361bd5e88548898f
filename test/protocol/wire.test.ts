import { describe, expect, it } from 'vitest'
import { Apis } from '../../src/protocol/apis.js'
import { codec } from '../../src/protocol/compile.js'
import {
  readSubscribedTopics,
  readSubscription,
  writeSubscription,
} from '../../src/protocol/embedded/consumer-protocol.js'
import { errorName, isRetriable, ProtocolError } from '../../src/protocol/errors.js'
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  readRequestPrefix,
  writeResponse,
} from '../../src/protocol/frame.js'
import { LARGE_BYTES } from '../../src/protocol/pieces.js'
import {
  array,
  int8,
  int16,
  int32,
  int64,
  message,
  records,
  string,
  struct,
} from '../../src/protocol/schema.js'
import { Reader, Writer, ZERO_UUID } from '../../src/protocol/wire.js'

const sample = message('Sample', '0-1', '1+', {
  name: string('0+', { nullable: '1+' }),
  items: array({ id: int32('0+'), tags: array('string')('0+') })('0+'),
  added: int32('1+', { default: 7 }),
})

const bytesOf = (version: number, value: object) => {
  const writer = new Writer(4)
  codec(sample, version).write(writer, value)
  return writer.take()
}

describe('a codec', () => {
  it('gives a field outside its version the default', () => {
    const bytes = bytesOf(0, { name: 'a', items: [], added: 9 })
    expect(codec(sample, 0).read(new Reader(bytes))).toEqual({ name: 'a', items: [], added: 7 })
  })

  it('names message, field and byte of what is malformed', () => {
    const bytes = bytesOf(0, { name: 'a', items: [{ id: 1, tags: ['x'] }] }).subarray(0, -1)
    expect(() => codec(sample, 0).read(new Reader(bytes))).toThrow(
      /^Sample v0: items: tags: string at byte \d+ needs 1 bytes, but 0 are left$/,
    )
  })

  it('names the field in a row of numbers where the bytes end, or that does not fit', () => {
    const row = message('Row', '0', 'none', {
      ...{ a: int8('0'), b: int16('0'), c: int32('0', { default: -3 }), d: int64('0') },
    })
    const writer = new Writer()
    codec(row, 0).write(writer, { a: -1, b: -2, d: -(2n ** 63n) })
    const bytes = writer.take()
    expect(codec(row, 0).read(new Reader(bytes))).toEqual({ a: -1, b: -2, c: -3, d: -(2n ** 63n) })
    const places = [0, 1, 3, 7]
    for (let left = 0; left < bytes.length; left++) {
      const i = places.findLastIndex((place) => place <= left)
      expect(() => codec(row, 0).read(new Reader(bytes.subarray(0, left)))).toThrow(
        new RegExp(`^Row v0: ${'abcd'[i]}: int(8|16|32|64) at byte ${places[i]} needs`),
      )
    }
    expect(() => codec(row, 0).write(new Writer(), { a: 1, b: 0x8000, c: 1, d: 1n })).toThrow(/^Row v0: b: /)
    expect(() => codec(row, 0).write(new Writer(), { a: 1, b: 1, c: 1, d: 2n ** 63n })).toThrow(
      /^Row v0: d: /,
    )
  })

  it('refuses an array that announces more elements than there are bytes for, before it makes any', () => {
    const bytes = Buffer.from('0001610fffffff', 'hex')
    expect(() => codec(sample, 0).read(new Reader(bytes))).toThrow(/array of 268435455 elements/)
  })

  it('refuses null where a version has none, reading and writing', () => {
    expect(() => bytesOf(0, { name: null })).toThrow('Sample v0: name: null where a value is due')
    expect(() => codec(sample, 0).read(new Reader(Buffer.from('ffff00000000', 'hex')))).toThrow(
      /null before byte 2/,
    )
    expect(codec(sample, 1).read(new Reader(bytesOf(1, { name: null }))).name).toBeNull()
  })

  it('refuses a string that its length field cannot tell', () => {
    expect(() => bytesOf(0, { name: 'x'.repeat(0x8000) })).toThrow('string of 32768 bytes; 32767 are allowed')
  })

  it('refuses a version that never shipped', () => {
    expect(() => codec(sample, 2)).toThrow('Sample has versions 0-1, not 2')
  })

  it('keeps unknown tagged fields, also those between known ones', () => {
    const bytes = Buffer.from(`0261${'01'}00000007${'02' + '05' + '02' + 'aabb' + '09' + '00'}`, 'hex')
    const decoded = codec(sample, 1).read(new Reader(bytes))
    expect(decoded.unknownTaggedFields).toEqual([
      { tag: 5, data: Buffer.from('aabb', 'hex') },
      { tag: 9, data: Buffer.alloc(0) },
    ])
    expect(bytesOf(1, decoded)).toEqual(bytes)
  })
})

describe('a tagged field', () => {
  const tags = message('Tags', '0', '0+', {
    flag: int32('0', { default: -1, tag: 3, tagged: '0+' }),
    place: struct({ host: string('0'), port: int32('0', { default: 9092 }) })('0', { tag: 1, tagged: '0+' }),
    names: array('string')('0', { nullable: '0+', default: null, tag: 0, tagged: '0+' }),
  })
  const hexOf = (value: object) => {
    const writer = new Writer()
    codec(tags, 0).write(writer, value)
    return writer.take().toString('hex')
  }

  it('is not written when it is left out or at its default, struct by struct', () => {
    expect(hexOf({})).toBe('00')
    expect(hexOf({ flag: -1, place: { host: '', port: 9092 }, names: null })).toBe('00')
    expect(hexOf({ place: {} })).toBe('00')
  })

  it('is written when it differs from its default: zero, an empty array, one member of a struct', () => {
    expect(hexOf({ flag: 0 })).toBe('01030400000000')
    expect(hexOf({ names: [] })).toBe('01000101')
    expect(hexOf({ place: { port: 1 } })).toBe('010106010000000100')
  })

  it('is written in the order of tags, unknown ones between known ones', () => {
    const unknownTaggedFields = [{ tag: 2, data: Buffer.from('ff', 'hex') }]
    expect(hexOf({ unknownTaggedFields, flag: 0, names: [] })).toBe('03000101' + '0201ff' + '030400000000')
  })

  it('is refused when its value ends before or behind its announced size', () => {
    for (const hex of ['010305000000000000', '010303000000']) {
      expect(() => codec(tags, 0).read(new Reader(Buffer.from(hex, 'hex')))).toThrow(ProtocolError)
    }
  })

  it('is refused when it announces more bytes than there are', () => {
    const bytes = Buffer.from('0109ffffffff0f', 'hex')
    expect(() => codec(tags, 0).read(new Reader(bytes))).toThrow(/tag 9 has 4294967295 bytes, but 0 are left/)
  })
})

describe('a writer', () => {
  it('hands out bytes that later writes leave alone', () => {
    const writer = new Writer(8)
    writer.int32(1)
    const first = writer.take()
    writer.int32(2)
    writer.int64(3n)
    expect(first.readInt32BE()).toBe(1)
    expect(writer.take().readInt32BE()).toBe(2)
  })

  it('grows in the middle of a varint without losing a byte', () => {
    for (let filled = 0; filled < 10; filled++) {
      const writer = new Writer(8)
      for (let i = 0; i < filled; i++) writer.int8(1)
      writer.uvarint(300_000)
      const bytes = writer.take()
      expect(new Reader(bytes, filled).uvarint()).toBe(300_000)
    }
  })

  it('writes texts of any length and alphabet, plain and compact', () => {
    const texts = ['', 'a', 'é', 'a\u0000b', '\u007f\u0080', '\ud83d\ude00', 'x'.repeat(32_767)]
    for (const length of [63, 64, 65, 127, 128]) texts.push('y'.repeat(length), `${'y'.repeat(length - 1)}ü`)
    for (const text of texts) {
      const writer = new Writer(8)
      writer.string(text)
      writer.compactString(text)
      writer.nullableString(null)
      writer.nullableCompactString(null)
      const utf8 = Buffer.from(text)
      const bytes = writer.take()
      expect(bytes.subarray(2, 2 + utf8.length)).toEqual(utf8)
      const reader = new Reader(bytes)
      expect([reader.string(), reader.compactString()]).toEqual([text, text])
      expect([reader.nullableString(), reader.nullableCompactString(), reader.remaining]).toEqual([
        null,
        null,
        0,
      ])
    }
  })

  it('refuses what is no uuid', () => {
    expect(() => new Writer().uuid('short')).toThrow(/is not a uuid/)
    expect(() => new Writer().uuid(`${ZERO_UUID}A`)).toThrow(/is not a uuid/)
    const writer = new Writer()
    writer.uuid(ZERO_UUID)
    expect(writer.take()).toEqual(Buffer.alloc(16))
  })
})

describe('a reader', () => {
  it('refuses a string that could not be written again: what is no UTF-8 gets longer', () => {
    const string = (bytes: Buffer) =>
      new Reader(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length]), bytes]))
    expect(string(Buffer.alloc(10_922, 0xff)).string()).toHaveLength(10_922)
    expect(() => string(Buffer.alloc(10_923, 0xff)).string()).toThrow(
      'string of 10923 bytes before byte 10925, of which too many are no UTF-8',
    )
    expect(string(Buffer.alloc(32_767, 'x')).string()).toHaveLength(32_767)
  })

  it('of a part of a buffer stays in it, and counts from where it begins', () => {
    const reader = new Reader(Buffer.from([9, 9, 9, 9, 0, 1, 0, 2, 9, 9, 9, 9]), 4, 8)
    expect([reader.int16(), reader.remaining]).toEqual([1, 2])
    expect(() => reader.int32()).toThrow('int32 at byte 2 needs 4 bytes, but 2 are left')
  })

  it('keeps a leading byte order mark and NUL in strings', () => {
    const text = '\uFEFFa\u0000b'
    const writer = new Writer()
    writer.string(text)
    expect(new Reader(writer.take()).string()).toBe(text)
  })

  it('refuses a varint without an end', () => {
    expect(() => new Reader(Buffer.from('ffffffffffff', 'hex')).uvarint()).toThrow(/longer than 5 bytes/)
  })
})

describe('a frame', () => {
  it('carries a request with its header in both header versions', () => {
    for (const version of [3, 4]) {
      const body = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
      const frame = encodeRequest(Apis.Heartbeat, version, 42, 'client', body)
      expect(frame.readInt32BE()).toBe(frame.length - 4)
      expect(decodeRequest(frame.subarray(4))).toMatchObject({ correlationId: 42, clientId: 'client', body })
    }
  })

  it('carries a response; that of ApiVersions has the old header in every version', () => {
    const writer = new Writer()
    writeResponse(writer, Apis.ApiVersions, 3, 7, { errorCode: 35 })
    const frame = writer.take()
    expect(frame.readInt32BE(4)).toBe(7)
    expect(frame.readInt16BE(8)).toBe(35)
    expect(decodeResponse(Apis.ApiVersions, 3, frame.subarray(4))).toMatchObject({ body: { errorCode: 35 } })
  })

  it('leaves nothing behind when a response cannot be encoded', () => {
    const writer = new Writer()
    expect(() => writeResponse(writer, Apis.Heartbeat, 4, 1, { errorCode: 99_999 })).toThrow(/errorCode/)
    expect(writer.length).toBe(0)
  })

  it('is refused for an API or a version that never shipped', () => {
    const frame = encodeRequest(Apis.Heartbeat, 4, 1, null, {}).subarray(4)
    const newer = Buffer.from(frame)
    newer.writeInt16BE(5, 2)
    expect(() => decodeRequest(newer)).toThrow(new ProtocolError('Heartbeat has versions 0-4, not 5'))
    const other = Buffer.from(frame)
    other.writeInt16BE(999, 0)
    expect(() => decodeRequest(other)).toThrow(new ProtocolError('API key 999 is not known'))
  })

  it('is refused when it is shorter than a header', () => {
    expect(() => readRequestPrefix(Buffer.alloc(7))).toThrow('request of 7 bytes; a header has at least 8')
  })
})

describe('a writer', () => {
  const large = Buffer.alloc(LARGE_BYTES, 7)
  const written = () => {
    const writer = new Writer(4)
    writer.int32(0)
    writer.bytes(Buffer.from('before'))
    writer.bytes(large)
    writer.int16(9)
    return writer
  }
  const expected = Buffer.concat([Buffer.from('\0\0\0\0before'), large, Buffer.from([0, 9])])

  it('gives large bytes as they are, between what it wrote itself', () => {
    const writer = written()
    expect(writer.length).toBe(expected.length)
    const pieces = writer.takePieces()
    expect(pieces.map(({ length }) => length)).toEqual([10, LARGE_BYTES, 2])
    expect(pieces[1]).toBe(large)
    expect(Buffer.concat(pieces)).toEqual(expected)
    expect([writer.length, writer.take().length]).toEqual([0, 0])
  })

  it('gives all in one piece where that is asked for', () => {
    const writer = written()
    expect(writer.take()).toEqual(expected)
    writer.int16(1)
    expect(writer.take()).toEqual(Buffer.from([0, 1]))
  })

  it('overwrites a length wherever it stands by now', () => {
    const writer = written()
    writer.int32At(0, expected.length)
    const tail = writer.length
    writer.int32(0)
    writer.int32At(tail, 5)
    const bytes = writer.take()
    expect([bytes.readInt32BE(0), bytes.readInt32BE(tail)]).toEqual([expected.length, 5])
  })

  it('forgets what is behind a place, whatever stands there', () => {
    for (const length of [0, 4, 10, 11, 10 + LARGE_BYTES, expected.length]) {
      const writer = written()
      writer.truncate(length)
      writer.int16(3)
      expect(writer.take()).toEqual(Buffer.concat([expected.subarray(0, length), Buffer.from([0, 3])]))
    }
  })
})

it('bytes that are written in pieces are read as one', () => {
  const schema = message('Records', '0-1', '1+', { records: records('0+', { nullable: '0+' }) })
  for (const version of [0, 1]) {
    for (const pieces of [[], ['a'], ['ab', 'c'.repeat(5000), 'd']]) {
      const writer = new Writer()
      codec(schema, version).write(writer, { records: pieces.map((piece) => Buffer.from(piece)) } as never)
      const read = codec(schema, version).read(new Reader(writer.take()))
      expect(read.records?.toString()).toBe(pieces.join(''))
    }
  }
})

describe('the consumer protocol', () => {
  it('reads a version newer than it knows by the newest it knows', () => {
    const known = writeSubscription({ topics: ['a'], generationId: 4, rackId: 'r' }, 3)
    const newer = Buffer.concat([Buffer.from([0, 9]), known.subarray(2), Buffer.from('more')])
    expect(readSubscription(newer)).toMatchObject({ topics: ['a'], generationId: 4, rackId: 'r' })
  })

  it('finds the topics even where the rest is not well-formed', () => {
    const metadata = writeSubscription({ topics: ['a', 'b'] }, 0)
    const broken = Buffer.concat([Buffer.from([0, 3]), metadata.subarray(2)])
    expect(readSubscribedTopics(broken)).toEqual(['a', 'b'])
    expect(() => readSubscription(broken)).toThrow(/ConsumerProtocolSubscription v3/)
  })
})

describe('error codes', () => {
  it('have names, and an unknown one too', () => {
    expect(errorName(27)).toBe('REBALANCE_IN_PROGRESS')
    expect(errorName(9999)).toBe('ERROR_9999')
    expect(isRetriable(14)).toBe(true)
    expect(isRetriable(25)).toBe(false)
  })
})
