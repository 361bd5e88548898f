// Results for who reads along in a terminal.

import type { Judgement } from '../expectations.js'
import type { Result } from '../runner.js'
import { countOf, type Run, skippedFor } from './summary.js'

export function asText(run: Run, { failures, known, unexpected }: Judgement): string {
  const lines: string[] = []
  for (const result of failures) lines.push(...failed('FAILED', result))
  for (const result of known) lines.push(`known to fail ${result.id}: ${result.detail}`)
  for (const { id } of unexpected)
    lines.push(`FAILED ${id} passed, though it is listed as known to fail: take it off the list`)
  for (const result of run.results) {
    if (result.outcome === 'failed' && !failures.includes(result) && !known.includes(result))
      lines.push(...failed('otherwise', result))
  }
  for (const [reason, count] of skippedFor(run.results)) lines.push(`skipped ${count}: ${reason}`)
  const counts = countOf(run.results)
  const of = `${(run.elapsedMs / 1000).toFixed(1)} s, seed ${run.options.seed}`
  lines.push(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${of})`)
  return lines.join('\n')
}

function failed(word: string, { id, level, title, source, detail }: Result): string[] {
  return [`${word} ${id} (${level}) ${title}`, `    ${detail}`, `    source: ${source}`]
}
