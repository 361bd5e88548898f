// Splitting a stream into frames, however it is cut, and what that costs.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameSplitter } from '../../src/server/frames.js'

function framed(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

const drain = (frames: FrameSplitter): Buffer[] => {
  const out: Buffer[] = []
  for (let frame = frames.next(); frame !== null; frame = frames.next()) out.push(frame)
  return out
}

const drainOne = (frames: FrameSplitter): string | undefined => frames.next()?.toString()

describe('a frame splitter', () => {
  it('gives back every frame, however the bytes were cut and whenever it was asked', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 })
    const cuts = fc.infiniteStream(fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 5000 })))
    fc.assert(
      fc.property(bodies, cuts, fc.infiniteStream(fc.boolean()), (sent, sizes, asks) => {
        const stream = Buffer.concat(sent.map(framed))
        const frames = new FrameSplitter(10_000)
        const got: Buffer[] = []
        for (let at = 0; at < stream.length; ) {
          const size = sizes.next().value + 1
          const lent = Buffer.from(stream.subarray(at, at + size))
          frames.push(lent)
          at += size
          const [asksAll, asksOne] = [asks.next().value, asks.next().value]
          const asked = asksAll
            ? drain(frames)
            : asksOne
              ? [frames.next()].filter((each) => each !== null)
              : []
          got.push(...asked.map((frame) => Buffer.from(frame)))
          frames.keep()
          lent.fill(0xee)
        }
        got.push(...drain(frames))
        expect(got.map((frame) => frame.toString('hex'))).toEqual(
          sent.map((body) => Buffer.from(body).toString('hex')),
        )
        expect([frames.bufferedBytes, frames.pieces]).toEqual([0, 0])
      }),
    )
  })

  it('puts crumbs together, so that a frame sent byte by byte does not cost a Buffer per byte', () => {
    const frames = new FrameSplitter(1_000_000)
    const stream = framed(Buffer.alloc(200_000, 7))
    let early = 0
    for (let at = 0; at < stream.length - 1; at++) {
      frames.push(stream.subarray(at, at + 1))
      if (frames.next() !== null) early++
      frames.keep()
    }
    expect(early).toBe(0)
    expect(frames.pieces).toBeLessThan(20)
    frames.push(stream.subarray(-1))
    expect(frames.next()?.equals(Buffer.alloc(200_000, 7))).toBe(true)
  })

  it('takes nothing for a size that is only announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const many = Array.from({ length: 100 }, () => {
      const frames = new FrameSplitter(0x7fffffff)
      frames.push(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1]))
      return [frames, frames.next()]
    })
    expect(many.every(([, frame]) => frame === null)).toBe(true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })

  it('keeps nothing of the chunks: they are lent, and read into again', () => {
    const frames = new FrameSplitter(100)
    const stream = [framed(Buffer.from('abc')), framed(Buffer.from('de')), framed(Buffer.from('fghi'))]
    const chunk = Buffer.concat(stream)
    const lent = Buffer.alloc(6)
    for (let at = 0; at < chunk.length; at += lent.length) {
      const bytes = chunk.copy(lent, 0, at)
      frames.push(lent.subarray(0, bytes))
      frames.keep()
    }
    lent.fill(0)
    expect(drain(frames).map(String)).toEqual(['abc', 'de', 'fghi'])
  })

  it('tells which frame is in memory that is lent', () => {
    const frames = new FrameSplitter(100)
    const bytes = ['a', 'b', 'c', 'd'].map((each) => framed(Buffer.from(each)))
    const lent = () => drainOne(frames) && frames.isLent
    frames.push(Buffer.concat(bytes).subarray(0, 12))
    expect([lent(), lent()]).toEqual([true, true]) // the third is not whole
    frames.push(Buffer.concat(bytes).subarray(12))
    expect([lent(), lent()]).toEqual([false, true])
    frames.push(Buffer.concat(bytes))
    expect(lent()).toBe(true)
    frames.keep()
    expect([lent(), lent(), lent()]).toEqual([false, false, false])
  })

  it('gives a large frame memory of its own, not much more than it has bytes', () => {
    const frames = new FrameSplitter(1_000_000)
    const stream = Buffer.concat([
      framed(Buffer.from('abc')),
      framed(Buffer.alloc(100_000, 7)),
      framed(Buffer.from('de')),
    ])
    for (let at = 0; at < stream.length; at += 65_536) frames.push(stream.subarray(at, at + 65_536))
    const [, large, after] = drain(frames)
    expect(large?.buffer.byteLength).toBe(100_004)
    expect(after?.toString()).toBe('de')
  })

  it.each<[when: string, letGo: (frames: FrameSplitter) => void]>([
    ['there is none behind it', (frames) => frames.advance()],
    ['it is cleared', (frames) => frames.clear()],
  ])('lets go of a frame when %s', (_, letGo) => {
    const frames = new FrameSplitter(1_000_000)
    frames.push(framed(Buffer.alloc(100_000, 7)))
    expect([frames.advance(), frames.bytes.length]).toEqual([true, 100_004])
    letGo(frames)
    expect(frames.bytes.length).toBe(0)
  })

  it('makes room for sixteen times what has come, at most', () => {
    const frames = new FrameSplitter(0x7fffffff)
    const before = process.memoryUsage().arrayBuffers
    const prefix = Buffer.from([0x7f, 0xff, 0xff, 0xff])
    frames.push(Buffer.concat([prefix, Buffer.alloc(100_000)]))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000) // the chunk itself among them
    expect(frames.bufferedBytes).toBe(100_004)
  })

  it('refuses a size below zero or above the limit', () => {
    for (const size of [-1, 101]) {
      const frames = new FrameSplitter(100)
      const prefix = Buffer.alloc(4)
      prefix.writeInt32BE(size)
      frames.push(prefix)
      expect(() => frames.next()).toThrow(/socket\.request\.max\.bytes allows 0 to 100/)
    }
  })

  it('refuses it when its turn has come, and takes no more', () => {
    const frames = new FrameSplitter(100)
    frames.push(Buffer.concat([framed(Buffer.from('abc')), Buffer.from([0, 0, 1, 0, 9, 9])]))
    frames.push(framed(Buffer.from('behind it')))
    expect(frames.next()?.toString()).toBe('abc')
    expect(() => frames.next()).toThrow('a frame of 256 bytes was announced')
    expect(() => frames.next()).toThrow('a frame of 256 bytes was announced')
  })
})
