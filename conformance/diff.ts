// conform diff A.json B.json: which cases came out otherwise in B.

import { readFileSync } from 'node:fs'
import { UsageError } from './options.js'

interface Outcome {
  readonly id: string
  readonly outcome: string
  readonly detail: string
}

/** Text, and whether a case that passed in A fails in B. Throws UsageError. */
export function diffRuns(a: string, b: string): { readonly text: string; readonly isWorse: boolean } {
  const [before, after] = [readResults(a), readResults(b)]
  const lines: string[] = []
  let isWorse = false
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [x, y] = [before.get(id)?.outcome ?? 'absent', after.get(id)?.outcome ?? 'absent']
    if (x === y) continue
    isWorse ||= y === 'failed'
    const detail = after.get(id)?.detail || before.get(id)?.detail
    lines.push(`${id}: ${x} -> ${y}${detail ? `\n    ${detail}` : ''}`)
  }
  lines.push(lines.length === 0 ? 'no case came out otherwise' : `${lines.length} cases came out otherwise`)
  return { text: lines.join('\n'), isWorse }
}

function readResults(file: string): Map<string, Outcome> {
  try {
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: Outcome[] }
    return new Map(results.map((result) => [result.id, result]))
  } catch (error) {
    throw new UsageError(`${file} is not what --json writes: ${(error as Error).message}`)
  }
}
