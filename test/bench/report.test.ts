// What npm run bench makes of its figures: tables, targets, comparisons, the last release.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { changes, comparison } from '../../bench/compare.js'
import { Figures, type Report, value } from '../../bench/figures.js'
import { tableOf } from '../../bench/report.js'
import { lastRelease, merged, readReport, writeReport } from '../../bench/results.js'
import { inRounds } from '../../bench/scenarios/scenario.js'
import { verdicts } from '../../bench/targets.js'

const cpu = (server: string, part: string, values: number[]) => ({
  ...{ scenario: 'heartbeats', part, server, measure: 'cpuMicros', values },
})
const report = (version: string, figures: Report['figures']): Report => {
  return { machine: 'here', version, about: {}, figures }
}

it('collects the rounds of a figure, and knows one that was not measured', () => {
  const figures = new Figures()
  const { values: _, ...place } = cpu('Cohort', '1 in flight', [])
  for (const each of [5, 9, 6]) figures.add(place, each)
  figures.add({ ...place, server: 'far away' }, null)
  expect(figures.all.map(({ values }) => values)).toEqual([[5, 9, 6], []])
  expect(value(figures.all, place)).toBe(6)
  expect(value(figures.all, { ...place, server: 'far away' })).toBeUndefined()
})

it('tells how many times as much as the limit and as ours each server needs', () => {
  const measures = [
    { key: 'cpuMicros', label: 'CPU', digits: 1 },
    { key: 'perSecond', label: 'requests/s', digits: 0 },
  ]
  const figures = [
    cpu('limit', '1 in flight', [4, 5, 3]),
    cpu('Cohort', '1 in flight', [8, 6, 10]),
    cpu('far away', '1 in flight', []),
    { ...cpu('Cohort', '1 in flight', [100]), measure: 'perSecond' },
    { ...cpu('Cohort', '1 in flight', [100]), scenario: 'commits' },
  ]
  expect(tableOf({ name: 'heartbeats', measures }, figures)).toEqual([
    ['', '', 'CPU', 'x limit', 'x ours', 'requests/s'],
    ['1 in flight', 'limit', '4.0 (3.0 to 5.0)', '', '0.50', ''],
    ['1 in flight', 'Cohort', '8.0 (6.0 to 10.0)', '2.00', '', '100 (100 to 100)'],
    ['1 in flight', 'far away', 'not measured here', '', '', ''],
  ])
  const withoutLimit = tableOf({ name: 'heartbeats', measures }, figures.slice(1))
  expect(withoutLimit[0]).toEqual(['', '', 'CPU', 'x ours', 'requests/s'])
})

it('says of each target that was measured whether it holds, beside the last release', () => {
  const figures = [
    cpu('limit', '1 in flight', [5]),
    cpu('Cohort', '1 in flight', [6]),
    cpu('limit', '16 in flight', [1]),
    cpu('Cohort', '16 in flight', [2.5]),
    { scenario: 'start', part: 'built', server: 'limit', measure: 'startMs', values: [80] },
    { scenario: 'start', part: 'built', server: 'Cohort', measure: 'startMs', values: [140.6] },
  ]
  const released = report('0.1.0', [cpu('limit', '1 in flight', [4]), cpu('Cohort', '1 in flight', [8])])
  expect(verdicts(figures, released).slice(1)).toEqual([
    ['Start, more than the limit', '60.6 ms', 'at most 60 ms', 'missed', ''],
    ["Heartbeat, one in flight, times the limit's CPU", '1.2', 'at most 1.2', 'holds', '2'],
    ["Heartbeat, sixteen in flight, times the limit's CPU", '2.5', 'at most 2', 'missed', ''],
  ])
  const withKfake = verdicts([...figures, cpu('kfake', '1 in flight', [10])], null)
  expect(withKfake).toContainEqual([
    "Heartbeat, one in flight, times kfake's CPU",
    '0.6',
    'under 0.6',
    'missed',
  ])
})

it('marks what has changed by more than either run was spread', () => {
  const before = [
    cpu('a', '1 in flight', [10, 11, 12]),
    cpu('b', '1 in flight', [10, 11, 12]),
    cpu('c', '1 in flight', [10, 11, 20]),
    cpu('d', '1 in flight', [10]),
    cpu('e', '1 in flight', [10]),
  ]
  const after = [
    cpu('a', '1 in flight', [8, 9, 10.5]),
    cpu('b', '1 in flight', [9, 10, 13]),
    cpu('c', '1 in flight', [15, 16, 17]),
    cpu('d', '1 in flight', [5]),
  ]
  expect(changes(before, after).map((each) => [each.before.server, each.isOutside])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false], // 16 is within 10 to 20
    ['d', false], // a single round has no spread
  ])
  expect(comparison(report('0.1.0', before), report('0.2.0', after)).slice(0, 2)).toEqual([
    ['', '', '', '', 'before (0.1.0)', 'after (0.2.0)', 'ratio', ''],
    [
      ...['heartbeats', '1 in flight', 'a', 'cpuMicros', '11.00 (10.00 to 12.00)', '9.00 (8.00 to 10.50)'],
      ...['0.82', 'outside of both spreads'],
    ],
  ])
})

it('finds the newest release, and says what is no report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-results-'))
  try {
    expect(lastRelease(folder)).toBeNull()
    for (const version of ['0.9.0', '0.10.0'])
      writeReport(join(folder, `${version}.json`), report(version, []))
    writeFileSync(join(folder, 'throughput.json'), '{}')
    expect(lastRelease(folder)?.version).toBe('0.10.0')
    expect(() => readReport(join(folder, 'throughput.json'))).toThrow(
      'expected what npm run bench -- --json writes',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('keeps of an older report the scenarios that a newer one lacks', () => {
  const commits = { ...cpu('Cohort', '10 partitions', [20]), scenario: 'commits' }
  const older = {
    ...report('0.1.0', [cpu('Cohort', '1 in flight', [8]), cpu('gone', '1 in flight', [9]), commits]),
  }
  const newer = report('0.1.0', [cpu('Cohort', '1 in flight', [7])])
  const whole = merged(
    { ...older, about: { heartbeats: 'old', commits: 'kept' } },
    { ...newer, about: { heartbeats: 'new' } },
  )
  expect(whole.about).toEqual({ heartbeats: 'new', commits: 'kept' })
  expect(whole.figures).toEqual([commits, cpu('Cohort', '1 in flight', [7])])
})

it('lets everybody begin a round once', async () => {
  const order: string[] = []
  await inRounds(3, ['a', 'b', 'c'], async (each) => void order.push(each))
  expect(order.join('')).toBe('abcbcacab')
})
