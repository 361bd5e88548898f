// Reads one log, of LMDB and of what LMDB may lack, giving the event loop its turns, so that requests are answered
// COORDINATOR_LOAD_IN_PROGRESS meanwhile. What is read is the log as it was when reading began.

import { formatOf } from './formats/formats.js'
import { entryOf, keyOf, rangeOf } from './layout.js'
import { countEntries, type Env, type Reading, type Write } from './lmdb-env.js'
import type { StoredRecord } from './store.js'
import { StoreError } from './store-error.js'
import type { Turns } from './turns.js'

const RECORDS_BETWEEN_LOOKS = 100

/** What the logs of one store share. */
export interface Loading {
  readonly dir: string
  readonly turns: Turns
  readonly progress: ((loaded: number, total: number) => void) | undefined
  /** How many entries LMDB may lack. */
  missing(): number
  loaded: number
}

/** `missing`: what LMDB may lack at this moment. */
export async function* loadLog(
  env: Env,
  log: string,
  number: number,
  missing: Missing,
  loading: Loading,
): AsyncGenerator<StoredRecord> {
  const { turns, progress } = loading
  const format = formatOf(log)
  const total = countEntries(env) + loading.missing()
  env.resetReadTxn() // what it reads is to be no older than what is missing
  const transaction = env.useReadTransaction()
  try {
    for (const { key, value } of merged(env, number, missing, { transaction })) {
      const entry = entryOf(key, value)
      if (entry === null) throw damaged(loading.dir, log, key)
      const record = format.record(entry.key, entry.value)
      if (record !== null) yield record
      if (++loading.loaded % RECORDS_BETWEEN_LOOKS !== 0 || !turns.isOver) continue
      progress?.(loading.loaded, total)
      await turns.nextTurn()
    }
  } finally {
    transaction.done()
  }
}

/** Writes by key (Takeover.missing). */
export type Missing = ReadonlyMap<string, Write>

interface Stored {
  readonly key: Buffer
  readonly value: Buffer
}

/** What LMDB has of a log with what it lacks in its place, in the order of keys. */
export function* merged(env: Env, number: number, missing: Missing, reading: Reading): Iterable<Stored> {
  const newer = [...missing.values()].sort((a, b) => a.key.compare(b.key))
  let next = 0
  for (const stored of env.getRange({ ...rangeOf(number), ...reading })) {
    let isReplaced = false
    for (; next < newer.length; next++) {
      const { key, value } = newer[next] as Write
      const order = key.compare(stored.key)
      if (order > 0) break
      if (order === 0) isReplaced = true
      if (value !== null) yield { key, value }
    }
    if (!isReplaced) yield stored
  }
  for (const { key, value } of newer.slice(next)) if (value !== null) yield { key, value }
}

function damaged(dir: string, log: string, key: Buffer): StoreError {
  return new StoreError(
    `data directory ${dir}: the entry ${nameOf(log, key)} of ${log} is damaged: its checksum is another; cohort export writes down what is whole, for cohort import into a new directory`,
  )
}

/** As far as it can be read: the key may be what is damaged. */
export function nameOf(log: string, stored: Buffer): string {
  try {
    return JSON.stringify(formatOf(log).describeKey(keyOf(stored)))
  } catch {
    return stored.toString('hex')
  }
}
