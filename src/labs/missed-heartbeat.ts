// What happens when a heartbeat is missed, by what made it miss: a packet, a pause, no CPU, an outage.

import type { Client, World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { count, EXPELLED, LONGEST_GAP, REBALANCES, TWICE, time, UNOWNED } from './kit/words.js'

const AT_MS = 30_000

function variant(name: string, trouble: (world: World, c1: Client) => void): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 6)
      const settings = { sessionTimeoutMs: 10_000 }
      const [c1] = startConsumers(world, 3, { settings, recordMs: () => 20 })
      world.producer.load({ topic: TOPIC, perSecond: 60, everyMs: 500, toMs: 90_000 })
      world.at(AT_MS, () => c1 !== undefined && trouble(world, c1))
      world.runUntil(100_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const LOST = 'network gone for 2 s'
const SHORT = 'process paused for 6 s'
const LONG = 'process paused for 15 s'
const STARVED = 'CPU for 1 s in 4, for 40 s'
const OUTAGE = 'network gone for 5 s'
const LONG_OUTAGE = 'network gone for 12 s'

export const missedHeartbeat: Lab = {
  id: 'missed-heartbeat',
  question: 'What happens when a consumer misses a heartbeat?',
  setting:
    'Three consumers with a heartbeat every 3 s and a session of 10 s, 60 records a second; after 30 s something befalls c1. ' +
    'A paused process (garbage collection, a suspended machine) stands still with all its threads.',
  variants: [
    variant(LOST, (world) => world.network.cutFor({ client: 'c1' }, 2000)),
    variant(SHORT, (_, c1) => c1.freeze(6000)),
    variant(LONG, (_, c1) => c1.freeze(15_000)),
    variant(STARVED, (world, c1) => {
      for (let ms = 0; ms < 40_000; ms += 4000) world.queue.after(ms, () => c1.freeze(3000))
    }),
    variant(OUTAGE, (world) => world.network.cutFor({ client: 'c1' }, 5000)),
    variant(LONG_OUTAGE, (world) => world.network.cutFor({ client: 'c1' }, 12_000)),
  ],
  columns: [LONGEST_GAP, EXPELLED, REBALANCES, UNOWNED, TWICE],
  draw: [
    { variant: SHORT, heartbeats: true, fromMs: 20_000, toMs: 80_000, members: ['c1', 'c2'] },
    { variant: LONG, heartbeats: true, fromMs: 20_000, toMs: 80_000, members: ['c1', 'c2'] },
  ],
  look: "the heartbeats (') that are missing, and whether the gap reaches the session of 10 s.",
  findings(runs) {
    const f = (name: string) => runs(name).figures
    const harmless = [LOST, SHORT, STARVED].map((name) => f(name).rebalances)
    return [
      {
        holds: harmless.every((rebalances) => rebalances === 0),
        text: `A missed heartbeat alone is nothing: after a pause of 6 s, with a gap of ${time(f(SHORT).longestGapMs)}, and with a process that has the CPU for a quarter of the time, there was no rebalance. The coordinator only looks whether the session has run out.`,
      },
      {
        holds: f(LONG).expelled === 1 && f(LONG).rebalances >= 2,
        text: `After a pause of 15 s c1 had been removed; it learns that only when it wakes, and comes back as a new member: ${count(f(LONG).rebalances, 'rebalance')}, ${f(LONG).twice} records done twice.`,
      },
      {
        holds: f(OUTAGE).rebalances === 0 && f(OUTAGE).longestGapMs > 6000 && f(LONG_OUTAGE).expelled === 1,
        text: `An outage of 5 s was a gap of ${time(f(OUTAGE).longestGapMs)}: the last heartbeat before it was some seconds old, and TCP waits longer and longer before it tries again. One of 12 s cost the membership.`,
      },
    ]
  },
  advice: [
    'session.timeout.ms longer than the longest pause that should cost nothing; heartbeat.interval.ms at most a third of it.',
    'Look at the pauses themselves (GC log, CPU throttling of the container): a longer session hides them, it does not end them.',
    'A consumer that stands still does no work either: the session decides only when somebody else takes over.',
  ],
}
