// Virtual time and the processes that live in it.

import { describe, expect, it } from 'vitest'
import { SimulatedProcess } from '../../src/simulation/proc.js'
import { EventQueue, SimulatedClock } from '../../src/simulation/queue.js'
import { Random } from '../../src/simulation/random.js'
import { Signal, type Task, wait } from '../../src/simulation/task.js'

function someProcess() {
  const queue = new EventQueue()
  const told: string[] = []
  const proc = new SimulatedProcess('p', queue, {
    stoodStill: (who, fromMs, toMs) => told.push(`${who} stood still ${fromMs}-${toMs}`),
    died: (who, atMs) => told.push(`${who} died ${atMs}`),
  })
  return { queue, proc, told }
}

describe('the queue', () => {
  it('runs what is scheduled by time, then in the order of scheduling', () => {
    const queue = new EventQueue()
    const ran: string[] = []
    queue.at(20, () => ran.push(`c ${queue.nowMs}`))
    queue.at(10, () => ran.push(`a ${queue.nowMs}`))
    queue.at(10, () => {
      ran.push(`b ${queue.nowMs}`)
      queue.after(0, () => ran.push(`b2 ${queue.nowMs}`))
    })
    queue.at(30, () => ran.push('too late'))
    queue.runUntil(25)
    expect(ran).toEqual(['a 10', 'b 10', 'b2 10', 'c 20'])
    expect(queue.nowMs).toBe(25)
  })

  it('forgets what is called off', () => {
    const queue = new EventQueue()
    let ran = 0
    queue.at(5, () => ran++).cancel()
    queue.at(6, () => ran++)
    queue.runUntil(10)
    expect(ran).toBe(1)
  })

  it('is a clock that wakes one sleeper, in whole milliseconds', () => {
    const queue = new EventQueue()
    const clock = new SimulatedClock(queue)
    const woken: number[] = []
    clock.wakeAt(5, () => woken.push(1))
    clock.wakeAt(7, () => woken.push(2))
    queue.at(6.7, () => expect(clock.nowMs()).toBe(6))
    queue.runUntil(10)
    expect(woken).toEqual([2])
  })
})

describe('a process', () => {
  function* count(proc: SimulatedProcess, ticks: number[]): Task {
    for (;;) {
      yield* proc.sleep(10)
      ticks.push(proc.nowMs)
    }
  }

  it('stands still with all its tasks, and goes on where it was', () => {
    const { queue, proc, told } = someProcess()
    const ticks: number[] = []
    proc.spawn(count(proc, ticks))
    queue.at(25, () => proc.freeze(40))
    queue.runUntil(90)
    expect(ticks).toEqual([10, 20, 65, 75, 85])
    expect(told).toEqual(['p stood still 25-65'])
  })

  it('handles what came in meanwhile in order', () => {
    const { queue, proc } = someProcess()
    const ran: string[] = []
    proc.freeze(50)
    queue.at(10, () => proc.run(() => ran.push(`a ${queue.nowMs}`)))
    queue.at(20, () => proc.run(() => ran.push(`b ${queue.nowMs}`)))
    queue.runUntil(60)
    expect(ran).toEqual(['a 50', 'b 50'])
  })

  it('does nothing any more once it is dead, frozen or not', () => {
    const { queue, proc, told } = someProcess()
    const ticks: number[] = []
    const closed: string[] = []
    proc.onDeath(() => closed.push('sockets'))
    proc.spawn(count(proc, ticks))
    proc.freeze(15)
    queue.at(12, () => proc.kill())
    queue.runUntil(100)
    expect({ ticks, closed, alive: proc.isAlive }).toEqual({ ticks: [], closed: ['sockets'], alive: false })
    expect(told).toEqual(['p stood still 0-15', 'p died 12'])
  })

  it('waits for a signal or a time, whichever is first', () => {
    const { queue, proc } = someProcess()
    const signal = new Signal()
    const woken: number[] = []
    function* sleeper(): Task {
      yield* proc.waitFor(signal, 30)
      woken.push(proc.nowMs)
      yield* proc.waitFor(signal, 50)
      woken.push(proc.nowMs)
    }
    proc.spawn(sleeper())
    queue.at(20, () => signal.raise())
    queue.runUntil(100)
    expect(woken).toEqual([20, 50])
  })

  it('goes on at once where a wait is over at once', () => {
    const { queue, proc } = someProcess()
    let sum = 0
    function* adds(): Task {
      for (let i = 0; i < 100_000; i++) sum += yield* wait<number>((resume) => resume(1))
    }
    proc.spawn(adds())
    queue.runUntil(0)
    expect(sum).toBe(100_000)
  })
})

describe('chance', () => {
  it('is the same for the same seed', () => {
    const draws = (random: Random) => Array.from({ length: 5 }, () => random.next())
    expect(draws(new Random(7))).toEqual(draws(new Random(7)))
    expect(draws(new Random(7))).not.toEqual(draws(new Random(8)))
  })

  it('of a fork does not depend on what was drawn before', () => {
    const random = new Random(3)
    const before = random.fork('network').next()
    random.next()
    expect(random.fork('network').next()).toBe(before)
    expect(random.fork('work').next()).not.toBe(before)
  })

  it('has the mean that was asked for', () => {
    const random = new Random(1)
    let total = 0
    for (let i = 0; i < 20_000; i++) total += random.exponential(50)
    expect(total / 20_000).toBeGreaterThan(48)
    expect(total / 20_000).toBeLessThan(52)
  })
})
