// Bytes in, values out: a Reader over one frame and a Writer that many answers share. Every read is bounded by
// the bytes that are there, and every declared length is checked against them before anything is allocated, so a
// hostile frame costs no more memory than it has bytes.

import { int32At, int64At, putInt16, putInt32, uint16At } from './big-endian.js'
import { ProtocolError } from './errors.js'
import { readString } from './known-strings.js'
import { LARGE_BYTES, Pieces } from './pieces.js'

/** The uuid of nothing (Kafka: Uuid.ZERO_UUID). */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

const UUID_BYTES = 16
const UUID_CHARS = 22

/** Reads `buffer` from `start` to `end`. Byte fields are views of it: copy what is kept. */
export class Reader {
  position: number
  private readonly buffer: Buffer
  private readonly start: number
  private readonly end: number

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer
    this.position = start
    this.start = start
    this.end = end
  }

  /** Counted from where it began: what errors name. */
  get place(): number {
    return this.position - this.start
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Moves on by `size` bytes that must be there; returns where they begin. */
  private take(size: number, what: string): number {
    const at = this.position
    if (size > this.end - at) {
      throw new ProtocolError(
        `${what} at byte ${this.place} needs ${size} bytes, but ${this.end - at} are left`,
      )
    }
    this.position = at + size
    return at
  }

  bool(): boolean {
    return this.buffer[this.take(1, 'boolean')] !== 0
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1, 'int8'))
  }

  int16(): number {
    return (uint16At(this.buffer, this.take(2, 'int16')) << 16) >> 16
  }

  uint16(): number {
    return uint16At(this.buffer, this.take(2, 'uint16'))
  }

  int32(): number {
    return int32At(this.buffer, this.take(4, 'int32'))
  }

  uint32(): number {
    return int32At(this.buffer, this.take(4, 'uint32')) >>> 0
  }

  int64(): bigint {
    return int64At(this.buffer, this.take(8, 'int64'))
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8, 'float64'))
  }

  uuid(): string {
    const at = this.take(UUID_BYTES, 'uuid')
    return this.buffer.toString('base64url', at, at + UUID_BYTES)
  }

  /** Unsigned, at most five bytes (Kafka: ByteUtils.readUnsignedVarint). */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.take(1, 'varint')] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new ProtocolError(`varint before byte ${this.place} is longer than 5 bytes`)
  }

  string(size: number): string {
    return readString(this.buffer, this.take(size, 'string'), size)
  }

  bytes(size: number): Buffer {
    const at = this.take(size, 'bytes')
    return this.buffer.subarray(at, at + size)
  }
}

const INITIAL_BYTES = 1024

/** Grows as needed and is reused: `take` hands out views and starts afresh behind them. Large bytes must not change until they are taken. */
export class Writer {
  private buffer: Buffer
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

  /** Call it before touching `buffer`: it may replace it. */
  private reserve(size: number): number {
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
    if ((value << 16) >> 16 === value) putInt16(this.buffer, at, value)
    else this.buffer.writeInt16BE(value, at) // throws RangeError
  }

  uint16(value: number): void {
    const at = this.reserve(2)
    this.buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.reserve(4)
    if ((value | 0) === value) putInt32(this.buffer, at, value)
    else this.buffer.writeInt32BE(value, at) // throws RangeError
  }

  /** Overwrites four bytes at an offset from the last `take` (a length known only afterwards). */
  int32At(offset: number, value: number): void {
    const at = offset - this.pieces.length
    if (at < 0) this.pieces.int32At(offset, value)
    else putInt32(this.buffer, this.start + at, value)
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

  string(value: string, size: number): void {
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
