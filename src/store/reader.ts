// A data directory read without being changed, also while a process uses it: what is read is what was durable, or committed, at
// that moment. What is damaged is told and passed over.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkSound } from './directory.js'
import { formatOf } from './formats/formats.js'
import type { Layer } from './layer.js'
import { entryOf } from './layout.js'
import { DATA_FILE, type Env, openEnv, type Reading } from './lmdb-env.js'
import { merged, nameOf } from './lmdb-load.js'
import { own } from './lmdb-owner.js'
import { FORMAT, readFormat, readOwnEntries } from './own-entries.js'
import type { StoredRecord } from './store.js'
import { StoreError } from './store-error.js'
import { contentsOf, layerOf, withLogsOf } from './wal-open.js'

/** In place of the name of a log: what is damaged is the write-ahead log, which has something of each. */
export const ALL_LOGS = ''

export interface StoredEntry {
  readonly log: string
  /** As tools print them; null where the entry is damaged. */
  readonly described: { readonly key: unknown; readonly value: unknown } | null
  /** null also where it is of a kind that is not known. */
  readonly record: StoredRecord | null
  /** What is wrong with it. */
  readonly damage: string | null
}

export interface Reader {
  readonly madeWith: ReadonlyMap<string, string>
  readonly logs: readonly string[]
  /** Logs in the order of their names, entries in that of their keys; of one log where it is given. */
  entries(only?: string): Iterable<StoredEntry>
  close(): Promise<void>
}

/** Throws StoreError. */
export async function openReader(dir: string): Promise<Reader> {
  if (!existsSync(join(dir, DATA_FILE))) throw new StoreError(`there is no data directory ${dir}`)
  // Whoever uses it has found it sound; nobody else writes to it.
  const ownership = await own(dir).catch(() => null)
  let env: Env | undefined
  try {
    if (ownership !== null) await checkSound(dir)
    env = await openEnv({ path: dir, readOnly: true })
    const format = readFormat(env, dir)
    if (format !== FORMAT) throw new StoreError(otherFormat(dir, format))
    const { reading, settings, logs, log } = await momentOf(env, dir)
    const names = [...logs.keys()].sort()
    const opened = env
    return {
      madeWith: settings,
      logs: names,
      *entries(only) {
        // Of who writes to it now, the end is not there yet.
        if (log.damage !== null && ownership !== null) yield damagedLog(log.damage)
        for (const name of only === undefined ? names : [only])
          yield* entriesOf(opened, name, logs.get(name) as number, log, reading)
      },
      async close() {
        reading.transaction?.done()
        await opened.close()
        await ownership?.release()
      },
    }
  } catch (error) {
    await env?.close()
    await ownership?.release()
    if (error instanceof StoreError) throw error
    throw new StoreError(`data directory ${dir} cannot be read: ${(error as Error).message}`)
  }
}

/** What the write-ahead log has and LMDB may lack. */
interface Log {
  readonly missing: Layer
  readonly damage: string | null
}

/** LMDB and the log as they belong together: whoever uses the directory may bring LMDB up to date between one look and the other. */
async function momentOf(env: Env, dir: string) {
  for (let before = readOwnEntries(env, dir); ; ) {
    const contents = before.wal === null ? null : await contentsOf(dir, before.wal).catch(() => null)
    env.resetReadTxn()
    const reading = { transaction: env.useReadTransaction() }
    const { settings, logs, wal } = readOwnEntries(env, dir, reading)
    const isSame = JSON.stringify(wal) === JSON.stringify(before.wal)
    if (isSame) {
      const frames = contents?.scan.frames ?? []
      const isMissing = wal !== null && contents === null
      const damage = contents?.scan.damage ?? (isMissing ? 'its files are not there' : null)
      const log: Log = { missing: layerOf(frames), damage }
      return { reading, settings, logs: withLogsOf(frames, logs), log }
    }
    reading.transaction.done()
    before = { settings, logs, wal, aliveMs: 0 }
  }
}

function otherFormat(dir: string, format: number | null): string {
  if (format === null) return `data directory ${dir} has nothing in it`
  const remedy =
    format > FORMAT ? 'use the Cohort that wrote it' : 'start Cohort on it once, which migrates it'
  return `data directory ${dir}: it has format ${format}, and this is read by format ${FORMAT}; ${remedy}`
}

function* entriesOf(
  env: Env,
  log: string,
  number: number,
  { missing }: Log,
  reading: Reading,
): Iterable<StoredEntry> {
  const newer = new Map(
    Array.from(missing.writesOf(log, number), (write) => [write.key.toString('latin1'), write]),
  )
  for (const { key, value } of merged(env, number, newer, reading)) {
    const entry = entryOf(key, value)
    yield entry === null
      ? damaged(log, key, 'its checksum is another')
      : (readable(log, entry.key, entry.value) ?? damaged(log, key, 'its bytes are none of its kind'))
  }
}

/** null where the format cannot read it. */
function readable(log: string, key: Buffer, value: Buffer): StoredEntry | null {
  const format = formatOf(log)
  try {
    const described = { key: format.describeKey(key), value: format.describeValue(key, value) }
    return { log, described, record: format.record(key, value), damage: null }
  } catch {
    return null
  }
}

function damaged(log: string, stored: Buffer, what: string): StoredEntry {
  return {
    log,
    described: null,
    record: null,
    damage: `an entry of ${log} is damaged, ${nameOf(log, stored)}: ${what}`,
  }
}

function damagedLog(what: string): StoredEntry {
  const damage = `the log of the last writes is damaged: ${what}; what stands behind that is not here`
  return { log: ALL_LOGS, described: null, record: null, damage }
}
