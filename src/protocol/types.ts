// How each primitive type stands on the wire: fixed-size numbers, and what has a length in front of it, in the plain
// form (int16 or int32, negative for null) or the compact one of flexible versions (unsigned varint of length + 1,
// 0 for null; KIP-482).

import {
  int8At,
  int16At,
  int32At,
  int64At,
  writeInt8,
  writeInt16,
  writeInt32,
  writeInt64,
} from './big-endian.js'
import { ProtocolError } from './errors.js'
import { nullBefore, nullDue, tooLong, UUID_BYTES } from './lengths.js'
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
  readonly method?: Method
  readonly placed?: Placed | undefined
  /** Of an array. */
  readonly elements?: Elements
}

export interface Elements {
  /** -1 for null. Throws ProtocolError where there are not bytes for so many. */
  readonly count: (reader: Reader) => number
  readonly writeCount: (writer: Writer, count: number) => void
  readonly read: ReadValue
  readonly write: WriteValue
  readonly method: Method | undefined
}

/** What Reader and Writer both do by this name. */
type Method =
  | Exclude<PrimitiveType, 'bytes' | 'records'>
  | 'nullableString'
  | 'compactString'
  | 'nullableCompactString'

/** Read and written at a place of which the bounds are checked: several in a row are checked once. */
export interface Placed {
  readonly size: number
  readonly at: (bytes: Buffer, at: number) => unknown
  /** Throws RangeError for a value that does not fit. */
  readonly put: (bytes: Buffer, at: number, value: never) => void
}

const MIN_BYTES = {
  ...{ bool: 1, int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, float64: 8, uuid: UUID_BYTES },
  ...{ string: 2, nullableString: 2, compactString: 1, nullableCompactString: 1 },
} satisfies Record<Method, number>

const PLACED: Partial<Record<Method, Placed>> = {
  int8: { size: 1, at: int8At, put: writeInt8 },
  int16: { size: 2, at: int16At, put: writeInt16 },
  int32: { size: 4, at: int32At, put: writeInt32 },
  int64: { size: 8, at: int64At, put: writeInt64 },
}

export function scalarCodec(
  type: PrimitiveType,
  flexible: boolean,
  nullable: boolean,
  absent: () => unknown,
): ValueCodec {
  if (type === 'bytes' || type === 'records') return bytesCodec(type, flexible, nullable, absent)
  const method = type === 'string' ? stringMethod(flexible, nullable) : type
  return {
    read: (reader) => reader[method](),
    write: (writer, given) => writer[method]((given === undefined ? absent() : given) as never),
    minBytes: MIN_BYTES[method],
    method,
    placed: PLACED[method],
  }
}

function stringMethod(flexible: boolean, nullable: boolean): Method {
  if (flexible) return nullable ? 'nullableCompactString' : 'compactString'
  return nullable ? 'nullableString' : 'string'
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

export interface LengthCodec {
  /** -1 for null, which is only let through where the field may be null. */
  readonly read: (reader: Reader) => number
  readonly write: (writer: Writer, length: number) => void
  readonly minBytes: number
}

const MAX_LENGTH = 0x7fffffff

export function lengthCodec(
  type: 'bytes' | 'records' | 'array',
  flexible: boolean,
  nullable: boolean,
): LengthCodec {
  return {
    read: (reader) => {
      const length = flexible ? reader.compactLength() : reader.int32()
      if (length >= 0) return length
      if (!nullable) throw new ProtocolError(nullBefore(reader.place))
      return -1
    },
    write: (writer, length) => {
      if (length < 0 && !nullable) throw nullDue()
      if (length > MAX_LENGTH) throw new RangeError(tooLong(type, length, MAX_LENGTH))
      if (flexible) writer.uvarint(length + 1)
      else writer.int32(length)
    },
    minBytes: flexible ? 1 : 4,
  }
}
