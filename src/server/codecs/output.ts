// What a codec unpacks to, as long as its matches may reach back into it.

const FIRST_BYTES = 65_536

/** Grows as it is written; a match may reach back to its beginning. */
export class Output {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES)
  private length = 0
  private readonly maxBytes: number

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  private reserve(size: number): void {
    const needed = this.length + size
    if (needed > this.maxBytes) throw new RangeError(`more than ${this.maxBytes} bytes`)
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }

  put(bytes: Buffer): void {
    this.reserve(bytes.length)
    this.length += bytes.copy(this.buffer, this.length)
  }

  repeat(distance: number, size: number): void {
    if (distance === 0 || distance > this.length) throw new RangeError('a match from nowhere')
    this.reserve(size)
    copyWithin(this.buffer, this.length, distance, size)
    this.length += size
  }
}

const SHORT_BYTES = 16

/** Repeats `size` bytes at `to` from `distance` before it, which may be bytes that this writes. */
export function copyWithin(buffer: Buffer, to: number, distance: number, size: number): void {
  if (size <= SHORT_BYTES) {
    for (let at = to; at < to + size; at++) buffer[at] = buffer[at - distance] as number
    return
  }
  const from = to - distance
  for (let done = 0; done < size; ) {
    const some = Math.min(size - done, distance + done)
    buffer.copyWithin(to + done, from, from + some)
    done += some
  }
}
