// The write-ahead log of a directory at a start: a new one, or what a process left that did not close, which is read back and gone on with.

import { type Acknowledged, readAcknowledged } from './alive.js'
import { Layer } from './layer.js'
import { OWN } from './layout.js'
import { logOf, type WalMark } from './own-entries.js'
import { StoreError } from './store-error.js'
import { readWal, WAL_FILES, Wal, type WalContents, type WalOptions } from './wal.js'
import type { Frame } from './wal-scan.js'

export interface OpenedLog {
  readonly wal: Wal
  /** What the log has and LMDB may lack: in the file that is written, and in the other. */
  readonly fresh: Layer
  readonly aging: Layer
  readonly logs: ReadonlyMap<string, number>
  /** When it was last written, ms since the epoch; 0: nothing is in it. */
  readonly lastMs: number
}

export interface OpenLogOptions extends WalOptions {
  tell(level: 'info' | 'warn', line: string): void
}

/** `written`: what LMDB says. Throws StoreError where something is missing. */
export async function openLog(
  options: OpenLogOptions,
  written: { readonly wal: WalMark | null; readonly logs: ReadonlyMap<string, number> },
): Promise<OpenedLog> {
  const { dir, tell } = options
  const { wal: mark, logs } = written
  if (mark === null) {
    return { wal: await Wal.create(options), fresh: new Layer(), aging: new Layer(), logs, lastMs: 0 }
  }
  const contents = await contentsOf(dir, mark)
  const { found, order, damage } = contents.scan
  if (damage !== null) throw damagedLog(dir, damage)
  for (const [i, { isTorn, end }] of found.entries()) {
    if (isTorn)
      tell(
        'warn',
        `data directory ${dir}: ${WAL_FILES[i]} ends in a write that is not whole, at byte ${end}: left out, as a crash in the middle of it leaves it`,
      )
  }
  const [aging, fresh] = [found[order[0]].frames, found[order[1]].frames]
  const wal = await Wal.open(options, mark, contents)
  const lastMs = contents.scan.frames.reduce((last, { ms }) => Math.max(last, ms), 0)
  return {
    wal,
    fresh: layerOf(fresh),
    aging: layerOf(aging),
    logs: withLogsOf(contents.scan.frames, logs),
    lastMs,
  }
}

/** Throws StoreError. */
export async function contentsOf(dir: string, mark: WalMark): Promise<WalContents> {
  try {
    const contents = await readWal(dir, mark)
    return checked(contents, mark, await readAcknowledged(dir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw damagedLog(dir, 'it is not there')
    throw error
  }
}

/** A last write that is not whole was damaged afterwards when it is known that it was acknowledged. */
function checked(contents: WalContents, { salts }: WalMark, acknowledged: Acknowledged | null): WalContents {
  const { scan } = contents
  const { found, order, sequence } = scan
  if (acknowledged === null || !salts.includes(acknowledged.salt)) return contents
  if (acknowledged.sequence <= sequence || scan.damage !== null) return contents
  const [, last] = order
  const damage = `${WAL_FILES[last]} is damaged at byte ${found[last].end}: write ${sequence + 1} is not whole, and write ${acknowledged.sequence} was acknowledged`
  return { ...contents, scan: { ...scan, damage } }
}

function damagedLog(dir: string, what: string): StoreError {
  return new StoreError(
    `data directory ${dir}: the log of its last writes is damaged: ${what}; put a copy of the directory in its place, or cohort export what is whole, for cohort import into a new one`,
  )
}

export function layerOf(frames: readonly Frame[]): Layer {
  const layer = new Layer()
  for (const { entries } of frames) for (const entry of entries) layer.addEntry(entry)
  return layer
}

/** The logs that LMDB knows, and those that only the write-ahead log knows. */
export function withLogsOf(
  frames: readonly Frame[],
  logs: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const all = new Map(logs)
  for (const { entries } of frames) {
    for (const { log, key, value } of entries) {
      const named = log === OWN && value !== null ? logOf(key, value) : null
      if (named !== null) all.set(...named)
    }
  }
  return all
}
