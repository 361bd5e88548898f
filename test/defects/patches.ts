// The planted defects: each a patch against the sources, with a title and a sentence before the diff.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export interface Defect {
  /** 01-short-name, as its file is called. */
  readonly name: string
  readonly title: string
  /** Why it matters. */
  readonly text: string
  readonly file: string
  /** Paths that it changes. */
  readonly touches: readonly string[]
}

export function readDefects(): Defect[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.patch'))
  return files.sort().map((file) => {
    const path = join(import.meta.dirname, file)
    const patch = readFileSync(path, 'utf8')
    const [title = '', text = ''] = patch.split('\n')
    const touches = [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, changed]) => changed as string)
    return { name: file.replace('.patch', ''), title, text, file: path, touches }
  })
}
