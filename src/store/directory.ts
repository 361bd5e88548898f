// A data directory on its way to a store: made, owned, found sound, of this format and of these settings. Whatever is wrong with it is
// a StoreError.

import { existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AliveFile, readAliveMs } from './alive.js'
import { checkFile } from './lmdb-check.js'
import { commit, DATA_FILE, type Env, openEnv, type Write } from './lmdb-env.js'
import { type Ownership, own } from './lmdb-owner.js'
import { migrate } from './migrations.js'
import { FORMAT, readOwnEntries, settingEntry, walEntry } from './own-entries.js'
import { Space } from './space.js'
import { StoreError } from './store-error.js'
import { Turns } from './turns.js'
import { type OpenedLog, openLog } from './wal-open.js'

export interface DirectoryOptions {
  readonly dir: string
  /** Commits are flushed. */
  readonly isSynced: boolean
  readonly madeWith: Readonly<Record<string, string>>
  /** WalOptions. */
  readonly segmentBytes: number | undefined
  tell(level: 'info' | 'warn', line: string): void
}

export interface Directory extends Omit<OpenedLog, 'lastMs'> {
  readonly env: Env
  readonly ownership: Ownership
  readonly alive: AliveFile
  readonly space: Space
  /** 0: never. */
  readonly lastAliveMs: number
  /** null: it is new. */
  readonly migratedFrom: number | null
  readonly madeWith: ReadonlyMap<string, string>
}

export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { dir, isSynced, madeWith, tell } = options
  let ownership: Ownership | undefined
  let env: Env | undefined
  try {
    const made = mkdirSync(dir, { recursive: true })
    ownership = await own(dir)
    await checkSound(dir)
    env = await openEnv({ path: dir, noSync: !isSynced })
    const migratedFrom = await migrate(env, dir)
    if (migratedFrom !== null && migratedFrom < FORMAT) {
      tell('info', `data directory ${dir}: migrated from format ${migratedFrom} to ${FORMAT}`)
    }
    const { settings, aliveMs, ...written } = readOwnEntries(env, dir)
    // Files of the log are changed upon what LMDB says, which may be in the memory of the system alone, as in Wal.open.
    if (isSynced) await flushed(join(dir, DATA_FILE), 'r+')
    const all = await keepSettings(env, dir, settings, madeWith)
    const { lastMs, ...log } = await openLog(options, written)
    if (isSynced) await Promise.all(namingOf(dir, made).map(flushEntries))
    if (written.wal === null) await commit(env, [walEntry(log.wal.firstMark)])
    const lastAliveMs = Math.max(aliveMs, lastMs, await readAliveMs(dir))
    const [alive, space] = [await AliveFile.open(dir), await Space.open(dir)]
    return { env, ownership, alive, space, ...log, lastAliveMs, migratedFrom, madeWith: all }
  } catch (error) {
    await env?.close()
    await ownership?.release()
    if (error instanceof StoreError) throw error
    throw new StoreError(`data directory ${dir} cannot be used: ${(error as Error).message}`)
  }
}

/** The directories that have the names of its files, its own, and those of all that were made above it; `made`: the first of them. */
function namingOf(dir: string, made: string | undefined): string[] {
  const last = dirname(resolve(made ?? dir))
  const paths = [resolve(dir)]
  for (let path = resolve(dir); path !== last && path !== dirname(path); ) {
    path = dirname(path)
    paths.push(path)
  }
  return paths
}

/** Without it a new file may be flushed and its name not. Where the system does not flush directories, it needs not. */
async function flushEntries(path: string): Promise<void> {
  await flushed(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO') throw error
  })
}

async function flushed(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What LMDB would stumble over. */
export async function checkSound(dir: string): Promise<void> {
  const file = join(dir, DATA_FILE)
  const wrong = existsSync(file) ? await checkFile(file, new Turns()) : null
  if (wrong === null) return
  throw new StoreError(
    `data directory ${dir}: ${DATA_FILE} is damaged: ${wrong}; put a copy in its place, or begin anew with another directory`,
  )
}

export async function keepSettings(
  env: Env,
  dir: string,
  kept: ReadonlyMap<string, string>,
  given: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const entries: Write[] = []
  for (const [name, value] of Object.entries(given)) {
    const before = kept.get(name)
    if (before === undefined) entries.push(settingEntry(name, value))
    else if (before !== value) {
      throw new StoreError(
        `data directory ${dir}: it was made with ${name}=${before} and cannot be read with ${value}; set ${name}=${before}, or export and import it`,
      )
    }
  }
  if (entries.length > 0) await commit(env, entries)
  return new Map([...kept, ...Object.entries(given)])
}
