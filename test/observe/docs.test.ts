// docs/journal.md tells of every type of entry, with an example that is one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENTRY_FIELDS, SINGLES } from '../../src/observe/journal-entry.js'
import { lineOf, readLine } from '../../src/observe/journal-line.js'
import { SAMPLES } from './samples.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/journal.md'), 'utf8')
const told = [...page.matchAll(/^\*\*([\w-]+)\*\*: (.+)\n\n```json\n(.+)\n```$/gm)].map(
  ([, type = '', text = '', example = '']) => ({ type, text, example }),
)

describe('docs/journal.md', () => {
  it('tells of every type, each once, in the order of the code', () => {
    expect(told.map(({ type }) => type)).toEqual(Object.keys(ENTRY_FIELDS))
    const [, singles = ''] = page.split('## Only for who looks')
    expect([...singles.matchAll(/^\*\*([\w-]+)\*\*/gm)].map(([, type]) => type)).toEqual(SINGLES)
  })

  it.each(told)('has an example of $type that is one', ({ type, example }) => {
    const entry = readLine(example)
    expect(entry).toEqual(SAMPLES[type as keyof typeof SAMPLES])
    expect(lineOf(entry)).toBe(example)
  })

  it.each(told)('names only fields of $type that there are', ({ type, text }) => {
    const fields = [
      ...Object.keys(ENTRY_FIELDS[type as keyof typeof ENTRY_FIELDS]),
      'cause',
      'member',
      'generation',
    ]
    for (const [, name] of text.matchAll(/`(\w+)`/g)) expect(fields).toContain(name)
  })
})
