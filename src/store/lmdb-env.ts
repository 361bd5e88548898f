// The LMDB library, loaded when first needed: whoever keeps everything in memory never loads it. Each commit is flushed before its
// promise resolves (overlappingSync off), or not at all (noSync); the library's own gathering of writes is off, because
// commit-queue.ts gathers, and because a commit of its that failed would reject a promise that nobody holds.

import type { RootDatabase, Transaction } from 'lmdb'

export type Env = RootDatabase<Buffer, Buffer>

/** In the directory of an environment. */
export const DATA_FILE = 'data.mdb'

export interface EnvOptions {
  readonly path: string
  /** Commits are in the system's hands when their promise resolves, not on the disk. */
  readonly noSync?: boolean
  readonly readOnly?: boolean
}

/** Of reads that are to see one moment; the present one unless given. */
export interface Reading {
  readonly transaction?: Transaction
}

/** value null removes the key. */
export interface Write {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** Returned from transactionSync, it takes the transaction back. */
let abort: unknown

export async function openEnv({ path, noSync = false, readOnly = false }: EnvOptions): Promise<Env> {
  const { open, ABORT } = await import('lmdb')
  abort = ABORT
  return open<Buffer, Buffer>({
    path,
    encoding: 'binary',
    keyEncoding: 'binary',
    noSubdir: false,
    eventTurnBatching: false,
    overlappingSync: false,
    noSync,
    readOnly,
  })
}

/** All or nothing. Rejects with what the system said. */
export async function commit(env: Env, writes: readonly Write[]): Promise<void> {
  try {
    await env.batch(() => {
      for (const { key, value } of writes) {
        if (value === null) env.remove(key)
        else env.put(key, value)
      }
    })
  } catch (error) {
    const { commitError } = error as { commitError?: Promise<never> }
    if (commitError !== undefined) await commitError
    throw error
  }
}

export function countEntries(env: Env): number {
  return (env.getStats() as { entryCount: number }).entryCount
}

/** Runs `action` while no other process writes, nor runs one of these. Nothing is written. */
export function exclusively<T>(env: Env, action: () => T): T {
  let result: { value: T } | undefined
  env.transactionSync(() => {
    result = { value: action() }
    return abort
  })
  return (result as unknown as { value: T }).value
}
