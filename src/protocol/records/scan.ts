// Walks over the records of a batch of magic 2 without making anything of them: a broker looks at each record that it is
// sent once, and this is where its time goes.

import { ProtocolError } from '../errors.js'

export class RecordScanner {
  /** Of the record that next() has come to. A number: whoever needs all 64 bits reads records. */
  timestampDelta = 0
  offsetDelta = 0
  /** -1: null. */
  keyBytes = 0
  valueBytes = 0
  private at = 0
  private readonly section: Buffer

  constructor(section: Buffer) {
    this.section = section
  }

  get remaining(): number {
    return this.section.length - this.at
  }

  /** Throws ProtocolError where there is no whole record. */
  next(): void {
    const size = this.varint()
    const end = this.at + size
    if (size < 0 || end > this.section.length) throw new ProtocolError(`a record of ${size} bytes`)
    this.at++ // attributes, none of which is in use
    this.timestampDelta = this.varint()
    this.offsetDelta = this.varint()
    this.keyBytes = this.skip()
    this.valueBytes = this.skip()
    const headers = this.varint()
    if (headers < 0) throw new ProtocolError(`a record with ${headers} headers`)
    for (let i = 0; i < headers; i++) {
      if (this.skip() < 0) throw new ProtocolError('a record header without a key')
      this.skip()
    }
    if (this.at !== end) throw new ProtocolError(`a record announces ${size} bytes and has others`)
  }

  private skip(): number {
    const size = this.varint()
    if (size > 0) this.at += size
    return size
  }

  /** Zig-zag, up to ten bytes. */
  private varint(): number {
    const { section } = this
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = section[this.at++]
      if (byte === undefined) throw new ProtocolError('the records end within a record')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 128
    }
    throw new ProtocolError('a varint of more than 10 bytes')
  }
}
