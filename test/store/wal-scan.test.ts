// The log is read back after every cut and every change of a byte: what comes back is a beginning of what was written, and either it has
// everything, or the end of it is told, or the damage is. Only the last write can be left out without damage.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bytes } from '../../src/store/bytes.js'
import { beginEntry, beginFrame, endEntry, endKey, HEADER_BYTES, sealed } from '../../src/store/wal-frames.js'
import { type Scan, scan, type Used } from '../../src/store/wal-scan.js'

const SALTS = [0x5a17_0000, 0x5a17_0001] as const
const LEFT_OVER = 0xdead_0000
const FILE_BYTES = 2048

/** A frame for each text. */
function written(texts: readonly string[], salt: number, first: number, room = FILE_BYTES): Buffer {
  const file = Buffer.alloc(room)
  let end = 0
  for (const [i, text] of texts.entries()) {
    const frame = new Bytes()
    beginFrame(frame)
    const entry = beginEntry(frame, 1)
    frame.utf8(`key ${text}`)
    endKey(frame, entry)
    const keyEnd = frame.length
    frame.utf8(text)
    endEntry(frame, entry, keyEnd)
    const bytes = sealed(frame, salt, first + i, 1000 + i)
    bytes.copy(file, end)
    end += bytes.length - HEADER_BYTES
  }
  return file
}

const used = ([first, second]: readonly [Buffer, Buffer]): [Used, Used] => [
  { name: 'wal-0', bytes: first, salt: SALTS[0] },
  { name: 'wal-1', bytes: second, salt: SALTS[1] },
]

const textsOf = ({ frames }: Scan) =>
  frames.flatMap(({ entries }) => entries.map(({ value }) => value?.toString()))
const isTorn = ({ found }: Scan) => found.some((each) => each.isTorn)

const OLDER = ['one', 'two', 'three']
const NEWER = ['four', 'five']
const ALL = [...OLDER, ...NEWER]
/** As it is while LMDB takes over what the older file has: what comes after 10 is in the log. */
const BOTH: readonly [Buffer, Buffer] = [written(OLDER, SALTS[0], 11), written(NEWER, SALTS[1], 14)]
const ONE: readonly [Buffer, Buffer] = [written(ALL, SALTS[0], 11), Buffer.alloc(FILE_BYTES)]
const FILES = [
  ['both files', BOTH],
  ['both files, the second first', [written(NEWER, SALTS[0], 14), written(OLDER, SALTS[1], 11)] as const],
  ['one file', ONE],
  ['the second file', [Buffer.alloc(FILE_BYTES), written(ALL, SALTS[1], 11)] as const],
] as const

describe.each(FILES)('a log in %s', (_, files) => {
  const whole = scan(used(files), 10)

  it('is read in order', () => {
    expect(textsOf(whole)).toEqual(ALL)
    expect(whole).toMatchObject({ sequence: 15, damage: null })
    expect(isTorn(whole)).toBe(false)
    const { end } = whole.found[whole.order[1]]
    expect(files[whole.order[1]].subarray(end, end + HEADER_BYTES).every((byte) => byte === 0)).toBe(true)
  })

  it('tells damage wherever a file is cut in front of its end', () => {
    for (const which of [0, 1] as const) {
      const { end } = whole.found[which]
      for (let size = 0; size < FILE_BYTES; size++) {
        const cut = files.map((file, i) => (i === which ? file.subarray(0, size) : file)) as [Buffer, Buffer]
        const found = scan(used(cut), 10)
        if (size >= end + HEADER_BYTES) expect(textsOf(found), `${size}`).toEqual(ALL)
        expect(found.damage === null, `file ${which} of ${size} bytes`).toBe(size >= end + HEADER_BYTES)
        expect(ALL.slice(0, found.frames.length)).toEqual(textsOf(found))
      }
    }
  })

  it.each([0x01, 0x80, 0xff])(
    'has all, or says what is not there, when a byte is another (xor %i)',
    (bits) => {
      const { end: lastEnd } = whole.found[whole.order[1]]
      const lastAt = lastEnd - HEADER_BYTES - lastEntryBytes
      for (const which of [0, 1] as const) {
        for (let at = 0; at < FILE_BYTES; at++) {
          const file = Buffer.from(files[which])
          file[at] = (file[at] as number) ^ bits
          const changed = [...files] as [Buffer, Buffer]
          changed[which] = file
          const found = scan(used(changed), 10)
          const texts = textsOf(found)
          expect(ALL.slice(0, texts.length), `byte ${at}`).toEqual(texts)
          if (texts.length === ALL.length) continue
          const isLast = which === whole.order[1] && at >= lastAt && at < lastEnd
          if (isLast) {
            // What a write leaves that is cut off by a crash looks the same, or the file seems too short for it.
            expect(texts).toEqual(ALL.slice(0, -1))
            expect(isTorn(found) || found.damage !== null, `byte ${at}`).toBe(true)
          } else expect(found.damage, `byte ${at} of file ${which}`).not.toBeNull()
        }
      }
    },
  )

  it('goes on in front of a write that is cut off at any byte', () => {
    const which = whole.order[1]
    const { end } = whole.found[which]
    const next = written(['six'], SALTS[which], 16).subarray(0, 3 * HEADER_BYTES)
    for (let size = 1; size < next.length; size++) {
      const file = Buffer.from(files[which])
      next.copy(file, end, 0, size)
      const torn = [...files] as [Buffer, Buffer]
      torn[which] = file
      const found = scan(used(torn), 10)
      expect(found.damage, `${size} bytes`).toBeNull()
      const isWhole = found.frames.length > ALL.length
      expect(textsOf(found).slice(0, ALL.length)).toEqual(ALL)
      if (!isWhole) expect([isTorn(found), found.found[which].end]).toEqual([true, end])
    }
  })

  it('takes nothing for its own that an earlier use has left', () => {
    const left = written(['old', 'older', 'oldest', 'and more', 'and much more of it', 'x'], LEFT_OVER, 11)
    const mixed = files.map((file, i) => {
      const { end } = whole.found[i as 0 | 1]
      const keep = end === 0 ? 0 : end + HEADER_BYTES
      return Buffer.concat([file.subarray(0, keep), left.subarray(keep)])
    }) as [Buffer, Buffer]
    const found = scan(used(mixed), 10)
    expect(textsOf(found)).toEqual(ALL)
    expect(found.damage).toBeNull()
  })
})

/** Of "five": header of the entry, key, value. */
const lastEntryBytes = 10 + 'key five'.length + 'five'.length

it('a log whose first write LMDB already has is damaged', () => {
  expect(scan(used(ONE), 9).damage).toMatch(/write 10 is not whole, and write 11 follows/)
  expect(textsOf(scan(used(ONE), 9))).toEqual([])
})

it('entries come back, tombstones too', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
  const entry = fc.record({
    log: fc.integer({ min: 0, max: 0xffff }),
    key: bytes(700),
    value: fc.option(bytes(3000)),
  })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (entries) => {
      const frame = new Bytes()
      beginFrame(frame)
      for (const { log, key, value } of entries) {
        const at = beginEntry(frame, log)
        frame.bytes(key)
        endKey(frame, at)
        const keyEnd = frame.length
        if (value !== null) frame.bytes(value)
        endEntry(frame, at, value === null ? null : keyEnd)
      }
      const file = Buffer.from(sealed(frame, SALTS[0], 1, 0))
      const [found] = scan(used([file, Buffer.alloc(HEADER_BYTES)]), 0).frames
      expect(found?.entries).toEqual(entries)
    }),
  )
})
