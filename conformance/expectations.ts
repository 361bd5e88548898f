// Which results count against the broker: known failures do not, a known failure that passes does.

import { readFileSync } from 'node:fs'
import type { Case } from './case.js'
import { UsageError } from './options.js'
import type { Result } from './runner.js'

export interface Judgement {
  /** What fails and should not. */
  readonly failures: readonly Result[]
  readonly known: readonly Result[]
  /** Known to fail, and passed. */
  readonly unexpected: readonly Result[]
}

/** Ids, one a line; empty lines and what follows a # are left out. Throws UsageError on an id that no case has. */
export function readKnown(file: string, cases: readonly Case[]): ReadonlySet<string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--expect: ${(error as Error).message}`)
  }
  const ids = new Set<string>()
  for (const [i, line] of text.split('\n').entries()) {
    const id = line.replace(/#.*/, '').trim()
    if (id === '') continue
    if (!cases.some((each) => each.id === id))
      throw new UsageError(`${file}, line ${i + 1}: there is no case '${id}'`)
    ids.add(id)
  }
  return ids
}

/** An INFO case tells what the broker does, and fails nothing unless `strict`. */
export function judge(results: readonly Result[], known: ReadonlySet<string>, strict: boolean): Judgement {
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  return {
    failures: failed.filter(({ id, level }) => !known.has(id) && (strict || level !== 'INFO')),
    known: failed.filter(({ id }) => known.has(id)),
    unexpected: results.filter(({ id, outcome }) => outcome === 'passed' && known.has(id)),
  }
}
