// The conformance suite against our own broker, as anybody would run it: over TCP, from the cases alone.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cases } from '../../conformance/cases/index.js'
import { type Result, runCases } from '../../conformance/runner.js'
import { discover } from '../../conformance/target.js'
import { type Cohort, startCohort } from '../../src/index.js'

let cohort: Cohort
let results: Map<string, Result>

beforeAll(async () => {
  cohort = await startCohort()
  const target = await discover({ host: '127.0.0.1', port: cohort.port })
  const options = { parallel: 16, timeoutMs: 20_000, groupPrefix: 'suite', progress: () => {} }
  const all = await runCases(target, cases, options)
  results = new Map(all.map((result) => [result.id, result]))
}, 60_000)

afterAll(() => cohort.stop())

describe('the conformance suite', () => {
  it.each(cases)('$id: $title', ({ id }) => {
    const { outcome, detail } = results.get(id) as Result
    expect(`${outcome} ${detail}`.trim()).toBe('passed')
  })

  it('has one case per id', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  })

  it('fails a case whose broker does otherwise, and says what it got', async () => {
    const target = await discover({ host: '127.0.0.1', port: cohort.port })
    const [wrong] = cases.filter(({ id }) => id === 'classic/join/first/1')
    const impossible = { ...wrong!, run: async () => Promise.reject(new Error('it never holds')) }
    const options = { parallel: 1, timeoutMs: 1000, groupPrefix: 'wrong', progress: () => {} }
    const [result] = await runCases(target, [impossible], options)
    expect(result).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('it never holds') })
  })

  it('cuts a case that hangs, and skips one whose API is not advertised', async () => {
    const target = await discover({ host: '127.0.0.1', port: cohort.port })
    const [first] = cases
    const hanging = { ...first!, run: () => new Promise<void>(() => {}) }
    const lacking = { ...first!, uses: { JoinGroup: 99 } }
    const options = { parallel: 2, timeoutMs: 50, groupPrefix: 'hang', progress: () => {} }
    const outcomes = await runCases(target, [hanging, lacking], options)
    expect(outcomes).toMatchObject([
      { outcome: 'failed', detail: 'no answer within 50 ms' },
      { outcome: 'skipped', detail: 'JoinGroup v99 is not advertised' },
    ])
  })
})
