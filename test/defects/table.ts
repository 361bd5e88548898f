// The result as a table, here and in docs/conformance/defects.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Caught } from './judge.js'
import { type Defect, ROOT } from './patches.js'

export interface Measured {
  readonly defect: Defect
  readonly caught: Caught
}

const PAGE = join(ROOT, 'docs/conformance/defects.md')
const MARK = '<!-- table -->'
const HEAD = [
  '| | planted defect | conformance suite | differential run | property tests | scenario tests |',
  '|---|---|---|---|---|---|',
]

export function asTable(measured: readonly Measured[]): string {
  return [...HEAD, ...measured.map(row)].join('\n')
}

function row({ defect, caught }: Measured): string {
  const { suite, differential, properties, scenarios } = caught
  const cells = [
    defect.name.slice(0, 2),
    `**${defect.title}.** ${defect.text}`,
    suite.length === 0 ? 'no' : `${count(suite.length, 'case')}: \`${suite[0]}\``,
    differential === null ? 'not run' : differential ? 'yes' : 'no',
    count(properties, 'test'),
    count(scenarios, 'test'),
  ]
  return `| ${cells.join(' | ')} |`
}

const count = (n: number, noun: string) => (n === 0 ? 'no' : `${n} ${noun}${n === 1 ? '' : 's'}`)

/** Replaces the table between the marks. */
export function writeTable(measured: readonly Measured[]): void {
  const [before, , after] = readFileSync(PAGE, 'utf8').split(MARK)
  if (after === undefined) throw new Error(`${PAGE} has no two lines ${MARK}`)
  writeFileSync(PAGE, `${before}${MARK}\n${asTable(measured)}\n${MARK}${after}`)
}
