// Timers against the simplest model of them, and the rules that heartbeats live by.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimerKey } from '../../src/machine/timer-key.js'
import { VirtualClock } from '../../src/server/clock.js'
import { Timers } from '../../src/server/timers.js'

type Command = { key: number } & (
  | { do: 'arm'; inMs: number }
  | { do: 'disarm' }
  | { do: 'advance'; byMs: number }
)

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('arm' as const), key: fc.nat(5), inMs: fc.nat(30) }),
  fc.record({ do: fc.constant('disarm' as const), key: fc.nat(5) }),
  fc.record({ do: fc.constant('advance' as const), key: fc.constant(0), byMs: fc.nat(40) }),
)

class NumberedKey extends TimerKey {
  readonly i: number

  constructor(i: number) {
    super()
    this.i = i
  }
}

/** Every armed key in a list; the due one of the least deadline, armed first, is next. */
class Model {
  nowMs = 0
  private order = 0
  private readonly armed = new Map<number, { deadlineMs: number; order: number }>()
  readonly fired: string[] = []

  arm(key: number, inMs: number): void {
    this.armed.set(key, { deadlineMs: this.nowMs + inMs, order: this.order++ })
  }

  disarm(key: number): void {
    this.armed.delete(key)
  }

  advance(byMs: number): void {
    const end = this.nowMs + byMs
    const due = [...this.armed].filter(([, { deadlineMs }]) => deadlineMs <= end)
    due.sort(([, a], [, b]) => a.deadlineMs - b.deadlineMs || a.order - b.order)
    for (const [key, { deadlineMs }] of due) {
      this.armed.delete(key)
      this.fired.push(`${key}@${deadlineMs}`)
    }
    this.nowMs = end
  }
}

describe('timers', () => {
  it('fire what a plain list would, when it would, in its order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const clock = new VirtualClock()
        const timers = new Timers(clock)
        const keys = Array.from({ length: 6 }, (_, i) => new NumberedKey(i))
        const model = new Model()
        const fired: string[] = []
        const fire = (key: TimerKey) => fired.push(`${(key as NumberedKey).i}@${clock.nowMs()}`)
        for (const step of commands) {
          const key = keys[step.key] as TimerKey
          if (step.do === 'arm') {
            timers.arm(key, clock.nowMs() + step.inMs, fire)
            model.arm(step.key, step.inMs)
          } else if (step.do === 'disarm') {
            timers.disarm(key)
            model.disarm(step.key)
          } else {
            clock.advance(step.byMs)
            model.advance(step.byMs)
          }
          expect(fired).toEqual(model.fired)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('may be armed by what fires, also for the same moment', () => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    const fired: number[] = []
    const key = new TimerKey()
    timers.arm(key, 10, () => {
      fired.push(clock.nowMs())
      if (fired.length < 3)
        timers.arm(key, clock.nowMs() + (fired.length === 1 ? 0 : 5), () => fired.push(-1))
    })
    clock.advance(100)
    expect(fired).toEqual([10, -1])
  })

  it('keep nothing of what was disarmed', () => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    const fired: number[] = []
    for (let i = 0; i < 10; i++) timers.arm(new TimerKey(), 1_000_000 + i, () => fired.push(i))
    for (let i = 0; i < 10_000; i++) {
      const key = new TimerKey()
      timers.arm(key, 500_000, () => expect.unreachable())
      timers.disarm(key)
    }
    expect(timers.size).toBe(10)
    clock.advance(2_000_000)
    expect(fired).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(timers.size).toBe(0)
  })

  it('go on after one that throws', () => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    let fired = false
    timers.arm(new TimerKey(), 10, () => {
      throw new Error('broken')
    })
    timers.arm(new TimerKey(), 20, () => {
      fired = true
    })
    expect(() => clock.advance(10)).toThrow('broken')
    clock.advance(10)
    expect(fired).toBe(true)
  })

  it('keep their deadlines after months', () => {
    const DAY_MS = 86_400_000
    const clock = new VirtualClock(1_700_000_000_000)
    const timers = new Timers(clock)
    const fired: number[] = []
    const keys = [10, 40, 100].map((days) => new NumberedKey(days))
    for (const key of keys) timers.arm(key, clock.nowMs() + key.i * DAY_MS, () => fired.push(key.i))
    clock.advance(30 * DAY_MS)
    expect(fired).toEqual([10])
    timers.arm(keys[0] as NumberedKey, clock.nowMs() + 1, () => fired.push(clock.nowMs()))
    expect(timers.deadlineOf(keys[2] as NumberedKey)).toBe(1_700_000_000_000 + 100 * DAY_MS)
    clock.advance(70 * DAY_MS)
    expect(fired).toEqual([10, 1_700_000_000_000 + 30 * DAY_MS + 1, 40, 100])
  })

  it('are silent after clear', () => {
    const clock = new VirtualClock()
    const timers = new Timers(clock)
    timers.arm(new TimerKey(), 10, () => expect.unreachable())
    timers.clear()
    clock.advance(100)
  })
})
