// Bytes that are written one behind the other, into memory that grows as it must and is used again: what a turn of the event loop
// appends is encoded here once, and goes to the disk from here.

const INITIAL_BYTES = 4096
/** What one long append needed is not held on to. */
const MAX_KEPT_BYTES = 4 << 20
/** Short texts of ASCII are written faster here than by a call into the runtime. */
const SHORT_CHARS = 64
/** One 64-bit integer and its halves: two 32-bit writes, where DataView calls into the runtime for one of 64. */
const long = new BigInt64Array([1n])
const halves = new Int32Array(long.buffer)
const LOW = halves[0] === 1 ? 0 : 1

export class Bytes {
  private memory = Buffer.allocUnsafe(INITIAL_BYTES)
  private view = viewOf(this.memory)
  private position = 0

  get length(): number {
    return this.position
  }

  /** All of it, valid until more is written. */
  get written(): Buffer {
    return this.memory.subarray(0, this.position)
  }

  /** All of it, in memory of its own. */
  copy(): Buffer {
    return Buffer.from(this.written)
  }

  /** Forgets what is behind the first `length` bytes. */
  truncate(length: number): void {
    this.position = length
    if (length > 0 || this.memory.length <= MAX_KEPT_BYTES) return
    this.memory = Buffer.allocUnsafe(INITIAL_BYTES)
    this.view = viewOf(this.memory)
  }

  /** Moves on by so many bytes, whatever they are; returns where they begin. */
  skip(bytes: number): number {
    const at = this.position
    if (at + bytes > this.memory.length) this.grow(at + bytes)
    this.position = at + bytes
    return at
  }

  private grow(needed: number): void {
    const grown = Buffer.allocUnsafe(2 * needed)
    this.memory.copy(grown, 0, 0, this.position)
    this.memory = grown
    this.view = viewOf(grown)
  }

  uint8(value: number): void {
    const at = this.skip(1)
    this.view.setUint8(at, value)
  }

  int16(value: number): void {
    const at = this.skip(2)
    this.view.setInt16(at, value)
  }

  int32(value: number): void {
    const at = this.skip(4)
    this.view.setInt32(at, value)
  }

  int64(value: bigint): void {
    const at = this.skip(8)
    this.int64At(at, value)
  }

  /** Of bytes that are there. */
  uint16At(at: number, value: number): void {
    this.view.setUint16(at, value)
  }

  uint32At(at: number, value: number): void {
    this.view.setUint32(at, value)
  }

  int64At(at: number, value: bigint): void {
    long[0] = value
    this.view.setInt32(at, halves[1 - LOW] as number)
    this.view.setInt32(at + 4, halves[LOW] as number)
  }

  bytes(value: Uint8Array): void {
    const at = this.skip(value.length)
    this.memory.set(value, at)
  }

  /** What is written there: a few bytes, for which four at a time are faster than a call into the runtime. */
  append({ view: from, length }: Bytes): void {
    const at = this.skip(length)
    const { view } = this
    const words = length & ~3
    for (let i = 0; i < words; i += 4) view.setInt32(at + i, from.getInt32(i))
    for (let i = words; i < length; i++) view.setUint8(at + i, from.getUint8(i))
  }

  /** Returns how many bytes it has. */
  utf8(value: string): number {
    return this.ascii(value) ? value.length : this.anyUtf8(value)
  }

  /** Nothing is left of it where it is too long for that, or has other characters. */
  private ascii(value: string): boolean {
    const { length } = value
    if (length > SHORT_CHARS) return false
    const at = this.skip(length)
    const { memory } = this
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) {
        this.position = at
        return false
      }
      memory[at + i] = code
    }
    return true
  }

  private anyUtf8(value: string): number {
    const size = Buffer.byteLength(value)
    const at = this.skip(size)
    this.memory.write(value, at, size)
    return size
  }
}

const viewOf = (memory: Buffer) => new DataView(memory.buffer, memory.byteOffset, memory.length)

const SCRATCH = new Bytes()

/** What `write` writes, in memory of its own. */
export function bytesOf(write: (bytes: Bytes) => void): Buffer {
  SCRATCH.truncate(0)
  write(SCRATCH)
  return SCRATCH.copy()
}
