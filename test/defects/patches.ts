// The planted defects: each a patch against the sources. Before its diff stand a title, a sentence on what it does to a group,
// and, where the suite sees it only on a broker that is set up for it, lines `Settings: name=value ...` and `Suite: options`.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Defect {
  /** 01-short-name, as its file is called. */
  readonly name: string
  readonly title: string
  /** What comes of it. */
  readonly text: string
  readonly file: string
  /** Paths that it changes. */
  readonly touches: readonly string[]
  readonly surroundings: Surroundings
}

/** What the suite is run with, besides what it is always run with. */
export interface Surroundings {
  /** Of the server: name=value. */
  readonly settings: readonly string[]
  /** Options of the suite, and prefixes of cases. */
  readonly suite: readonly string[]
}

/** Of a folder; those that the suite is measured with unless it is named. */
export function readDefects(folder: string = import.meta.dirname): Defect[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.patch'))
  return files.sort().map((file) => {
    const path = join(folder, file)
    const patch = readFileSync(path, 'utf8')
    const [title = '', text = '', ...more] = patch.slice(0, patch.indexOf('\ndiff --git ')).split('\n')
    const surroundings = { settings: wordsAfter('Settings: ', more), suite: wordsAfter('Suite: ', more) }
    const touches = [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, changed]) => changed as string)
    return { name: file.replace('.patch', ''), title, text, file: path, touches, surroundings }
  })
}

function wordsAfter(label: string, lines: readonly string[]): string[] {
  const line = lines.find((each) => each.startsWith(label))
  return line?.slice(label.length).trim().split(/\s+/) ?? []
}

/** Throws with what git says when the patch does not fit. With `--check` nothing is changed. */
export function applyPatch(folder: string, { name, file }: Defect, ...options: string[]): void {
  // Inside another repository git would leave out, without a word, what is not below the current folder.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) }
  const git = spawnSync('git', ['apply', ...options, file], { cwd: folder, encoding: 'utf8', env })
  if (git.status !== 0) throw new Error(`${name} does not apply: ${git.error?.message ?? git.stderr}`)
}
