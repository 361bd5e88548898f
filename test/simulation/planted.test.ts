// Planted defects of store, runtime and log stay usable: each still applies to the sources. `npm run simulate:defects` plays
// seeds on them, and on those of test/defects, until a promise is broken.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyPatch, ROOT, readDefects } from '../defects/patches.js'

const defects = readDefects(join(ROOT, 'test/simulation/defects'))

describe('planted defects of whole runs', () => {
  it('are ten at least, each with a number that no other has', () => {
    expect(defects.length).toBeGreaterThanOrEqual(10)
    const all = [...readDefects(), ...defects]
    expect(new Set(all.map(({ name }) => name.slice(0, 2))).size).toBe(all.length)
  })

  it.each(defects)('$name applies', (defect) => {
    const { name, title, text, touches } = defect
    expect(name).toMatch(/^\d\d-[a-z-]+$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(text).toMatch(/^[A-Z].*\.$/)
    for (const path of touches) expect(path).toMatch(/^src\/(coordinator|server|log)\//)
    applyPatch(ROOT, defect, '--check')
  })
})
