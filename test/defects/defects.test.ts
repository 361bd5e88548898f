// Planted defects stay usable: each still applies to the sources. What catches which is `npm run defects`.

import { describe, expect, it } from 'vitest'
import { applyPatch, ROOT, readDefects } from './patches.js'

const defects = readDefects()

describe('planted defects', () => {
  it('are twelve at least, each with a number of its own', () => {
    expect(defects.length).toBeGreaterThanOrEqual(12)
    expect(new Set(defects.map(({ name }) => name.slice(0, 2))).size).toBe(defects.length)
  })

  it.each(defects)('$name applies to the coordinator', (defect) => {
    const { name, title, text, touches } = defect
    expect(name).toMatch(/^\d\d-[a-z-]+$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(text).toMatch(/^[A-Z].*\.$/)
    expect(touches).not.toEqual([])
    for (const path of touches) expect(path).toMatch(/^src\/(coordinator|server)\//)
    applyPatch(ROOT, defect, '--check')
  })
})
