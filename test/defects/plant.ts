// Copies of the project, with a defect or without: what is run is never the working tree.

import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPatch, type Defect, ROOT } from './patches.js'

const COPIED = [
  'src',
  'conformance',
  'simulation',
  'test',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vitest.config.ts',
]
const LINKED = ['node_modules', 'docs']

const folders = new Set<string>()
process.once('exit', () => folders.forEach(remove))

/** The project as it is now; what is edited from here on makes no difference. */
export function takeSnapshot(): string {
  return copy(ROOT)
}

/** A copy of the snapshot with the defect. */
export function plant(snapshot: string, defect: Defect): string {
  const folder = copy(snapshot)
  applyPatch(folder, defect)
  return folder
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
}

function copy(from: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cohort-defect-')))
  folders.add(folder)
  for (const name of COPIED) cpSync(join(from, name), join(folder, name), { recursive: true })
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name))
  return folder
}
