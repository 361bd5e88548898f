// Where clients are kept: packages with pinned versions, each in a folder of its own, marked when it is complete.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const HOME = process.env.COHORT_INTEROP_HOME ?? join(homedir(), '.cache', 'cohort-interop')
export const PROGRAMS = join(import.meta.dirname, '..', 'clients')

/** The folder, filled by `fill` unless it was before. What was half filled is thrown away. */
export function folder(name: string, fill: (path: string) => void): string {
  const path = join(HOME, name)
  const done = join(path, '.done')
  if (existsSync(done)) return path
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  fill(path)
  writeFileSync(done, '')
  return path
}

export function failures(): string {
  const path = join(HOME, 'failed')
  mkdirSync(path, { recursive: true })
  return path
}
