// The conformance suite against a cluster of three nodes: it finds coordinators and leaders as a client does.

import { expect, it } from 'vitest'
import { cases } from '../../conformance/cases/index.js'
import { DEFAULTS } from '../../conformance/conditions.js'
import { runCases } from '../../conformance/runner.js'
import { discover } from '../../conformance/target.js'
import { startCohort } from '../../src/index.js'

it('a cluster of three holds what one broker does', async () => {
  const conditions = { ...DEFAULTS, groupPrefix: 'three' }
  const set = { 'group.min.session.timeout.ms': 1 }
  await using cohort = await startCohort({ brokers: 3, set, verify: false })
  const target = await discover({ host: '127.0.0.1', port: cohort.port }, conditions)
  const results = await runCases(target, cases, conditions)
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  expect(failed.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([])
  expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(500)
  for (const { nodeId } of cohort.nodes()) {
    expect(cohort.requests('JoinGroup').some((request) => request.nodeId === nodeId)).toBe(true)
  }
}, 180_000)
