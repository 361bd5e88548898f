// docs/performance.md: the parts of it that a benchmark writes stand between two comments with its name.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

const PAGE = 'docs/performance.md'

/** Replaces what the page says of an earlier run. */
export function intoPage(section: string, text: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`${PAGE}: expected ${begin} and ${end} around the place of the figures`)
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`)
}

/** When and where this runs. */
export const machine = () =>
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}).`
