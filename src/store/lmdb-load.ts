// Reads one log, giving the event loop its turns, so that requests are answered COORDINATOR_LOAD_IN_PROGRESS meanwhile. What is read is the
// log as it was when reading began.

import { formatOf } from './formats/formats.js'
import { entryOf, keyOf, rangeOf } from './layout.js'
import { countEntries, type Env } from './lmdb-env.js'
import type { StoredRecord } from './store.js'
import { StoreError } from './store-error.js'
import type { Turns } from './turns.js'

const RECORDS_BETWEEN_LOOKS = 100

/** What the logs of one store share. */
export interface Loading {
  readonly dir: string
  readonly turns: Turns
  readonly progress: ((loaded: number, total: number) => void) | undefined
  loaded: number
}

export async function* loadLog(
  env: Env,
  log: string,
  number: number,
  loading: Loading,
): AsyncGenerator<StoredRecord> {
  const { turns, progress } = loading
  const format = formatOf(log)
  const total = countEntries(env)
  for (const { key, value } of env.getRange(rangeOf(number))) {
    const entry = entryOf(key, value)
    if (entry === null) throw damaged(loading.dir, log, key)
    const record = format.record(entry.key, entry.value)
    if (record !== null) yield record
    if (++loading.loaded % RECORDS_BETWEEN_LOOKS !== 0 || !turns.isOver) continue
    progress?.(loading.loaded, total)
    await turns.nextTurn()
  }
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
