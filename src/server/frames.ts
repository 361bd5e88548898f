// Splits what a socket delivers into frames: several in a chunk, or one over many chunks. Each byte is copied at most
// once, and memory grows with the bytes that have come, never with what a size announces.

import { ProtocolError } from '../protocol/errors.js'
import { FRAME_PREFIX_BYTES } from '../protocol/layouts.js'

const SMALL_BYTES = 1024
const TAIL_BYTES = 16 * 1024
const NO_BYTES = Buffer.alloc(0)

export class FrameSplitter {
  private readonly maxBytes: number
  private chunks: Buffer[] = []
  /** Consumed bytes of chunks[0]. */
  private offset = 0
  private available = 0
  /** Where crumbs go: the last of the chunks is its used part, while tailFree is not 0. */
  private tail: Buffer = NO_BYTES
  private tailFree = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  push(chunk: Buffer): void {
    this.available += chunk.length
    if (chunk.length >= SMALL_BYTES || this.chunks.length === 0) {
      this.tailFree = 0
      this.chunks.push(chunk)
    } else {
      this.append(chunk)
    }
  }

  /** A frame that comes in crumbs is put together in larger pieces: each Buffer costs more than a crumb. */
  private append(crumb: Buffer): void {
    if (this.tailFree < crumb.length) {
      this.tail = Buffer.allocUnsafe(TAIL_BYTES)
      this.tailFree = TAIL_BYTES
      this.chunks.push(this.tail)
    }
    const end = TAIL_BYTES - this.tailFree
    crumb.copy(this.tail, end)
    this.tailFree -= crumb.length
    this.chunks[this.chunks.length - 1] = this.tail.subarray(0, end + crumb.length)
  }

  clear(): void {
    this.chunks = []
    this.offset = 0
    this.available = 0
  }

  /** In how many pieces the bytes are kept. */
  get pieces(): number {
    return this.chunks.length
  }

  /** Bytes received and not handed out. */
  get bufferedBytes(): number {
    return this.available
  }

  /**
   * The next frame without its size, or null until all of it is there. A view of what was received where that is in
   * one piece. Throws ProtocolError for a size that no request may have.
   */
  next(): Buffer | null {
    if (this.available < FRAME_PREFIX_BYTES) return null
    const sizeBytes = this.peekSize()
    if (sizeBytes < 0 || sizeBytes > this.maxBytes) {
      throw new ProtocolError(
        `a frame of ${sizeBytes} bytes was announced; socket.request.max.bytes allows 0 to ${this.maxBytes}`,
      )
    }
    if (this.available < FRAME_PREFIX_BYTES + sizeBytes) return null
    this.take(FRAME_PREFIX_BYTES)
    return this.take(sizeBytes)
  }

  private peekSize(): number {
    const first = this.chunks[0] as Buffer
    if (first.length - this.offset >= FRAME_PREFIX_BYTES) return first.readInt32BE(this.offset)
    const prefix = Buffer.alloc(FRAME_PREFIX_BYTES)
    let filled = 0
    for (let i = 0; filled < FRAME_PREFIX_BYTES; i++) {
      const chunk = this.chunks[i] as Buffer
      filled += chunk.copy(prefix, filled, i === 0 ? this.offset : 0)
    }
    return prefix.readInt32BE(0)
  }

  private take(sizeBytes: number): Buffer {
    if (sizeBytes === 0) return NO_BYTES // there may be no chunk to take it from
    this.available -= sizeBytes
    const first = this.chunks[0] as Buffer
    const end = this.offset + sizeBytes
    if (end < first.length) {
      const view = first.subarray(this.offset, end)
      this.offset = end
      return view
    }
    if (end === first.length) {
      const view = first.subarray(this.offset)
      this.chunks.shift()
      this.offset = 0
      return view
    }
    return this.gather(sizeBytes)
  }

  private gather(sizeBytes: number): Buffer {
    const whole = Buffer.allocUnsafe(sizeBytes)
    let filled = 0
    let used = 0
    while (filled < sizeBytes) {
      const chunk = this.chunks[used] as Buffer
      const copied = chunk.copy(whole, filled, this.offset)
      filled += copied
      this.offset += copied
      if (this.offset === chunk.length) {
        used++
        this.offset = 0
      }
    }
    this.chunks.splice(0, used)
    return whole
  }
}
