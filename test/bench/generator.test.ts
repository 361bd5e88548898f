// The load generator of npm run bench: what it counts as an answer, how it keeps a pace, and its scenarios against our own broker.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Circle } from '../../bench/generator/circle.js'
import { checkKept, commits } from '../../bench/generator/commits.js'
import { gather } from '../../bench/generator/gather.js'
import { heartbeats } from '../../bench/generator/heartbeats.js'
import { Latencies } from '../../bench/generator/latencies.js'
import { joinAlone } from '../../bench/generator/member.js'
import { Pacer } from '../../bench/generator/pacer.js'
import { paced } from '../../bench/generator/traffic.js'
import { Wire } from '../../bench/generator/wire.js'
import { type Cohort, startCohort } from '../../src/index.js'

describe('a circle of requests', () => {
  const ANSWER = Buffer.from([0, 0, 0, 0, 7, 7])
  const answer = (correlationId: number, last = 7) =>
    Buffer.from([0, 0, 0, 6, 0, 0, 0, correlationId, 7, last])

  function circleOf(places: number, maxInFlight: number, stamp?: (request: Buffer) => void) {
    const written: string[] = []
    const socket = { write: (bytes: Buffer) => written.push(bytes.toString('latin1')) }
    const wire = { where: { name: 'broker' }, socket, take: (_: Buffer) => {} }
    const requests = Array.from({ length: places }, (_, i) => Buffer.from(`r${i};`))
    const latencies = new Latencies()
    const options = { requests, answer: ANSWER, maxInFlight, latencies, ...(stamp && { stamp }) }
    const circle = new Circle(wire as unknown as Wire, options)
    return { circle, written, latencies, take: (bytes: Buffer) => wire.take(bytes) }
  }

  it('sends as many as were answered, in one piece also where the circle closes', () => {
    const { circle, written, latencies, take } = circleOf(4, 3)
    circle.start(3)
    take(Buffer.concat([answer(0), answer(1)]))
    take(Buffer.concat([answer(2), answer(3), answer(0)]))
    expect(written).toEqual(['r0;r1;r2;', 'r3;r0;', 'r1;r2;r3;'])
    expect(latencies.count).toBe(5)
  })

  it('takes an answer in pieces', () => {
    const { circle, written, take } = circleOf(2, 1)
    circle.start(1)
    take(answer(0).subarray(0, 3))
    expect(written).toEqual(['r0;'])
    take(answer(0).subarray(3))
    expect(written).toEqual(['r0;', 'r1;'])
  })

  it.each([
    [
      'another correlation id',
      [answer(0), answer(2)],
      /answer 1 of .*\n {2}came 0+60+20707\n {2}due {2}0+60+10707$/,
    ],
    ['another error code', [answer(0, 8)], /answer 0 of .*\n {2}came 0+60+708\n {2}due {2}0+60+707$/],
    ['more than was asked', [answer(0), answer(1), answer(2)], /answered more than was asked/],
    [
      'more than the circle',
      Array.from({ length: 9 }, (_, i) => answer(i % 4)),
      /answered more than was asked/,
    ],
  ])('refuses %s', (_, answers, message) => {
    const { circle, take } = circleOf(4, 2)
    circle.start(2)
    expect(() => take(Buffer.concat(answers))).toThrow(message)
  })

  it('stamps each request before it leaves', () => {
    let count = 0
    const { circle, written, take } = circleOf(2, 1, (request) => request.write(String(++count), 1))
    circle.start(1)
    take(answer(0))
    take(answer(1))
    expect(written).toEqual(['r1;', 'r2;', 'r3;'])
  })

  it('is stopped when the last answer is there', async () => {
    const { circle, written, take } = circleOf(2, 2)
    circle.start(2)
    let isStopped = false
    const stopped = circle.stop().then(() => {
      isStopped = true
    })
    take(answer(0))
    await Promise.resolve()
    expect(isStopped).toBe(false)
    take(answer(1))
    await stopped
    expect(written).toEqual(['r0;r1;'])
  })
})

describe('latencies', () => {
  it('tells within how many microseconds a share of the answers came', () => {
    const latencies = new Latencies()
    for (let ms = 1; ms <= 100; ms++) latencies.record(ms / 10)
    expect([0, 0.5, 0.99, 1].map((share) => latencies.at(share))).toEqual([0, 5000, 9900, 10_000])
    latencies.record(1e6)
    expect(latencies.at(1)).toBe(1_000_000)
    latencies.clear()
    expect([latencies.count, latencies.at(0.5)]).toEqual([0, 0])
  })
})

describe('an even pace', () => {
  afterEach(() => vi.useRealTimers())

  it('has no bursts and no drift', () => {
    const pacer = new Pacer(3, 100)
    const due = Array.from({ length: 3001 }, () => {
      const { dueMs } = pacer
      pacer.next()
      return dueMs
    })
    expect(due[0]).toBe(100)
    expect(due[3000]).toBe(1_000_100)
    expect(Math.max(...due.slice(1).map((ms, i) => ms - (due[i] as number)))).toBeCloseTo(1000 / 3, 6)
  })

  it('goes over the connections in turn; who is late counts from when it was due', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
    const begunAt = performance.now()
    const sent: [number, number][] = []
    const circles = [0, 1, 2].map((i) => ({
      hasRoom: true,
      send: (count: number, sinceMs: number) => {
        for (; count > 0; count--) sent.push([i, sinceMs - begunAt])
      },
    }))
    const done = paced(circles, 200, begunAt + 25, (turn) => void setTimeout(turn, 2))
    vi.advanceTimersByTime(8)
    ;(circles[2] as { hasRoom: boolean }).hasRoom = false
    vi.advanceTimersByTime(10)
    ;(circles[2] as { hasRoom: boolean }).hasRoom = true
    vi.advanceTimersByTime(10)
    await done
    expect(sent).toEqual([
      [0, 0],
      [1, 5],
      [2, 10],
      [0, 15],
      [1, 20],
    ])
  })
})

describe('against our own broker', () => {
  let cohort: Cohort
  const where = () => ({ name: 'Cohort', host: '127.0.0.1', port: cohort.port })
  const load = { inFlight: 1, seconds: 0.01 }

  beforeAll(async () => {
    cohort = await startCohort({ topics: { bench: 3 } })
  })
  afterAll(() => cohort.stop())

  it.each([
    ['groups of one', { connections: 2, groups: 5, members: 1 }],
    ['groups of several', { connections: 6, groups: 4, members: 3 }],
  ])('beats for %s', async (_, spread) => {
    const session = await heartbeats({ kind: 'heartbeats', where: where(), ...spread, maxInFlight: 4 })
    const { requests, p50Micros, p99Micros } = await session.run({ ...load, inFlight: 4 })
    expect(requests).toBeGreaterThanOrEqual(4 * spread.connections)
    expect(p99Micros).toBeGreaterThanOrEqual(p50Micros)
    const even = await session.run({ perSecond: 1000, waits: 'asleep', seconds: 0.02 })
    expect(even.requests).toBeLessThanOrEqual(20)
    await session.close()
  })

  it('commits and reads back', async () => {
    const topic = { topic: 'bench', partitions: 3 }
    const session = await commits({ kind: 'commits', where: where(), connections: 2, ...topic })
    expect((await session.run(load)).requests).toBeGreaterThanOrEqual(2)
    await session.close()
  })

  it('finds out that the last commit was not kept', async () => {
    const wire = await Wire.open(where())
    const { groupId } = await joinAlone(wire, 'forgetful')
    await expect(checkKept(wire, groupId, { topic: 'bench', partitions: 3 }, 1)).rejects.toThrow(
      'Cohort: partition 0 of forgetful has offset -1, where 81985526906748929 was committed last',
    )
    wire.close()
  })

  it('has a large group gather, and one more come', async () => {
    const { allMs, oneMoreMs } = await gather(where(), 20)
    expect(Math.min(allMs, oneMoreMs)).toBeGreaterThan(0)
  })
})
