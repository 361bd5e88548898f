// One partition that gets most of the records: members do not help it, as only one can have it.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, startPool, TOPIC } from './kit/scene.js'
import { column, count, extra, LONGEST_DELAY, time } from './kit/words.js'

const PARTITIONS = 6
const PER_SECOND = 120
const LOAD_MS = 90_000

function variant(name: string, members: number, shares: readonly number[], workers = 1): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, PARTITIONS)
      for (let i = 1; i <= members; i++) {
        if (workers === 1) startConsumer(world, `c${i}`, { recordMs: () => 20 })
        else startPool(world, `c${i}`, { recordMs: () => 20, workers, maxInHand: 500 })
      }
      world.producer.load({ topic: TOPIC, perSecond: PER_SECOND, everyMs: 500, toMs: LOAD_MS, shares })
      world.runUntil(LOAD_MS)
      const lags = shares.map((_, i) => {
        return (
          world.producer.endOffset(TOPIC, i) - Math.max(world.cluster.committedOffset(GROUP, TOPIC, i), 0)
        )
      })
      const busiest = Math.max(...lags)
      const others = lags.reduce((a, b) => a + b, 0) - busiest
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { busiest, others } }
    },
  }
}

const HOT = [8, 1, 1, 1, 1, 1]
const EVEN = [1, 1, 1, 1, 1, 1]
const THREE = 'three members, hot key'
const SIX = 'six members, hot key'
const SPREAD = 'three members, keys spread'
const WORKERS = 'three members, four workers each'

export const hotPartition: Lab = {
  id: 'hot-partition',
  question: 'The lag grows on one partition only, and more consumers do not help. What does?',
  setting:
    `${PARTITIONS} partitions, ${PER_SECOND} records a second for ${LOAD_MS / 1000} s; one key has 8 of 13 records, so they are all in one partition. A record ` +
    'takes 20 ms: a member does 50 a second.',
  variants: [
    variant(THREE, 3, HOT),
    variant(SIX, 6, HOT),
    variant(SPREAD, 3, EVEN),
    variant(WORKERS, 3, HOT, 4),
  ],
  columns: [
    extra('lag of the fullest partition', 'busiest'),
    extra('lag of all others', 'others'),
    LONGEST_DELAY,
    column('records done', ({ figures }) => figures.once),
  ],
  draw: [],
  look: 'the lag of the fullest partition with three members and with six.',
  findings(runs) {
    const [three, six, spread, workers] = [THREE, SIX, SPREAD, WORKERS].map((name) => runs(name))
    if (!three || !six || !spread || !workers) return []
    const lag = (run: typeof three) => run.extra.busiest ?? 0
    return [
      {
        holds: lag(six) > 500 && lag(six) > (lag(three) * 2) / 3,
        text: `With three members the hot partition was ${count(lag(three), 'record')} behind after ${time(LOAD_MS)}, with six ${lag(six)}: its owner does 50 a second at most, however many others look on.`,
      },
      {
        holds: lag(spread) < 200 && lag(workers) < 200,
        text: `Spreading the keys helped (${lag(spread)} behind), and so did four workers per member (${lag(workers)}), as long as the order of records within the partition is not needed.`,
      },
    ]
  },
  advice: [
    'Look at lag per partition, not per group.',
    'A finer key (customer and order, not customer); a key of its own for the one that is too large.',
    'Where order per key is needed but not per partition: a pool that keeps records of one key with one worker.',
  ],
}
