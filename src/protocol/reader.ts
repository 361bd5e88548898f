// Bytes in, values out: a Reader over one frame. Every read is bounded by the bytes that are there, and every declared length is checked
// against them before anything is allocated, so a hostile frame costs no more memory than it has bytes.

import { int8At, int16At, int32At, int64At, uint16At } from './big-endian.js'
import { ProtocolError } from './errors.js'
import { readString } from './known-strings.js'
import { MAX_STRING_BYTES, nullBefore, tooLong, UUID_BYTES } from './lengths.js'

/** Each byte that is no UTF-8 becomes U+FFFD, which has three: no longer string can become one that is too long to be written again. */
const LONGEST_SAFE = Math.floor(MAX_STRING_BYTES / 3)

/** Reads `buffer` from `start` to `end`. Byte fields are views of it: copy what is kept. */
export class Reader {
  position: number
  readonly buffer: Buffer
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

  /** Moves on by `size` bytes if they are there; returns where they begin in `buffer`, or -1. */
  ahead(size: number): number {
    const at = this.position
    if (size > this.end - at) return -1
    this.position = at + size
    return at
  }

  bool(): boolean {
    return this.buffer[this.take(1, 'boolean')] !== 0
  }

  int8(): number {
    return int8At(this.buffer, this.take(1, 'int8'))
  }

  int16(): number {
    return int16At(this.buffer, this.take(2, 'int16'))
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
    const at = this.position
    const first = at < this.end ? (this.buffer[at] as number) : 0x80
    if (first >= 0x80) return this.longUvarint()
    this.position = at + 1 // as nearly all are
    return first
  }

  private longUvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.take(1, 'varint')] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new ProtocolError(`varint before byte ${this.place} is longer than 5 bytes`)
  }

  /** A length in the compact form, one less than what stands there; an int32 to Kafka: what overflows is negative. */
  compactLength(): number {
    return ((this.uvarint() | 0) - 1) | 0
  }

  string(): string {
    return this.due(this.nullableString())
  }

  nullableString(): string | null {
    return this.text(this.int16())
  }

  compactString(): string {
    return this.due(this.nullableCompactString())
  }

  nullableCompactString(): string | null {
    return this.text(this.compactLength())
  }

  /** Any negative length is null. */
  private text(size: number): string | null {
    if (size < 0) return null
    if (size > MAX_STRING_BYTES) throw new ProtocolError(tooLong('string', size, MAX_STRING_BYTES))
    const text = readString(this.buffer, this.take(size, 'string'), size)
    if (size > LONGEST_SAFE && Buffer.byteLength(text) > MAX_STRING_BYTES)
      throw new ProtocolError(
        `string of ${size} bytes before byte ${this.place}, of which too many are no UTF-8`,
      )
    return text
  }

  private due<T>(value: T | null): T {
    if (value === null) throw new ProtocolError(nullBefore(this.place))
    return value
  }

  bytes(size: number): Buffer {
    const at = this.take(size, 'bytes')
    return this.buffer.subarray(at, at + size)
  }
}
