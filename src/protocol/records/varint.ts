// The zig-zag varints of records (Kafka: ByteUtils), which messages do not use.

import { ProtocolError } from '../errors.js'

export class VarReader {
  position = 0
  private readonly buffer: Buffer

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  get remaining(): number {
    return this.buffer.length - this.position
  }

  int8(): number {
    return (this.byte() << 24) >> 24
  }

  private byte(): number {
    const byte = this.buffer[this.position]
    if (byte === undefined)
      throw new ProtocolError(`the records end at byte ${this.position}, within a record`)
    this.position++
    return byte
  }

  varint(): number {
    const value = this.varlong()
    if (value < -0x80000000n || value > 0x7fffffffn) throw new ProtocolError(`varint ${value} is no int32`)
    return Number(value)
  }

  varlong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
    }
    throw new ProtocolError(`varlong before byte ${this.position} is longer than 10 bytes`)
  }

  /** null for a negative length. */
  bytesOrNull(): Buffer | null {
    const size = this.varint()
    if (size < 0) return null
    if (size > this.remaining) {
      throw new ProtocolError(
        `${size} bytes at byte ${this.position} of the records, but ${this.remaining} are left`,
      )
    }
    const start = this.position
    this.position += size
    return this.buffer.subarray(start, this.position)
  }
}

export class VarWriter {
  private readonly parts: Buffer[] = []

  int8(value: number): void {
    this.parts.push(Buffer.from([value]))
  }

  varint(value: number): void {
    this.varlong(BigInt(value))
  }

  varlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    const bytes: number[] = []
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
    bytes.push(Number(rest))
    this.parts.push(Buffer.from(bytes))
  }

  bytesOrNull(value: Buffer | null): void {
    this.varint(value?.length ?? -1)
    if (value !== null) this.parts.push(value)
  }

  raw(value: Buffer): void {
    this.parts.push(value)
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts)
  }
}
