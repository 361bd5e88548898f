// Results as JUnit XML, for the pages of a CI.

import type { Result } from '../runner.js'
import { escaped } from './markup.js'
import { brokersOf, countOf, type Run } from './summary.js'

export function asJunit(run: Run): string {
  const { failed, skipped } = countOf(run.results)
  const cases = run.results.map(caseElement).join('\n')
  const attributes = `name="conformance of ${escaped(brokersOf(run))}" tests="${run.results.length}" failures="${failed}" skipped="${skipped}" time="${seconds(run.elapsedMs)}" timestamp="${run.date}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite ${attributes}>\n${cases}\n</testsuite>\n</testsuites>\n`
}

function caseElement({ id, title, level, source, outcome, detail, elapsedMs }: Result): string {
  const name = escaped(`${title} (${level}, ${source})`)
  const open = `<testcase classname="${escaped(id)}" name="${name}" time="${seconds(elapsedMs)}"`
  if (outcome === 'failed') return `${open}><failure message="${escaped(detail)}"/></testcase>`
  if (outcome === 'skipped') return `${open}><skipped message="${escaped(detail)}"/></testcase>`
  return `${open}/>`
}

const seconds = (ms: number) => (ms / 1000).toFixed(3)
