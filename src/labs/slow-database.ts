// The database becomes a hundred times slower: what was a batch of two seconds is one of minutes. How large batches
// turn a slow consumer into one that gets nowhere.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { column, POLL_TIMEOUTS, REBALANCES, TWICE, time } from './kit/words.js'

const USUAL_MS = 5
const SLOWED_MS = 500
const SLOW_FROM_MS = 60_000
const MINUTES = 120

function variant(maxPollRecords: number, commit: 'after-batch' | 'after-record' = 'after-batch'): Variant {
  return {
    name: `${maxPollRecords} records a poll${commit === 'after-record' ? ', commit after each' : ''}`,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const recordMs = (_: unknown, nowMs: number) => (nowMs < SLOW_FROM_MS ? USUAL_MS : SLOWED_MS)
      startConsumers(world, 2, { settings: { maxPollRecords }, recordMs, commit })
      world.at(SLOW_FROM_MS, () => {
        for (let partition = 0; partition < 4; partition++) world.producer.append(TOPIC, partition, 10_000)
      })
      world.runUntil(MINUTES * 60_000)
      const done = [0, 1, 2, 3].map((i) => Math.max(world.cluster.committedOffset(GROUP, TOPIC, i), 0))
      const committed = done.reduce((a, b) => a + b, 0)
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { committed } }
    },
  }
}

const [FEW, USUAL, MANY, EACH] = [variant(5), variant(500), variant(5000), variant(5000, 'after-record')]

export const slowDatabase: Lab = {
  id: 'slow-database',
  question:
    'Our database got a hundred times slower. Why does the group rebalance for ever, and get nowhere?',
  setting:
    `Two consumers; a record takes ${USUAL_MS} ms, then ${SLOWED_MS} ms. A backlog of 40,000 records comes when it gets slow; ` +
    `${MINUTES} minutes are played, enough for some 28,000 at that speed. max.poll.interval.ms has its default of 5 min.`,
  variants: [FEW, USUAL, MANY, EACH],
  columns: [
    column('a poll is worth', ({ name }) => time(Number.parseInt(name, 10) * SLOWED_MS)),
    column('records committed', ({ extra: { committed } }) => committed ?? 0),
    column('records worked on', ({ figures }) => figures.worked),
    POLL_TIMEOUTS,
    REBALANCES,
    TWICE,
  ],
  draw: [{ variant: MANY.name, fromMs: 0, toMs: MINUTES * 60_000 }],
  look: 'records committed beside records worked on: with 5,000 records a poll hours of work count for nothing.',
  findings(runs) {
    const [few, usual, many, each] = [FEW, USUAL, MANY, EACH].map(({ name }) => runs(name))
    if (!few || !usual || !many || !each) return []
    const committed = (run: typeof few) => run.extra.committed ?? 0
    return [
      {
        holds: committed(many) < committed(few) / 4 && many.figures.pollTimeouts >= 4,
        text: `With 5,000 records a poll, a batch takes ${time(5000 * SLOWED_MS)}. After 5 min both clients leave by themselves, work on for half an hour at what is theirs no longer, have their commit refused, come back and are given the same records again: ${many.figures.worked} records worked on in two hours, ${committed(many)} committed.`,
      },
      {
        holds: few.figures.rebalances === 0 && usual.figures.rebalances === 0,
        text: `With 500 records (${time(500 * SLOWED_MS)} a batch) it is just below the limit, with 5 nowhere near it: no rebalance, ${committed(usual)} and ${committed(few)} records committed. It is slow, and that is all.`,
      },
      {
        holds: committed(each) > committed(many),
        text: `Committing after each record saves what was done before the client left, and the first commit that is refused tells it that it is out: ${committed(each)} committed, but ${each.figures.rebalances} rebalances.`,
      },
    ]
  },
  advice: [
    'max.poll.records for the worst day: records x slowest time per record below max.poll.interval.ms. Small batches cost next to nothing.',
    'Time-outs on calls to the database, shorter than max.poll.interval.ms / max.poll.records.',
    'Raising max.poll.interval.ms only helps when the batch is finite; it makes every rebalance wait as long.',
  ],
}
