// What a Writer has put out so far, in pieces: those that it wrote, and large bytes that stand where they were. They go to a socket
// as they are, so record batches are never copied on their way out.

/** From this size on bytes are not copied, but kept: a system call with one piece more costs as much as this. */
export const LARGE_BYTES = 4096

export class Pieces {
  private pieces: Buffer[] = []
  private bytes = 0

  /** In all of them. */
  get length(): number {
    return this.bytes
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return
    if (this.pieces.length === 0)
      this.pieces = [piece] // mostly the only one: a push makes room for sixteen more
    else this.pieces.push(piece)
    this.bytes += piece.length
  }

  take(): Buffer[] {
    const taken = this.pieces
    this.pieces = []
    this.bytes = 0
    return taken
  }

  /** Forgets what is behind the first `length` bytes. */
  truncate(length: number): void {
    let left = length
    for (const piece of this.take()) {
      this.add(piece.subarray(0, left))
      left -= Math.min(left, piece.length)
    }
  }

  /** Overwrites four bytes, which a Writer wrote in one go. */
  int32At(offset: number, value: number): void {
    let at = offset
    for (const piece of this.pieces) {
      if (at < piece.length) {
        piece.writeInt32BE(value, at)
        return
      }
      at -= piece.length
    }
    throw new RangeError(`byte ${offset} of ${this.bytes}`)
  }
}
