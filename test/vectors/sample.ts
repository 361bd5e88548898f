// npm run vectors:sample -- DIR [NAME]: makes a small copy, test/vectors/sample/NAME.jsonl.gz, out of the full vectors in DIR.
// 'sample' is of the full vectors; 'admin-pages' of those that the same program makes for the other APIs that are handled here. Of every
// message, version and type it keeps two cases and one with unknown tagged fields, of record batches every short one;
// the choice depends on nothing else.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { checkLine } from './check.js'

const CASES_PER_VERSION = 2
const UNKNOWN_TAGS_PER_VERSION = 1
const MAX_LINE_CHARS = 4000

interface Kept {
  readonly api: string
  readonly type: string
  readonly version: number
  readonly unknownTaggedFields?: readonly unknown[]
}

function main(dir: string | undefined, name = 'sample'): number {
  if (dir === undefined) {
    console.error('usage: npm run vectors:sample -- DIR [NAME]   (a directory of *.jsonl.gz files)')
    return 2
  }
  const kept: string[] = []
  const taken = new Map<string, number>()
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.jsonl.gz'))) {
    const lines = gunzipSync(readFileSync(join(dir, file)))
      .toString()
      .split('\n')
    for (const line of lines) {
      if (line === '' || line.length > MAX_LINE_CHARS || checkLine(line).verdict !== 'checked') continue
      const { api, type, version, unknownTaggedFields } = JSON.parse(line) as Kept
      const isTagged = unknownTaggedFields !== undefined
      const key = `${api} ${type} ${version} ${isTagged}`
      const already = taken.get(key) ?? 0
      const most = isTagged ? UNKNOWN_TAGS_PER_VERSION : CASES_PER_VERSION
      if (type !== 'records' && already >= most) continue
      taken.set(key, already + 1)
      kept.push(line)
    }
  }
  const target = join(import.meta.dirname, 'sample')
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, `${name}.jsonl.gz`), gzipSync(`${kept.join('\n')}\n`, { level: 9 }))
  console.log(`${kept.length} lines`)
  return 0
}

process.exitCode = main(process.argv[2], process.argv[3])
