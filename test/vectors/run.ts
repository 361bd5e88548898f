// npm run vectors -- DIR: decodes and re-encodes every line of every *.jsonl.gz in DIR, prints what was checked and
// what was skipped and why. Exits 1 on any mismatch, and when nothing was checked; 2 on wrong usage.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { checkLine } from './check.js'

const SHOWN_MISMATCHES = 20

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

function print(title: string, counts: Map<string, number>): number {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0)
  console.log(`${title}: ${total}`)
  for (const [key, n] of [...counts].sort()) console.log(`  ${String(n).padStart(6)}  ${key}`)
  return total
}

function main(dir: string | undefined): number {
  if (dir === undefined) {
    console.error('usage: npm run vectors -- DIR   (a directory of *.jsonl.gz files)')
    return 2
  }
  const checked = new Map<string, number>()
  const skipped = new Map<string, number>()
  let mismatches = 0
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.jsonl.gz'))) {
    const lines = gunzipSync(readFileSync(join(dir, file)))
      .toString()
      .split('\n')
    for (const [i, line] of lines.entries()) {
      if (line === '') continue
      const result = checkLine(line)
      if (result.verdict === 'checked') count(checked, result.subject)
      else if (result.verdict === 'skipped') count(skipped, result.reason)
      else if (++mismatches <= SHOWN_MISMATCHES) {
        console.error(`MISMATCH ${file}:${i + 1} ${result.subject}: ${result.what}`)
      }
    }
  }
  const total = print('checked', checked)
  print('skipped', skipped)
  console.log(`mismatches: ${mismatches}`)
  if (total === 0) console.error(`nothing was checked: is ${dir} a directory of vectors?`)
  return mismatches > 0 || total === 0 ? 1 : 0
}

process.exitCode = main(process.argv[2])
