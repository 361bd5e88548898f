// One process at a time writes to a directory. Who it is stands in the table of readers of an LMDB environment that has no other
// purpose: the owner begins a read there and never ends it. LMDB holds a lock of the operating system for every process in that
// table, so a killed process is no longer in it, whoever has its number now (docs/decisions/store.md).

import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Env, exclusively, openEnv } from './lmdb-env.js'
import { StoreError } from './store-error.js'

const FOLDER = 'owner'
const PID_FILE = 'pid'

/** Locks of one process do not see each other. */
const ownedHere = new Set<string>()

export interface Ownership {
  release(): Promise<void>
}

/** Throws StoreError, with the process that owns it, where the directory has an owner. */
export async function own(dir: string): Promise<Ownership> {
  const path = join(dir, FOLDER)
  mkdirSync(path, { recursive: true })
  const real = realpathSync(path)
  if (ownedHere.has(real)) throw inUse(dir, process.pid)
  ownedHere.add(real)
  let env: Env | undefined
  try {
    env = await openEnv({ path, noSync: true })
    const reading = env.useReadTransaction()
    const owner = exclusively(env, () => enter(env as Env, path))
    if (owner !== null) throw inUse(dir, owner)
    return { release: () => release(env as Env, real, () => reading.done()) }
  } catch (error) {
    ownedHere.delete(real)
    await env?.close()
    throw error
  }
}

/** null when this process is the owner now, else who is. */
function enter(env: Env, path: string): number | null {
  env.readerCheck() // who died is no reader
  const owner = ownerIn(path)
  const readers = readersOf(env)
  const mine = readers.filter((pid) => pid === process.pid).length
  // In containers every process may have the number 1, a killed one and a living one of another container too.
  const isTaken = owner === process.pid ? mine > 1 : owner !== null && readers.includes(owner)
  if (isTaken) return owner
  writeFileSync(join(path, PID_FILE), `${process.pid}\n`)
  return null
}

function ownerIn(path: string): number | null {
  try {
    return Number.parseInt(readFileSync(join(path, PID_FILE), 'utf8'), 10)
  } catch {
    return null
  }
}

/** Lines of process, thread and transaction below a heading. */
function readersOf(env: Env): number[] {
  return Array.from(env.readerList().matchAll(/^\s*(\d+)\s/gm), ([, pid]) => Number(pid))
}

async function release(env: Env, real: string, endReading: () => void): Promise<void> {
  endReading()
  await env.close()
  ownedHere.delete(real)
}

function inUse(dir: string, pid: number): StoreError {
  return new StoreError(
    `data directory ${dir}: process ${pid} is using it; stop that one, or choose another directory with --data-dir`,
  )
}
