// Circles of requests set in motion: as fast as answers come, or at an even pace over all connections.

import type { Circle } from './circle.js'
import type { Load, Outcome } from './jobs.js'
import type { Latencies } from './latencies.js'
import { Pacer } from './pacer.js'

export async function traffic(
  circles: readonly Circle[],
  latencies: Latencies,
  load: Load,
): Promise<Outcome> {
  latencies.clear()
  const begunAt = performance.now()
  if ('inFlight' in load) {
    for (const circle of circles) circle.start(load.inFlight)
    await new Promise((resolve) => setTimeout(resolve, load.seconds * 1000))
  } else {
    await paced(
      circles,
      load.perSecond,
      begunAt + load.seconds * 1000,
      load.waits === 'awake' ? again : asleep,
    )
  }
  await Promise.all(circles.map((circle) => circle.stop()))
  return {
    requests: latencies.count,
    elapsedMs: performance.now() - begunAt,
    p50Micros: latencies.at(0.5),
    p99Micros: latencies.at(0.99),
  }
}

const again = (turn: () => void): void => void setImmediate(turn)
const asleep = (turn: () => void): void => void setTimeout(turn, 1)

/** One after another over the circles. Latencies count from when a request was due, not from when it could be sent. */
export function paced(
  circles: readonly Pick<Circle, 'hasRoom' | 'send'>[],
  perSecond: number,
  endMs: number,
  next: (turn: () => void) => void,
): Promise<void> {
  const pacer = new Pacer(perSecond, performance.now())
  let at = 0
  return new Promise((resolve) => {
    const turn = () => {
      const nowMs = performance.now()
      if (nowMs >= endMs) return resolve()
      while (pacer.dueMs <= nowMs) {
        const circle = circles[at] as (typeof circles)[number]
        if (!circle.hasRoom) break
        circle.send(1, pacer.dueMs)
        pacer.next()
        at = (at + 1) % circles.length
      }
      next(turn)
    }
    turn()
  })
}
