// The histogram of gaps between heartbeats and their median, however many there are; when a member was heard.

import { describe, expect, it } from 'vitest'
import { GAP_BOUNDS_MS } from '../../src/observe/journal-entry.js'
import { HeartbeatRows } from '../../src/observe/journal-gaps.js'

const START_MS = 1_700_000_000_000
const DAY_MS = 24 * 60 * 60 * 1000
const bucketOf = (boundMs: number) => GAP_BOUNDS_MS.indexOf(boundMs as 50)

/** One member's, heartbeats after these gaps. */
function beaten(gapsMs: readonly number[], startMs = START_MS) {
  const rows = new HeartbeatRows(START_MS, 10)
  const row = rows.open()
  let atMs = startMs
  rows.beat(row, atMs, false)
  for (const gapMs of gapsMs) {
    atMs += gapMs
    expect(rows.beat(row, atMs, false)).toBe(gapMs)
  }
  return { rows, row, atMs }
}

function summaryOf(gapsMs: readonly number[]) {
  const { rows, row, atMs } = beaten(gapsMs)
  return rows.take(row, atMs)
}

const repeated = (count: number, ...gapsMs: readonly number[]) =>
  Array.from({ length: count }, (_, i) => gapsMs[i % gapsMs.length] as number)

describe('gaps between heartbeats', () => {
  it.each([10, 20, 21, 1200, 5000])('are all in the histogram when they are %i', (count) => {
    const { rows, row, atMs } = beaten(repeated(count, 50, 51))
    const summary = rows.take(row, atMs)
    expect(summary.count).toBe(count + 1)
    expect(summary.gaps[bucketOf(50)]).toBe(Math.ceil(count / 2))
    expect(summary.gaps[bucketOf(100)]).toBe(Math.floor(count / 2))
    expect(summary).toMatchObject({ minGapMs: 50, maxGapMs: 51, overMs: atMs - START_MS })
  })

  it('begin anew when they have been told', () => {
    const { rows, row } = beaten(repeated(2000, 1), START_MS)
    rows.take(row, START_MS + 2000)
    expect(rows.beat(row, START_MS + 70_000, true)).toBe(68_000)
    const summary = rows.take(row, START_MS + 70_000)
    const gaps = [...GAP_BOUNDS_MS.map(() => 0), 1]
    const only = { minGapMs: 68_000, medianGapMs: 68_000, maxGapMs: 68_000 }
    expect(summary).toEqual({ count: 1, refused: 1, overMs: 68_000, gaps, ...only })
    expect(rows.countOf(row)).toBe(0)
  })

  it('end with an interruption, from which none is counted', () => {
    const { rows, row } = beaten([])
    rows.interrupted(row)
    expect(rows.beat(row, START_MS + 5000, false)).toBeNull()
    const none = { minGapMs: null, medianGapMs: null, maxGapMs: null }
    expect(rows.take(row, START_MS + 5000)).toMatchObject({ count: 2, ...none })
  })

  it('have the one in the middle as their median, of up to twenty', () => {
    expect(summaryOf([3000]).medianGapMs).toBe(3000)
    expect(summaryOf([2999, 8000, 3001]).medianGapMs).toBe(3001)
    expect(summaryOf([1, 7, 70, 3]).medianGapMs).toBe(7)
    expect(summaryOf([...repeated(9, 8000), ...repeated(11, 3001, 3002)]).medianGapMs).toBe(3002)
    expect(summaryOf([70_000, 70_001, 100_000]).medianGapMs).toBe(100_000) // above 65 s: the longest
    expect(summaryOf([61_000, 62_000, 63_000]).medianGapMs).toBe(62_000)
  })

  it.each([21, 60, 1200, 5000])('have it in its bucket when they are %i, whatever their rhythm', (count) => {
    for (const short of [1, 2, 3, 4, 5, 7, 8]) {
      const rhythm = [...repeated(short, 995, 1000), ...repeated(Math.floor(short / 2), 4000)]
      expect([995, 1000]).toContain(summaryOf(repeated(count, ...rhythm)).medianGapMs)
    }
    expect(summaryOf(repeated(count, 1200)).medianGapMs).toBe(1200)
  })

  it('are near it if they are alike', () => {
    const gapsMs = Array.from({ length: 600 }, (_, i) => 101 + ((i * 37) % 100))
    const { medianGapMs, minGapMs, maxGapMs } = summaryOf(gapsMs)
    expect([minGapMs, maxGapMs]).toEqual([101, 200])
    expect(Math.abs((medianGapMs ?? 0) - 151)).toBeLessThan(20)
  })

  it('are those of each member alone', () => {
    const rows = new HeartbeatRows(START_MS, 200)
    const members = Array.from({ length: 200 }, () => rows.open())
    for (let beat = 0; beat < 4; beat++)
      for (const [i, row] of members.entries()) rows.beat(row, START_MS + beat * (i + 1), false)
    const medians = members.map((row) => rows.take(row, START_MS + 1000).medianGapMs)
    expect(medians).toEqual(members.map((_, i) => i + 1))
  })

  it('are gone when their place is another member’s', () => {
    const { rows, row } = beaten([3000, 3000])
    rows.heard(row, START_MS + 6000)
    rows.close(row)
    expect(rows.open()).toBe(row)
    expect(rows.heardAgoMs(row, START_MS + 7000)).toBeNull()
    expect(rows.beat(row, START_MS + 7000, false)).toBeNull()
    expect(rows.take(row, START_MS + 7000)).toMatchObject({ count: 1, overMs: 0, maxGapMs: null })
  })

  it.each([24, 25, 49, 50, 400])('are told after %i days as on the first', (days) => {
    const startMs = START_MS + days * DAY_MS - 10_000
    const { rows, row, atMs } = beaten(repeated(30, 1000), startMs)
    rows.heard(row, atMs)
    expect(rows.heardAgoMs(row, atMs + 1234)).toBe(1234)
    expect(rows.take(row, atMs)).toMatchObject({ count: 31, overMs: 30_000, minGapMs: 1000, maxGapMs: 1000 })
  })

  it.each([23, 24, 25, 30, 49, 50, 400])('are at least 23 days when time was moved by %i', (days) => {
    const { rows, row, atMs } = beaten([3000])
    const other = rows.open()
    rows.heard(row, atMs)
    const laterMs = atMs + days * DAY_MS
    rows.heard(other, laterMs - 500)
    rows.beat(other, laterMs - 500, false)
    expect(rows.heardAgoMs(row, laterMs)).toBeGreaterThanOrEqual(23 * DAY_MS)
    expect(rows.overMs(row, laterMs)).toBeGreaterThanOrEqual(23 * DAY_MS)
    expect(rows.beat(row, laterMs, false)).toBeGreaterThanOrEqual(23 * DAY_MS)
    rows.heard(row, laterMs)
    expect(rows.heardAgoMs(row, laterMs + 5)).toBe(5)
    expect(rows.beat(row, laterMs + 1000, false)).toBe(1000)
    expect(rows.take(row, laterMs + 1000)).toMatchObject({ count: 4, minGapMs: 1000 })
    expect(rows.heardAgoMs(other, laterMs)).toBe(500)
    expect(rows.take(other, laterMs)).toMatchObject({ count: 1, overMs: 500 })
    expect(rows.heardAgoMs(rows.open(), laterMs)).toBeNull()
  })
})

describe('a member', () => {
  it('was heard when its newest request came, whichever is told of last', () => {
    const rows = new HeartbeatRows(START_MS, 10)
    const row = rows.open()
    expect(rows.heardAgoMs(row, START_MS)).toBeNull()
    rows.heard(row, START_MS)
    expect(rows.heardAgoMs(row, START_MS + 3)).toBe(3)
    rows.heard(row, START_MS + 500)
    rows.heard(row, START_MS + 400)
    expect(rows.heardAgoMs(row, START_MS + 600)).toBe(100)
  })
})
