// Fast detection of crashes against false alarms: one crash, many pauses, and sessions from short to long.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, pausing, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { count, DETECTED, EXPELLED, LONGEST_DELAY, largest, REBALANCES, TWICE, time } from './kit/words.js'

const MINUTES = 15
const CRASH_MS = 10 * 60_000

function variant(sessionS: number): Variant {
  return {
    name: `session ${sessionS} s`,
    play(seed) {
      const world = ordersWorld(seed, 8)
      const settings = {
        sessionTimeoutMs: sessionS * 1000,
        heartbeatIntervalMs: Math.min(3000, (sessionS * 1000) / 3),
      }
      const clients = startConsumers(world, 4, { settings, recordMs: () => 20 })
      world.producer.load({ topic: TOPIC, perSecond: 8, everyMs: 2000, toMs: MINUTES * 60_000 - 120_000 })
      world.at(SETTLED_MS, () => pausing(world, clients.slice(1), 90_000, 4000))
      world.at(CRASH_MS, () => clients[0]?.crash())
      world.runUntil(MINUTES * 60_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const SESSIONS = [6, 10, 20, 45, 120]

export const sessionTimeout: Lab = {
  id: 'session-timeout',
  question: 'How low can session.timeout.ms be, so that a dead consumer is noticed soon?',
  setting:
    `Four consumers, ${MINUTES} minutes. c2, c3 and c4 stand still about every 90 s, for 4 s on average and sometimes much ` +
    'longer; c1 crashes after 10 minutes.',
  variants: SESSIONS.map(variant),
  columns: [DETECTED, EXPELLED, REBALANCES, TWICE, LONGEST_DELAY],
  draw: [],
  look: 'the first two columns: one falls where the other rises.',
  findings(runs) {
    const [short, usual, long] = [6, 45, 120].map((s) => runs(`session ${s} s`).figures)
    if (short === undefined || usual === undefined || long === undefined) return []
    return [
      {
        holds: short.expelled > usual.expelled,
        text: `With a session of 6 s the crash was noticed after ${time(largest(short.detectedMs))}, and ${count(short.expelled, 'time')} a member was removed that only stood still: ${short.rebalances} rebalances, ${short.twice} records done twice.`,
      },
      {
        holds: largest(usual.detectedMs) > largest(short.detectedMs),
        text: `With 45 s it took ${time(largest(usual.detectedMs))}, with ${count(usual.expelled, 'false alarm')}; with 120 s ${time(largest(long.detectedMs))}, while the records of the dead consumer waited.`,
      },
    ]
  },
  advice: [
    'Take the longest pause that your processes really have (GC log, deployments, noisy neighbours) and set the session to twice that; the default of 45 s is meant for clouds.',
    'Short sessions are for those who must take over fast and can keep pauses short. The broker allows 6 s to 30 min (group.min.session.timeout.ms, group.max.session.timeout.ms).',
    'Planned stops need no session at all: close() says goodbye (lab crash-or-leave).',
  ],
}
