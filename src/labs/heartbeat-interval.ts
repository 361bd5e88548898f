// heartbeat.interval.ms against session.timeout.ms, on a good and on a bad network. No records flow, because a commit
// would keep the session too.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, unreliable } from './kit/scene.js'
import { count, EXPELLED, HEARTBEATS, LONGEST_GAP, REBALANCES, time, UNOWNED } from './kit/words.js'

const MINUTES = 30
const BAD_NETWORK = { delayMs: 40, jitterMs: 40, lossRate: 0.02 }

function variant(network: 'good' | 'bad', heartbeatS: number, sessionS = 10): Variant {
  return {
    name: `${network} network, every ${heartbeatS} s, session ${sessionS} s`,
    play(seed) {
      const isBad = network === 'bad'
      const world = ordersWorld(seed, 4, isBad ? { link: BAD_NETWORK } : {})
      const settings = {
        heartbeatIntervalMs: heartbeatS * 1000,
        sessionTimeoutMs: sessionS * 1000,
        fetchMaxWaitMs: 5000,
      }
      const clients = startConsumers(world, 4, { settings, pollTimeoutMs: 5000 })
      const names = clients.map(({ name }) => name)
      if (isBad) world.at(SETTLED_MS, () => unreliable(world, names, 60_000, 2500))
      world.runUntil(MINUTES * 60_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

export const heartbeatInterval: Lab = {
  id: 'heartbeat-interval',
  question: 'Our network is slow. Should heartbeat.interval.ms be higher?',
  setting:
    `Four consumers, ${MINUTES} minutes, no records. The bad network loses 2 % of its packets, takes 80 ms one way, and each ` +
    "client's path is down about once a minute for 2.5 s on average; TCP sends again after 200 ms, 400 ms, 800 ms and so on.",
  variants: [
    variant('good', 3),
    variant('good', 9),
    variant('bad', 1),
    variant('bad', 3),
    variant('bad', 5),
    variant('bad', 9),
    variant('bad', 3, 45),
  ],
  columns: [EXPELLED, REBALANCES, UNOWNED, LONGEST_GAP, HEARTBEATS],
  draw: [],
  look: 'how many members are removed although they live, with the interval rising and the session as it is.',
  findings(runs) {
    const [often, usual, seldom] = [1, 3, 9].map((s) => runs(variant('bad', s).name).figures)
    const long = runs(variant('bad', 3, 45).name).figures
    const good = runs(variant('good', 9).name).figures
    if (often === undefined || usual === undefined || seldom === undefined) return []
    return [
      {
        holds: seldom.expelled >= 2 * usual.expelled,
        text: `No: on the bad network, with a session of 10 s, a heartbeat every 9 s cost ${count(seldom.expelled, 'removal')} of members that were alive, one every 3 s ${usual.expelled}. The interval is what is missing from the session when the network fails.`,
      },
      {
        holds: often.expelled >= usual.expelled - 1,
        text: `Very frequent ones did not help either: one every second cost ${often.expelled}, with three times the requests. What is lost is sent again by TCP, which doubles its waits from the first lost packet on, and holds up all later ones behind it.`,
      },
      {
        holds: long.expelled < usual.expelled,
        text: `The session is the patience: with 45 s in place of 10 s the same heartbeats on the same network cost ${count(long.expelled, 'removal')}, though the longest gap was ${time(long.longestGapMs)}.`,
      },
      {
        holds: good.expelled === 0,
        text: 'On the good network even 9 s of 10 s did no harm, which is why a wrong setting is noticed only on the day when the network fails.',
      },
    ]
  },
  advice: [
    'session.timeout.ms: longer than the outages that are to be survived, TCP included (its retries can double an outage). Default 45 s.',
    'heartbeat.interval.ms: a third of the session or less. Default 3 s. It also decides how soon a member learns of a rebalance.',
  ],
}
