// Every lab says what its figures say, the same with the same seed, and docs/labs says it too (npm run labs:write writes it anew).

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { reportIndex, reportJson, reportPage, reportText } from '../../src/labs/kit/report.js'
import { DEFAULT_SEED, type LabResult, runLab } from '../../src/labs/kit/run.js'
import { LABS } from '../../src/labs/labs.js'

const docs = join(import.meta.dirname, '../../docs/labs')
const results = new Map<string, LabResult>()
let totalMs = 0

function resultOf(id: string): LabResult {
  const known = results.get(id)
  if (known !== undefined) return known
  const lab = LABS.find((each) => each.id === id)
  if (lab === undefined) throw new Error(`no lab ${id}`)
  const beganMs = performance.now()
  const result = runLab(lab)
  totalMs += performance.now() - beganMs
  results.set(id, result)
  return result
}

const ids = LABS.map(({ id }) => id)

describe('labs', () => {
  it('have names of their own', () => expect(new Set(ids).size).toBe(ids.length))

  it.each(ids)('%s: its figures say what it says', (id) => {
    const { findings, runs, lab } = resultOf(id)
    expect(findings.length).toBeGreaterThanOrEqual(2)
    expect(findings.filter(({ holds }) => !holds)).toEqual([])
    for (const { text } of findings) expect(text).not.toMatch(/undefined|NaN|Infinity/)
    expect(runs.map(({ name }) => name)).toEqual(lab.variants.map(({ name }) => name))
  })

  it.each(ids)('%s: docs/labs says so too', (id) => {
    expect(readFileSync(join(docs, `${id}.md`), 'utf8'), 'npm run labs:write').toBe(reportPage(resultOf(id)))
  })

  it('docs/labs lists them, and has no others', () => {
    expect(readFileSync(join(docs, 'README.md'), 'utf8')).toBe(reportIndex(LABS))
    const pages = readdirSync(docs).filter((name) => name.endsWith('.md'))
    expect(pages.sort()).toEqual(['README.md', ...ids.map((id) => `${id}.md`)].sort())
  })

  it.each(['rolling-restart', 'heartbeat-interval', 'manual-heartbeat', 'worker-pool'])(
    '%s: the same seed gives the same to the letter, another one does not',
    (id) => {
      const first = resultOf(id)
      const again = runLab(first.lab, DEFAULT_SEED)
      expect(reportText(again)).toBe(reportText(first))
      expect(reportJson(again)).toBe(reportJson(first))
      expect(reportJson(runLab(first.lab, 2))).not.toBe(reportJson({ ...first, seed: 2 }))
    },
  )

  afterAll(() => {
    // 20 s is the limit on an idle machine; tests run beside others
    if (results.size === ids.length) expect(totalMs).toBeLessThan(60_000)
  })
})
