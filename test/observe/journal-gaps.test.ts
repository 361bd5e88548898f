// The histogram of gaps between heartbeats, however many there are.

import { describe, expect, it } from 'vitest'
import { GAP_BOUNDS_MS } from '../../src/observe/journal-entry.js'
import { HeartbeatGaps } from '../../src/observe/journal-gaps.js'

const bucketOf = (boundMs: number) => GAP_BOUNDS_MS.indexOf(boundMs as 50)

describe('gaps between heartbeats', () => {
  it.each([10, 1200, 1201, 5000])('are all in the histogram when they are %i', (count) => {
    const gaps = new HeartbeatGaps()
    let atMs = 1_700_000_000_000
    gaps.beat(atMs, false)
    for (let i = 0; i < count; i++) {
      atMs += i % 2 === 0 ? 50 : 51
      gaps.beat(atMs, false)
    }
    const summary = gaps.take(atMs)
    expect(summary.count).toBe(count + 1)
    expect(summary.gaps[bucketOf(50)]).toBe(Math.ceil(count / 2))
    expect(summary.gaps[bucketOf(100)]).toBe(Math.floor(count / 2))
    expect(summary).toMatchObject({ minGapMs: 50, maxGapMs: 51, overMs: atMs - 1_700_000_000_000 })
  })

  it('begin anew when they have been told', () => {
    const gaps = new HeartbeatGaps()
    for (let atMs = 0; atMs < 2000; atMs++) gaps.beat(atMs, false)
    gaps.take(2000)
    expect(gaps.beat(70_000, true)).toBe(68_001)
    const summary = gaps.take(70_000)
    expect(summary).toMatchObject({ count: 1, refused: 1, overMs: 68_001, medianGapMs: 68_001 })
    expect(summary.gaps).toEqual([...GAP_BOUNDS_MS.map(() => 0), 1])
  })

  it('end with an interruption, from which none is counted', () => {
    const gaps = new HeartbeatGaps()
    gaps.beat(0, false)
    gaps.interrupted()
    expect(gaps.beat(5000, false)).toBeNull()
    expect(gaps.take(5000)).toMatchObject({ count: 2, minGapMs: null, medianGapMs: null, maxGapMs: null })
  })
})
