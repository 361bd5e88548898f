// The conformance suite against our own broker, as anybody would run it: over TCP, from the cases alone.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Case } from '../../conformance/case.js'
import { cases } from '../../conformance/cases/index.js'
import { DEFAULTS } from '../../conformance/conditions.js'
import { type Result, runCases } from '../../conformance/runner.js'
import { discover, type Target } from '../../conformance/target.js'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'

const conditions = { ...DEFAULTS, groupPrefix: 'suite' }
let cohort: Cohort
let target: Target
let results: Map<string, Result>

beforeAll(async () => {
  const sources = [{ name: 'group.min.session.timeout.ms', value: '1', origin: 'test' }]
  cohort = await startCohort({ sources, verify: false })
  target = await discover({ host: '127.0.0.1', port: cohort.port }, conditions)
  const all = await runCases(target, cases, conditions)
  results = new Map(all.map((result) => [result.id, result]))
}, 60_000)

afterAll(() => cohort.stop())

describe('the conformance suite', () => {
  it.each(cases)('$id: $title', ({ id, needs = [] }) => {
    const { outcome, detail } = results.get(id) as Result
    if (outcome === 'skipped' && needs.length > 0) return expect(detail).toMatch(/^needs /)
    expect(`${outcome} ${detail}`.trim()).toBe('passed')
  })

  it.each([
    ...(['JoinGroup', 'SyncGroup', 'Heartbeat', 'LeaveGroup', 'OffsetCommit', 'OffsetFetch'] as const),
    ...(['OffsetDelete', 'FindCoordinator', 'DescribeGroups', 'ListGroups', 'DeleteGroups'] as const),
    'ApiVersions' as const,
    ...([
      'Produce',
      'Fetch',
      'ListOffsets',
      'OffsetForLeaderEpoch',
      'DeleteRecords',
      'InitProducerId',
    ] as const),
    ...(['Metadata', 'DescribeCluster', 'DescribeTopicPartitions', 'DescribeLogDirs'] as const),
    ...(['CreateTopics', 'DeleteTopics', 'CreatePartitions'] as const),
    ...(['DescribeConfigs', 'AlterConfigs', 'IncrementalAlterConfigs'] as const),
  ])('sends every version of %s that is advertised', (api) => {
    const [first, last] = target.versions.get(Apis[api].key) as readonly [number, number]
    const sent = new Set([...results.values()].flatMap((result) => result.sent[api] ?? []))
    for (let version = first; version <= last; version++) expect(sent).toContain(version)
  })

  it('has one case per id', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  })

  it('fails a case whose broker does otherwise, and says what it got', async () => {
    const [wrong] = cases.filter(({ id }) => id === 'classic/join/first/1')
    const impossible = { ...wrong!, run: async () => Promise.reject(new Error('it never holds')) }
    const [result] = await runCases(target, [impossible], conditions)
    expect(result).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('it never holds') })
  })

  it('cuts a case that hangs, and skips one whose API is not advertised', async () => {
    const [first] = cases
    const hanging = { ...first!, run: () => new Promise<void>(() => {}) }
    const lacking = { ...first!, uses: { JoinGroup: 99 } }
    const outcomes = await runCases(target, [hanging, lacking], { ...conditions, timeoutMs: 50 })
    expect(outcomes).toMatchObject([
      { outcome: 'failed', detail: expect.stringMatching(/^no answer within 5\d ms$/) },
      { outcome: 'skipped', detail: 'JoinGroup v99 is not advertised' },
    ])
  })

  it('leaves a case that was cut without a connection', async () => {
    const [first] = cases
    let connected: Promise<{ isOpen: boolean }> | undefined
    const hanging: Case = {
      ...first!,
      run: (scene) =>
        new Promise<void>(() => {
          setTimeout(() => {
            connected = scene.open()
          }, 120)
        }),
    }
    await runCases(target, [hanging], { ...conditions, timeoutMs: 20 })
    await vi.waitFor(() => expect(connected).toBeDefined())
    expect((await connected)?.isOpen).toBe(false)
  })

  it('runs what waits and fails once more, alone, before it counts', async () => {
    const [first] = cases
    let runs = 0
    const once = async () => {
      if (++runs === 1) throw new Error('the machine was busy')
    }
    const waiting = { ...first!, takesMs: 1, run: once }
    expect(await runCases(target, [waiting], conditions)).toMatchObject([{ outcome: 'passed' }])
    runs = 0
    expect(await runCases(target, [{ ...first!, run: once }], conditions)).toMatchObject([
      { outcome: 'failed' },
    ])
    const never = { ...waiting, run: () => Promise.reject(new Error('it never holds')) }
    expect(await runCases(target, [never], conditions)).toMatchObject([{ outcome: 'failed' }])
  })
})
