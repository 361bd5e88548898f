// How each primitive type stands on the wire: fixed-size numbers, and what has a length in front of it, in the plain
// form (int16 or int32, negative for null) or the compact one of flexible versions (unsigned varint of length + 1,
// 0 for null; KIP-482).

import { ProtocolError } from './errors.js'
import type { PrimitiveType } from './schema.js'
import type { Reader, Writer } from './wire.js'

export type ReadValue = (reader: Reader) => unknown
export type WriteValue = (writer: Writer, value: unknown) => void

export interface ValueCodec {
  readonly read: ReadValue
  /** undefined stands for the field's default. */
  readonly write: WriteValue
  /** The fewest bytes a value can take: what an array's count is checked against. */
  readonly minBytes: number
  /** Of Reader and Writer, where that is all that there is to it. */
  readonly method?: FixedType
}

type FixedType = Exclude<PrimitiveType, 'string' | 'bytes' | 'records'>

const FIXED: { readonly [T in FixedType]: ValueCodec } = {
  bool: { read: (r) => r.bool(), write: (w, v) => w.bool(v as boolean), minBytes: 1 },
  int8: { read: (r) => r.int8(), write: (w, v) => w.int8(v as number), minBytes: 1 },
  int16: { read: (r) => r.int16(), write: (w, v) => w.int16(v as number), minBytes: 2 },
  uint16: { read: (r) => r.uint16(), write: (w, v) => w.uint16(v as number), minBytes: 2 },
  int32: { read: (r) => r.int32(), write: (w, v) => w.int32(v as number), minBytes: 4 },
  uint32: { read: (r) => r.uint32(), write: (w, v) => w.uint32(v as number), minBytes: 4 },
  int64: { read: (r) => r.int64(), write: (w, v) => w.int64(v as bigint), minBytes: 8 },
  float64: { read: (r) => r.float64(), write: (w, v) => w.float64(v as number), minBytes: 8 },
  uuid: { read: (r) => r.uuid(), write: (w, v) => w.uuid(v as string), minBytes: 16 },
}

export function scalarCodec(
  type: PrimitiveType,
  flexible: boolean,
  nullable: boolean,
  absent: () => unknown,
): ValueCodec {
  if (type === 'string') return stringCodec(flexible, nullable, absent)
  if (type === 'bytes' || type === 'records') return bytesCodec(type, flexible, nullable, absent)
  const { read, write, minBytes } = FIXED[type]
  return { read, write: (w, v) => write(w, v === undefined ? absent() : v), minBytes, method: type }
}

function stringCodec(flexible: boolean, nullable: boolean, absent: () => unknown): ValueCodec {
  const length = lengthCodec('string', flexible, nullable)
  return {
    read: (reader) => {
      const size = length.read(reader)
      return size < 0 ? null : reader.string(size)
    },
    write: (writer, given) => {
      const value = (given === undefined ? absent() : given) as string | null
      const size = value === null ? -1 : Buffer.byteLength(value)
      length.write(writer, size)
      if (value !== null) writer.string(value, size)
    },
    minBytes: length.minBytes,
  }
}

/** Bytes may be written in several pieces, which then stand one behind the other. */
function bytesCodec(
  type: 'bytes' | 'records',
  flexible: boolean,
  nullable: boolean,
  absent: () => unknown,
): ValueCodec {
  const length = lengthCodec(type, flexible, nullable)
  return {
    read: (reader) => {
      const size = length.read(reader)
      return size < 0 ? null : reader.bytes(size)
    },
    write: (writer, given) => {
      const value = (given === undefined ? absent() : given) as Uint8Array | readonly Uint8Array[] | null
      const pieces = Array.isArray(value) ? value : value === null ? [] : [value]
      length.write(writer, value === null ? -1 : pieces.reduce((sum, piece) => sum + piece.length, 0))
      for (const piece of pieces) writer.bytes(piece)
    },
    minBytes: length.minBytes,
  }
}

interface LengthCodec {
  /** -1 for null, which is only let through where the field may be null. */
  readonly read: (reader: Reader) => number
  readonly write: (writer: Writer, length: number) => void
  readonly minBytes: number
}

/** The longest string, in bytes of UTF-8, in either form. */
const MAX_STRING_BYTES = 0x7fff

export function lengthCodec(
  type: 'string' | 'bytes' | 'records' | 'array',
  flexible: boolean,
  nullable: boolean,
): LengthCodec {
  const short = type === 'string' && !flexible
  const readRaw = flexible
    ? (r: Reader) => ((r.uvarint() | 0) - 1) | 0 // an int32 to Kafka: what overflows is negative
    : short
      ? (r: Reader) => r.int16()
      : (r: Reader) => r.int32()
  const writeRaw = flexible
    ? (w: Writer, length: number) => w.uvarint(length + 1)
    : short
      ? (w: Writer, length: number) => w.int16(length)
      : (w: Writer, length: number) => w.int32(length)
  const max = type === 'string' ? MAX_STRING_BYTES : 0x7fffffff
  return {
    read: (reader) => {
      const length = readRaw(reader)
      if (length < 0) {
        if (!nullable) throw new ProtocolError(`null before byte ${reader.place}, where a value is due`)
        return -1
      }
      if (length > max) throw new ProtocolError(`${type} of ${length} bytes; ${max} are allowed`)
      return length
    },
    write: (writer, length) => {
      if (length < 0 && !nullable) throw new RangeError('null where a value is due')
      if (length > max) throw new RangeError(`${type} of ${length} bytes; ${max} are allowed`)
      writeRaw(writer, length)
    },
    minBytes: flexible ? 1 : short ? 2 : 4,
  }
}
