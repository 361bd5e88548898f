// docs/claims.md: at least thirty claims, each with a verdict, and with evidence that exists.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cases } from '../../conformance/cases/index.js'

const docs = join(import.meta.dirname, '../../docs')
const rows = readFileSync(join(docs, 'claims.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

describe('docs/claims.md', () => {
  it('has at least thirty, numbered', () => {
    expect(rows.length).toBeGreaterThanOrEqual(30)
    expect(rows.map(([, number]) => Number(number))).toEqual(rows.map((_, i) => i + 1))
  })

  it.each(rows.map(([, , claim, verdict, since, , evidence]) => ({ claim, verdict, since, evidence })))(
    '$claim',
    ({ verdict, since, evidence = '' }) => {
      expect(['true', 'false', 'outdated', 'it depends']).toContain(verdict)
      expect(since).not.toBe('')
      const shown = [...evidence.matchAll(/(case|lab) `([^`]+)`/g)]
      expect(shown.length).toBeGreaterThan(0)
      for (const [, kind, id] of shown) {
        if (kind === 'case') expect(cases.map((each) => each.id)).toContain(id)
        else expect(existsSync(join(docs, 'labs', `${id}.md`)), `docs/labs/${id}.md`).toBe(true)
      }
    },
  )
})
