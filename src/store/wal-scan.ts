// Reads the two files of a write-ahead log back: which frames there are behind what LMDB has, in which order, and whether the end is one that a
// crash leaves. A write begins when the one before is through, so only the last frame can be half written. Everything else that does not
// fit, a frame that is missing between others, a file that is shorter than what was in it, is damage: what was acknowledged is gone.

import { crc32c } from '../protocol/records/crc32c.js'
import {
  type Entry,
  entriesIn,
  HEADER_BYTES,
  type Header,
  headerAt,
  isHeader,
  NO_HEADER,
  nextHeader,
} from './wal-frames.js'

/** One file and the salt of its present use. */
export interface Used {
  readonly name: string
  readonly bytes: Buffer
  readonly salt: number
}

export interface Found {
  readonly frames: readonly Frame[]
  /** Where the next one belongs. */
  readonly end: number
  /** There are bytes of a frame that is not whole. */
  readonly isTorn: boolean
}

export interface Frame {
  readonly sequence: number
  readonly ms: number
  readonly entries: readonly Entry[]
}

export interface Scan {
  /** Of both files, oldest first. */
  readonly frames: readonly Frame[]
  /** Of each file. */
  readonly found: readonly [Found, Found]
  /** Of both files' numbers, the one with the older frames first; the last is the one to go on with. */
  readonly order: readonly [0 | 1, 0 | 1]
  /** Of the last frame, or `after`. */
  readonly sequence: number
  /** What is wrong, or null. What was found is whole nevertheless. */
  readonly damage: string | null
}

/** `after`: the sequence up to which LMDB has everything. */
export function scan(files: readonly [Used, Used], after: number): Scan {
  const starts = [scanFile(files[0], after + 1), scanFile(files[1], after + 1)] as const
  const isSecondOlder = starts[0].frames.length === 0 && starts[1].frames.length > 0
  const [first, second] = isSecondOlder ? ([1, 0] as const) : ([0, 1] as const)
  const older = starts[first]
  const middle = after + older.frames.length
  const newer = scanFile(files[second], middle + 1)
  return {
    frames: [...older.frames, ...newer.frames],
    found: isSecondOlder ? [newer, older] : [older, newer],
    order: newer.frames.length > 0 ? [first, second] : [second, first],
    sequence: middle + newer.frames.length,
    damage: older.damage ?? newer.damage,
  }
}

interface Part extends Found {
  readonly damage: string | null
}

/** As far as frames follow each other from `expected` on. */
function scanFile({ name, bytes, salt }: Used, expected: number): Part {
  const frames: Frame[] = []
  let end = 0
  let sequence = expected
  for (
    let next = frameAt(bytes, end, salt, sequence);
    next !== null;
    next = frameAt(bytes, end, salt, sequence)
  ) {
    frames.push(next.frame)
    end = next.end
    sequence++
  }
  const rest = { frames, end, isTorn: false }
  if (end + HEADER_BYTES > bytes.length)
    return { ...rest, damage: `${name} is cut off at byte ${bytes.length}` }
  const header = headerAt(bytes, end, salt)
  if (header?.sequence === sequence && endOf(end, header) + HEADER_BYTES > bytes.length)
    return { ...rest, damage: `${name} is cut off at byte ${bytes.length}` }
  const later = laterFrame(bytes, end, salt, sequence)
  if (later !== null) return { ...rest, damage: `${name} is damaged at byte ${end}: ${later}` }
  const isClean = bytes.compare(NO_HEADER, 0, HEADER_BYTES, end, end + HEADER_BYTES) === 0
  // A crash between LMDB's taking over and the zeros that free the file leaves it as it was.
  const isLeftOver = end === 0 && header === null && isHeader(bytes, end)
  return { ...rest, isTorn: !isClean && !isLeftOver, damage: null }
}

const endOf = (at: number, { bodyBytes }: Header) => at + HEADER_BYTES + bodyBytes

/** A whole one that is the next, or null. */
function frameAt(
  bytes: Buffer,
  at: number,
  salt: number,
  expected: number,
): { frame: Frame; end: number } | null {
  if (at + HEADER_BYTES > bytes.length) return null
  const header = headerAt(bytes, at, salt)
  if (header === null || header.sequence !== expected) return null
  const end = endOf(at, header)
  if (end + HEADER_BYTES > bytes.length) return null
  const bodyAt = at + HEADER_BYTES
  if (crc32c(bytes, bodyAt, end) !== header.bodyCrc) return null
  const { sequence, ms } = header
  return { frame: { sequence, ms, entries: [...entriesIn(bytes.subarray(bodyAt, end))] }, end }
}

/** A frame that was written when the one that belongs at `end` was there, or null. */
function laterFrame(bytes: Buffer, end: number, salt: number, missing: number): string | null {
  for (let at = nextHeader(bytes, end, salt); at >= 0; at = nextHeader(bytes, at + 1, salt)) {
    const { sequence } = headerAt(bytes, at, salt) as Header
    if (sequence > missing)
      return `write ${missing} is not whole, and write ${sequence} follows at byte ${at}`
  }
  return null
}
