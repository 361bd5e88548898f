// Values in, bytes out: a Writer that many answers share.

import { writeInt16, writeInt32 } from './big-endian.js'
import { MAX_STRING_BYTES, nullDue, tooLong, UUID_BYTES } from './lengths.js'
import { LARGE_BYTES, Pieces } from './pieces.js'

const UUID_CHARS = 22
/** A text of at most so many characters is looked at one by one: Buffer's methods cost as much as fifty of them. */
const SHORT_CHARS = 64

const INITIAL_BYTES = 1024

/**
 * Grows as needed and is reused: `take` hands out views and starts afresh behind them. Large bytes are not copied (pieces.ts), so they
 * must not change, neither before they are taken nor after.
 */
export class Writer {
  buffer: Buffer
  private start = 0
  private position = 0
  /** What stands before `start`. */
  private readonly pieces = new Pieces()

  constructor(initialBytes = INITIAL_BYTES) {
    this.buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.pieces.length + this.position - this.start
  }

  /** Everything written since the last call, in one piece that stays untouched by later writes. */
  take(): Buffer {
    const [first, ...rest] = this.takePieces()
    if (first === undefined) return Buffer.alloc(0)
    return rest.length === 0 ? first : Buffer.concat([first, ...rest])
  }

  /** The same in the pieces that there are: nothing is copied. */
  takePieces(): readonly Buffer[] {
    this.closePiece()
    return this.pieces.take()
  }

  private closePiece(): void {
    this.pieces.add(this.buffer.subarray(this.start, this.position))
    this.start = this.position
  }

  /** Forgets what was written after `length` (see `length`), when encoding failed half-way. */
  truncate(length: number): void {
    this.closePiece()
    this.pieces.truncate(length)
  }

  /** Makes room in `buffer`, which it may replace; returns where. */
  reserve(size: number): number {
    const at = this.position
    if (at + size > this.buffer.length) return this.grow(size)
    this.position = at + size
    return at
  }

  private grow(size: number): number {
    const length = this.position - this.start
    const grown = Buffer.allocUnsafe(Math.max(INITIAL_BYTES, (length + size) * 2))
    this.buffer.copy(grown, 0, this.start, this.position)
    this.buffer = grown
    this.start = 0
    this.position = length + size
    return length
  }

  bool(value: boolean): void {
    const at = this.reserve(1)
    this.buffer[at] = value ? 1 : 0
  }

  int8(value: number): void {
    const at = this.reserve(1)
    this.buffer.writeInt8(value, at)
  }

  int16(value: number): void {
    const at = this.reserve(2)
    writeInt16(this.buffer, at, value)
  }

  uint16(value: number): void {
    const at = this.reserve(2)
    this.buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.reserve(4)
    writeInt32(this.buffer, at, value)
  }

  /** Overwrites four bytes at an offset from the last `take` (a length known only afterwards). */
  int32At(offset: number, value: number): void {
    const at = offset - this.pieces.length
    if (at < 0) this.pieces.int32At(offset, value)
    else writeInt32(this.buffer, this.start + at, value)
  }

  uint32(value: number): void {
    const at = this.reserve(4)
    this.buffer.writeUInt32BE(value, at)
  }

  int64(value: bigint): void {
    const at = this.reserve(8)
    this.buffer.writeBigInt64BE(value, at)
  }

  float64(value: number): void {
    const at = this.reserve(8)
    this.buffer.writeDoubleBE(value, at)
  }

  uuid(value: string): void {
    const at = this.reserve(UUID_BYTES)
    const isWhole =
      value.length === UUID_CHARS && this.buffer.write(value, at, UUID_BYTES, 'base64url') === UUID_BYTES
    if (!isWhole) {
      throw new RangeError(`'${value}' is not a uuid of 22 characters of URL-safe base64`)
    }
  }

  uvarint(value: number): void {
    let rest = value >>> 0
    while (rest >= 0x80) {
      const at = this.reserve(1)
      this.buffer[at] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    const at = this.reserve(1)
    this.buffer[at] = rest
  }

  string(value: string): void {
    if (value === null) throw nullDue()
    const { length } = value
    if (length <= SHORT_CHARS) {
      const at = this.reserve(2 + length)
      if (putAscii(this.buffer, at + 2, value)) {
        this.buffer[at] = 0
        this.buffer[at + 1] = length
        return
      }
      this.position = at
    }
    const size = stringBytes(value)
    this.int16(size)
    this.utf8(value, size)
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1)
    else this.string(value)
  }

  compactString(value: string): void {
    if (value === null) throw nullDue()
    const { length } = value
    if (length <= SHORT_CHARS) {
      const at = this.reserve(1 + length)
      if (putAscii(this.buffer, at + 1, value)) {
        this.buffer[at] = length + 1
        return
      }
      this.position = at
    }
    const size = stringBytes(value)
    this.uvarint(size + 1)
    this.utf8(value, size)
  }

  nullableCompactString(value: string | null): void {
    if (value === null) this.uvarint(0)
    else this.compactString(value)
  }

  private utf8(value: string, size: number): void {
    const at = this.reserve(size)
    this.buffer.write(value, at, size, 'utf8')
  }

  bytes(value: Uint8Array): void {
    if (value.length >= LARGE_BYTES && Buffer.isBuffer(value)) {
      this.closePiece()
      this.pieces.add(value)
      return
    }
    const at = this.reserve(value.length)
    this.buffer.set(value, at)
  }
}

/** Returns false, having written something, at a character of more than one byte. */
function putAscii(bytes: Buffer, at: number, value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code >= 0x80) return false
    bytes[at + i] = code
  }
  return true
}

function stringBytes(value: string): number {
  const size = Buffer.byteLength(value)
  if (size > MAX_STRING_BYTES) throw new RangeError(tooLong('string', size, MAX_STRING_BYTES))
  return size
}
