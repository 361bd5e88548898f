// What a store keeps of itself beside the logs: the version of its format, which number each log has, when it was last known to run, how
// far the write-ahead log is in LMDB, and settings that it cannot do without, under which its logs were written.

import { entryOf, MAX_LOGS, OWN, rangeOf, storedKey, storedValue } from './layout.js'
import { countEntries, type Env, type Reading, type Write } from './lmdb-env.js'
import { StoreError } from './store-error.js'

export const FORMAT = 2
/** Of the first format, which had no checksums. */
const FORMAT_0 = '0'

const FORMAT_KEY = 'format'
const ALIVE_KEY = 'alive'
const WAL_KEY = 'wal'
/** Before the name of a log, whose number is the value. */
export const LOG_PREFIX = 'log/'
const SETTING_PREFIX = 'setting/'

export interface OwnEntries {
  readonly logs: ReadonlyMap<string, number>
  readonly settings: ReadonlyMap<string, string>
  /** 0: never. */
  readonly aliveMs: number
  /** null: all is in LMDB, and files of a log are of no account. */
  readonly wal: WalMark | null
}

/** What LMDB has of the write-ahead log (wal.ts). */
export interface WalMark {
  /** Of the last frame whose entries are in LMDB. */
  readonly after: number
  /** Of each of its files. */
  readonly salts: readonly [number, number]
}

const formatKey = storedKey(OWN, Buffer.from(FORMAT_KEY))

/** null: there is nothing yet. Throws StoreError. */
export function readFormat(env: Env, dir: string): number | null {
  const bytes = env.get(formatKey)
  if (bytes === undefined) {
    if (countEntries(env) === 0) return null
    throw new StoreError(
      `data directory ${dir}: it has an LMDB database that is not Cohort's; choose another directory`,
    )
  }
  if (bytes.toString() === FORMAT_0) return 0
  const entry = entryOf(formatKey, bytes)
  if (entry === null)
    throw new StoreError(`data directory ${dir}: the entry that tells its format is damaged`)
  return Number(entry.value.toString())
}

export const formatEntry = (): Write => ownEntry(FORMAT_KEY, String(FORMAT))
export const aliveEntry = (nowMs: number): Write => ownEntry(ALIVE_KEY, String(nowMs))
export const logEntry = (log: string, number: number): Write => ownEntry(LOG_PREFIX + log, String(number))
export const settingEntry = (name: string, value: string): Write => ownEntry(SETTING_PREFIX + name, value)

export function walEntry({ after, salts }: WalMark): Write {
  return ownEntry(WAL_KEY, [after, ...salts].join(' '))
}

/** The log is over. */
export const noWalEntry = (): Write => ({ key: storedKey(OWN, Buffer.from(WAL_KEY)), value: null })

/** Name and number, where it is the entry of a log. */
export function logOf(key: Buffer, value: Buffer): [string, number] | null {
  const name = key.toString()
  return name.startsWith(LOG_PREFIX) ? [name.slice(LOG_PREFIX.length), Number(value.toString())] : null
}

function markOf(text: string): WalMark {
  const [after = 0, first = 0, second = 0] = text.split(' ').map(Number)
  return { after, salts: [first, second] }
}

function ownEntry(name: string, value: string): Write {
  const own = Buffer.from(name)
  const key = storedKey(OWN, own)
  return { key, value: storedValue(key, own, Buffer.from(value)) }
}

/** Throws StoreError where one is damaged. */
export function readOwnEntries(env: Env, dir: string, reading: Reading = {}): OwnEntries {
  const logs = new Map<string, number>()
  const settings = new Map<string, string>()
  let aliveMs = 0
  let wal: WalMark | null = null
  for (const { key, value } of env.getRange({ ...rangeOf(OWN), ...reading })) {
    const entry = entryOf(key, value)
    if (entry === null) {
      throw new StoreError(`data directory ${dir}: the store's own entry ${key.toString('hex')} is damaged`)
    }
    const [name, text] = [entry.key.toString(), entry.value.toString()]
    const log = logOf(entry.key, entry.value)
    if (name === ALIVE_KEY) aliveMs = Number(text)
    else if (name === WAL_KEY) wal = markOf(text)
    else if (log !== null) logs.set(...log)
    else if (name.startsWith(SETTING_PREFIX)) settings.set(name.slice(SETTING_PREFIX.length), text)
  }
  return { logs, settings, aliveMs, wal }
}

/** The number that a new log gets. */
export function nextLogNumber(logs: ReadonlyMap<string, number>): number {
  const next = Math.max(OWN, ...logs.values()) + 1
  if (next > MAX_LOGS) throw new StoreError(`a store has at most ${MAX_LOGS} logs`)
  return next
}
