// max.poll.interval.ms: a batch that takes longer than it. The client itself gives up its membership; the coordinator knows
// nothing of polls.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { column, count, LONGEST_JOIN, POLL_TIMEOUTS, REBALANCES, TWICE, UNOWNED } from './kit/words.js'

const BURST_MS = 30_000
const BURST = 200
const SLOW_MS = 300

function variant(name: string, maxPollIntervalMs: number, maxPollRecords: number): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const settings = { maxPollIntervalMs, maxPollRecords }
      const recordMs = ({ appendedMs }: { appendedMs: number }) => (appendedMs === BURST_MS ? SLOW_MS : 5)
      startConsumer(world, 'c1', { settings, recordMs })
      startConsumer(world, 'c2', { settings })
      world.producer.load({ topic: TOPIC, perSecond: 40, everyMs: 1000, toMs: 90_000 })
      world.at(BURST_MS, () => {
        for (let partition = 0; partition < 4; partition++) world.producer.append(TOPIC, partition, BURST)
      })
      world.runUntil(150_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const SHORT = 'interval 30 s, 500 records a poll'
const LONG = 'interval 5 min, 500 records a poll'
const FEW = 'interval 30 s, 50 records a poll'

export const slowPoll: Lab = {
  id: 'slow-poll',
  question: 'What happens when processing takes longer than max.poll.interval.ms?',
  setting:
    `Two Java-like consumers, four partitions, 40 records a second. After 30 s ${4 * BURST} records come at once, and for c1 ` +
    `each of them takes ${SLOW_MS} ms: what one poll gives it is 60 s of work. The heartbeat thread goes on all the time.`,
  variants: [variant(SHORT, 30_000, 500), variant(LONG, 300_000, 500), variant(FEW, 30_000, 50)],
  columns: [
    POLL_TIMEOUTS,
    REBALANCES,
    UNOWNED,
    LONGEST_JOIN,
    TWICE,
    column('commits refused', ({ figures }) => figures.commitsRefused),
  ],
  draw: [{ variant: SHORT, fromMs: 20_000, toMs: 120_000, heartbeats: true }],
  look: "c1's row: it works (#) on after it has left (L), its heartbeats end there, and it joins again (J) only when it polls.",
  findings(runs) {
    const [short, long, few] = [SHORT, LONG, FEW].map((name) => runs(name).figures)
    if (short === undefined || long === undefined || few === undefined) return []
    return [
      {
        holds: short.pollTimeouts === 1 && short.rebalances === 2,
        text: `After 30 s without a poll the client of c1 itself sends LeaveGroup ("consumer poll timeout has expired."), the coordinator does not measure polls. That is one rebalance, and its return when it polls at last is another: ${short.rebalances} for one slow batch.`,
      },
      {
        holds: short.twice >= BURST && short.commitsRefused > 0,
        text: `It works its batch off as if nothing had happened, and then its commit is refused: ${count(short.twice, 'record')} were done twice, by c1 and by c2, which had been given them meanwhile.`,
      },
      {
        holds: long.rebalances === 0 && few.rebalances === 0,
        text: 'With the default of 5 min, or with polls that give at most 50 records, nothing happens at all.',
      },
    ]
  },
  advice: [
    'max.poll.records x the slowest time per record must stay well below max.poll.interval.ms (defaults: 500 records, 5 min: 600 ms per record).',
    'Lower max.poll.records first: it costs nothing, records are fetched ahead anyway. A higher max.poll.interval.ms also makes every rebalance wait longer for who hangs (lab slowest-poll).',
    'Work that cannot be cut into short pieces belongs into another thread, with pause() (lab pause-resume).',
  ],
}
