// The write-ahead log: two files, of which one is written while LMDB takes over what is in the other. A write is one frame
// (wal-frames.ts), and durable when its promise resolves. Which sequence LMDB has taken over, and the salts of both files, are in
// LMDB (WalMark), so that taking over is all or nothing.

import { randomBytes } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Acknowledged } from './alive.js'
import type { Bytes } from './bytes.js'
import type { WalMark } from './own-entries.js'
import { DiskFailure, FIRST_BYTES, WalFile } from './wal-file.js'
import { HEADER_BYTES, NO_HEADER, sealed } from './wal-frames.js'
import { type Scan, scan } from './wal-scan.js'

export const WAL_FILES = ['wal-0', 'wal-1'] as const

/** A file is full when it has so much: what a start after a crash has to read, twice. */
export const SEGMENT_BYTES = 16 << 20
/** Where the disk has little left. */
const SMALL_SEGMENT_BYTES = 1 << 20

interface Segment {
  readonly file: WalFile
  salt: number
  /** Where the next frame belongs. */
  end: number
}

export interface WalOptions {
  readonly dir: string
  readonly isSynced: boolean
  /** SEGMENT_BYTES unless given. */
  readonly segmentBytes?: number | undefined
}

export class Wal {
  private readonly segments: readonly [Segment, Segment]
  private readonly isSynced: boolean
  private readonly segmentBytes: number
  private active: number
  /** Of the last frame. */
  private sequence: number
  /** Of the last frame in the file that is not written now; null: LMDB has taken it over. */
  private agingSequence: number | null

  private constructor(
    segments: readonly [Segment, Segment],
    isSynced: boolean,
    segmentBytes = SEGMENT_BYTES,
    active = 0,
    sequence = 0,
    agingSequence: number | null = null,
  ) {
    this.segments = segments
    this.isSynced = isSynced
    this.segmentBytes = segmentBytes
    this.active = active
    this.sequence = sequence
    this.agingSequence = agingSequence
  }

  /** Two new files. Nothing counts of them before LMDB has the mark. */
  static async create({ dir, isSynced, segmentBytes }: WalOptions): Promise<Wal> {
    const segment = async (name: string): Promise<Segment> => {
      return { file: await WalFile.create(join(dir, name), isSynced), salt: newSalt(), end: 0 }
    }
    return new Wal(await Promise.all([segment(WAL_FILES[0]), segment(WAL_FILES[1])]), isSynced, segmentBytes)
  }

  /** As a process left it that did not close. What is half written is taken away. */
  static async open(options: WalOptions, { salts }: WalMark, { scan, sizes }: WalContents): Promise<Wal> {
    const { dir, isSynced, segmentBytes } = options
    const segment = async (i: 0 | 1): Promise<Segment> => {
      const file = await WalFile.open(join(dir, WAL_FILES[i]), sizes[i] as number, isSynced)
      const { end, isTorn } = scan.found[i]
      if (isTorn) await file.write(NO_HEADER, end)
      // What was read may be in the memory of the system alone: who left it was killed in front of its flush, or did without.
      await file.flush()
      return { file, salt: salts[i], end }
    }
    const segments = [await segment(0), await segment(1)] as const
    const [older, newer] = scan.order
    const aging = scan.found[older].frames.at(-1)?.sequence ?? null
    return new Wal(segments, isSynced, segmentBytes, newer, scan.sequence, aging)
  }

  /** Of a new one. */
  get firstMark(): WalMark {
    const [first, second] = this.segments
    return { after: 0, salts: [first.salt, second.salt] }
  }

  private get current(): Segment {
    return this.segments[this.active] as Segment
  }

  private get other(): Segment {
    return this.segments[1 - this.active] as Segment
  }

  /** Where nothing is flushed, the file that says so could be on the disk and the log not. */
  get acknowledged(): Acknowledged | null {
    return this.isSynced ? { salt: this.current.salt, sequence: this.sequence } : null
  }

  /** Whether LMDB has what is in the other file. */
  get isOtherFree(): boolean {
    return this.agingSequence === null
  }

  /**
   * Whether the file that is written has room for a frame of so many bytes, or can be made longer: what is wrong otherwise, 'full' for a file that is
   * as long as it may be. Throws DiskFailure.
   */
  async reserve(frameBytes: number): Promise<Error | 'full' | null> {
    const { file, end } = this.current
    const needed = end + frameBytes + HEADER_BYTES
    if (needed > this.segmentBytes && end > 0) return 'full'
    if (needed <= file.sizeBytes) return null
    try {
      if (needed > SMALL_SEGMENT_BYTES && end > 0 && !(await file.hasPlenty())) return 'full'
      await file.reserve(needed)
      return null
    } catch (error) {
      if (error instanceof DiskFailure) throw error
      return error as Error
    }
  }

  /** Of what is reserved. Throws what the system says when the disk is full all the same, and DiskFailure. */
  async write(frame: Bytes, nowMs: number): Promise<void> {
    const { file, salt, end } = this.current
    const bytes = sealed(frame, salt, this.sequence + 1, nowMs)
    try {
      await file.write(bytes, end)
      await file.flush()
    } catch (error) {
      // It is refused, so it must not be found. Where that fails, nothing may follow; where there is no room for it, none was for the frame.
      await file.write(NO_HEADER, end).catch((second: Error) => {
        if (second instanceof DiskFailure) throw error instanceof DiskFailure ? error : second
      })
      throw error
    }
    this.current.end = end + bytes.length - HEADER_BYTES
    this.sequence++
  }

  /** What is written from now on is in the other file, which is free; what was written until now is aging. */
  turnOver(): void {
    this.agingSequence = this.sequence
    this.active = 1 - this.active
  }

  /** What LMDB says once it has taken over what is aging. */
  nextMark(): WalMark {
    const [first, second] = this.segments
    const saltOf = (segment: Segment) => (segment === this.other ? newSalt() : segment.salt)
    return { after: this.agingSequence as number, salts: [saltOf(first), saltOf(second)] }
  }

  /** LMDB says so. */
  async free({ salts }: WalMark): Promise<void> {
    const { other } = this
    await other.file.write(NO_HEADER, 0)
    await other.file.shorten(Math.max(this.segmentBytes, FIRST_BYTES))
    other.salt = salts[1 - this.active] as number
    other.end = 0
    this.agingSequence = null
  }

  async close(): Promise<void> {
    await Promise.all(this.segments.map(({ file }) => file.close()))
  }
}

const newSalt = () => randomBytes(4).readUInt32BE()

/** The files of a log that nobody needs any more. */
export async function removeWal(dir: string): Promise<void> {
  await Promise.all(WAL_FILES.map((name) => unlink(join(dir, name)).catch(() => {})))
}

/** What is in the files. */
export interface WalContents {
  readonly scan: Scan
  readonly sizes: readonly number[]
}

/** Throws what the system says, ENOENT where a file is missing. */
export async function readWal(dir: string, { after, salts }: WalMark): Promise<WalContents> {
  const read = async (i: 0 | 1) => {
    return { name: WAL_FILES[i], bytes: await readFile(join(dir, WAL_FILES[i])), salt: salts[i] }
  }
  const files = [await read(0), await read(1)] as const
  return { scan: scan(files, after), sizes: files.map(({ bytes }) => bytes.length) }
}
