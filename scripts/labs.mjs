// npm run labs:write (tsx scripts/labs.mjs): writes docs/labs anew, one page per lab and the list of them. test/labs holds the pages
// to the figures.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportIndex, reportPage } from '../src/labs/kit/report.ts'
import { runLab } from '../src/labs/kit/run.ts'
import { LABS } from '../src/labs/labs.ts'

const folder = join(import.meta.dirname, '../docs/labs')
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (name.endsWith('.md')) rmSync(join(folder, name))
for (const lab of LABS) writeFileSync(join(folder, `${lab.id}.md`), reportPage(runLab(lab)))
writeFileSync(join(folder, 'README.md'), reportIndex(LABS))
process.stdout.write(`${LABS.length} labs in docs/labs\n`)
