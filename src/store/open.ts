// The store that a broker was asked for: in memory, or in a directory. LMDB is loaded when it is needed, not before.

import { clearInterval, setInterval } from 'node:timers'
import { MemoryStore } from './memory.js'
import type { Durability, Store } from './store.js'

export interface StoreOptions {
  /** Absent: in memory. */
  readonly dataDir?: string | undefined
  readonly durability?: Durability | undefined
  /** Settings under which what is kept was made (LmdbStoreOptions). */
  readonly madeWith: Readonly<Record<string, string>>
  nowMs(): number
  log(level: 'info' | 'warn' | 'error', line: string): void
}

export interface OpenedStore {
  readonly store: Store
  /** When the process before this one was last known to run, ms since the epoch; undefined: there was none. */
  readonly downSinceMs?: number
}

/** So often it is noted that this process runs, in ms. */
const STAMP_INTERVAL_MS = 1000
/** So often a long load tells how far it is. */
const PROGRESS_INTERVAL_MS = 1000

/** Throws StoreError, of one line, when the directory is in use, of a newer format, or damaged. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { dataDir: dir, durability = 'fsync', madeWith, nowMs, log } = options
  if (dir === undefined) return { store: new MemoryStore() }
  const { openLmdbStore } = await import('./lmdb.js')
  const progress = everySecond(nowMs, (loaded, total) => {
    log('info', `data directory ${dir}: ${loaded} of ${total} records loaded`)
  })
  const store = await openLmdbStore({ dir, durability, madeWith, nowMs, log, progress })
  const stamping = setInterval(() => store.stamp(nowMs()), STAMP_INTERVAL_MS).unref()
  const close = () => {
    clearInterval(stamping)
    return store.close()
  }
  const kept: Store = {
    load: (name) => store.load(name),
    append: (name, records) => store.append(name, records),
    close,
  }
  return store.lastAliveMs === 0 ? { store: kept } : { store: kept, downSinceMs: store.lastAliveMs }
}

function everySecond(nowMs: () => number, tell: (loaded: number, total: number) => void): typeof tell {
  let lastMs = nowMs()
  return (loaded, total) => {
    if (nowMs() - lastMs < PROGRESS_INTERVAL_MS) return
    lastMs = nowMs()
    tell(loaded, total)
  }
}
