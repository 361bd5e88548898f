// Splits what a socket delivers into frames: several in a chunk, or one over many chunks. Chunks are lent until `keep`: what is not
// handed out by then is copied, once, and again at most where a frame outgrows its room. Memory grows with the bytes that have come,
// never with what a size announces. A large frame has its memory for itself, so that who keeps most of it need not copy it again.

import { ProtocolError } from '../protocol/errors.js'
import { FRAME_PREFIX_BYTES } from '../protocol/layouts.js'

/** Room for so many times the bytes that are there is made for a frame that is not complete. */
const GROWTH = 16
const NO_BYTES = Buffer.alloc(0)

export class FrameSplitter {
  private readonly maxBytes: number
  /** Whole frames, one or more in each; the last may be a prefix that no frame may have. */
  private whole: Buffer[] = []
  /** Handed-out bytes of whole[0]. */
  private offset = 0
  /** The frame that is not complete: as much of it as `filled` says. */
  private open: Buffer = NO_BYTES
  private filled = 0
  /** How many bytes the open frame has; as many as a prefix while its size is not known. */
  private openBytes = FRAME_PREFIX_BYTES
  private available = 0
  private isBroken = false
  /** The last of `whole` is in the chunk that is lent. */
  private hasLent = false
  /** Where the frame is that `advance` has come to, without its size; nowhere when it has come to none. */
  bytes: Buffer = NO_BYTES
  start = 0
  end = 0
  /** That frame is in memory that is lent: who keeps views of it copies it first. */
  isLent = false

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  push(lent: Buffer): void {
    this.keep()
    this.available += lent.length
    let at = 0
    while (at < lent.length && !this.isBroken) {
      at = this.filled > 0 ? this.fill(lent, at) : this.takeWhole(lent, at)
    }
  }

  /** Takes the frames that are whole, together, and begins the one that is not. Returns where it has come to. */
  private takeWhole(lent: Buffer, at: number): number {
    let end = at
    while (lent.length - end >= FRAME_PREFIX_BYTES) {
      const sizeBytes = this.checked(lent.readInt32BE(end))
      const next = end + FRAME_PREFIX_BYTES + sizeBytes
      if (next > lent.length) break
      end = next
      if (this.isBroken) break
    }
    if (end > at) {
      this.whole.push(at === 0 && end === lent.length ? lent : lent.subarray(at, end))
      this.hasLent = true
    }
    return this.isBroken || end === lent.length ? end : this.fill(lent, end)
  }

  /** The chunk goes back to who has lent it. */
  keep(): void {
    if (!this.hasLent) return
    this.hasLent = false
    const rest = this.whole.pop()
    if (rest === undefined) return
    const from = this.whole.length === 0 ? this.offset : 0
    this.offset -= from
    this.whole.push(Buffer.from(rest.subarray(from)))
  }

  /** Adds to the open frame what belongs to it. */
  private fill(lent: Buffer, at: number): number {
    const copied = Math.min(this.openBytes - this.filled, lent.length - at)
    this.makeRoom(this.filled + copied)
    lent.copy(this.open, this.filled, at, at + copied)
    this.filled += copied
    if (this.filled < this.openBytes) return at + copied
    if (this.filled === FRAME_PREFIX_BYTES) {
      this.openBytes += this.checked(this.open.readInt32BE(0))
      if (this.openBytes > FRAME_PREFIX_BYTES) return at + copied
    }
    this.whole.push(this.open.subarray(0, this.filled))
    this.close()
    return at + copied
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.open.length) return
    const room = Math.min(this.openBytes, Math.max(bytes * GROWTH, FRAME_PREFIX_BYTES))
    const larger = Buffer.allocUnsafe(room)
    this.open.copy(larger, 0, 0, this.filled)
    this.open = larger
  }

  private close(): void {
    this.open = NO_BYTES
    this.filled = 0
    this.openBytes = FRAME_PREFIX_BYTES
  }

  /** 0 for a size that no request may have: nothing behind it is looked at, and `next` throws when it comes to it. */
  private checked(sizeBytes: number): number {
    this.isBroken = !this.isAllowed(sizeBytes)
    return this.isBroken ? 0 : sizeBytes
  }

  private isAllowed(sizeBytes: number): boolean {
    return sizeBytes >= 0 && sizeBytes <= this.maxBytes
  }

  clear(): void {
    this.whole = []
    this.offset = 0
    this.available = 0
    this.bytes = NO_BYTES
    this.close()
  }

  /** In how many pieces the bytes are kept. */
  get pieces(): number {
    return this.whole.length + (this.filled > 0 ? 1 : 0)
  }

  /** Bytes received and not handed out. */
  get bufferedBytes(): number {
    return this.available
  }

  /** Comes to the next frame; false until all of it is there. Throws ProtocolError for a size that no request may have. */
  advance(): boolean {
    const first = this.whole[0]
    if (first === undefined) {
      this.bytes = NO_BYTES // it may be long until the next one comes
      return false
    }
    const sizeBytes = first.readInt32BE(this.offset)
    if (!this.isAllowed(sizeBytes)) {
      throw new ProtocolError(
        `a frame of ${sizeBytes} bytes was announced; socket.request.max.bytes allows 0 to ${this.maxBytes}`,
      )
    }
    this.bytes = first
    this.start = this.offset + FRAME_PREFIX_BYTES
    this.end = this.start + sizeBytes
    this.offset = this.end
    this.available -= FRAME_PREFIX_BYTES + sizeBytes
    this.isLent = this.hasLent && this.whole.length === 1
    if (this.offset === first.length) {
      this.whole.shift()
      this.offset = 0
    }
    return true
  }

  /** The next frame, or null. */
  next(): Buffer | null {
    return this.advance() ? this.bytes.subarray(this.start, this.end) : null
  }
}
