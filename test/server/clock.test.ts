// The clock of the process: it never goes back, and stands while one read of a socket is handled.

import { describe, expect, it } from 'vitest'
import { RealClock } from '../../src/server/clock.js'

/** Busy until the time is another. */
function past(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('the real clock', () => {
  it('tells the time of the machine, in whole ms', () => {
    const nowMs = new RealClock().nowMs()
    expect(Number.isInteger(nowMs)).toBe(true)
    expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000)
  })

  it('stands until it is to go on, from when it is first asked', () => {
    const clock = new RealClock()
    const before = clock.nowMs()
    clock.stand()
    past(2)
    const stands = clock.nowMs()
    past(2)
    expect(clock.nowMs()).toBe(stands)
    expect(stands).toBeGreaterThan(before)
    clock.goOn()
    expect(clock.nowMs()).toBeGreaterThan(stands)
  })
})
