// Planted defects stay usable: each still applies to the sources. What catches which is `npm run defects`.

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ROOT, readDefects } from './patches.js'

const defects = readDefects()

describe('planted defects', () => {
  it('are twelve at least', () => expect(defects.length).toBeGreaterThanOrEqual(12))

  it.each(defects)('$name applies to the coordinator', ({ file, title, text, touches }) => {
    expect(title).not.toBe('')
    expect(text).toMatch(/\.$/)
    for (const path of touches) expect(path).toMatch(/^src\/coordinator\//)
    execFileSync('git', ['apply', '--check', file], { cwd: ROOT, stdio: 'pipe' })
  })
})
