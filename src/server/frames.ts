// Splits what a socket delivers into frames: several in a chunk, or one over many chunks. Each byte is copied at most
// once, and memory grows with the bytes that have come, never with what a size announces.

import { ProtocolError } from '../protocol/errors.js'
import { FRAME_PREFIX_BYTES } from '../protocol/layouts.js'

export class FrameSplitter {
  private readonly maxBytes: number
  private chunks: Buffer[] = []
  /** Consumed bytes of chunks[0]. */
  private offset = 0
  private available = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.available += chunk.length
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
