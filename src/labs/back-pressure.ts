// A downstream that takes less than comes in: the queue grows somewhere. In Kafka it is called lag and is safe; in the memory of a
// consumer it is neither seen nor safe.

import type { WorkerPool } from '../simulation/apps/worker-pool.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, type PoolOptions, SETTLED_MS, startPool, TOPIC } from './kit/scene.js'
import { count, extra, LOST, TWICE } from './kit/words.js'

const CRASH_MS = 120_000

function variant(name: string, options: PoolOptions): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      // 4 workers at 50 ms: 80 records a second each, of 100 that come to each
      const start = (who: string) =>
        startPool(world, who, {
          workers: 4,
          recordMs: () => 50,
          ...options,
          settings: { sessionTimeoutMs: 10_000, maxPollRecords: 100, ...options.settings },
        })
      const clients = ['c1', 'c2'].map(start)
      world.producer.load({ topic: TOPIC, perSecond: 200, everyMs: 500, toMs: CRASH_MS })
      let lag = 0
      world.at(CRASH_MS, () => {
        for (let i = 0; i < 4; i++) {
          const committed = Math.max(world.cluster.committedOffset(GROUP, TOPIC, i), 0)
          lag += world.producer.endOffset(TOPIC, i) - committed
        }
        clients[0]?.crash()
      })
      world.runUntil(260_000)
      const inMemory = Math.max(...clients.map(({ app }) => (app as WorkerPool).mostInHand))
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { inMemory, lag } }
    },
  }
}

const AUTO = 'takes all, auto commit'
const ALL = 'takes all, commits what is done'
const PAUSES = 'pauses at 200 in hand'

export const backPressure: Lab = {
  id: 'back-pressure',
  question: 'The service behind our consumer is slower than the topic. Where does the rest go?',
  setting:
    'Two consumers that hand records to four workers each: together they do 160 records a second, 200 come. After two minutes the ' +
    'load ends and c1 crashes. The last variant calls pause() at 200 records in hand and resume() at 100.',
  variants: [
    variant(AUTO, { commit: 'auto' }),
    variant(ALL, { commit: 'contiguous' }),
    variant(PAUSES, { commit: 'contiguous', maxInHand: 200 }),
  ],
  columns: [extra('most records in memory', 'inMemory'), extra('lag before the crash', 'lag'), LOST, TWICE],
  draw: [],
  look: 'the first two columns: the same backlog, in memory or in Kafka.',
  findings(runs) {
    const [auto, all, pauses] = [AUTO, ALL, PAUSES].map((name) => runs(name))
    if (!auto || !all || !pauses) return []
    const inMemory = (run: typeof auto) => run.extra.inMemory ?? 0
    return [
      {
        holds: auto.figures.lost > 0 && inMemory(auto) > 1000,
        text: `A consumer that takes in all that comes had ${inMemory(auto)} records in memory after two minutes. With auto commit Kafka showed a lag of ${auto.extra.lag}, all seemed well, and the crash lost ${count(auto.figures.lost, 'record')}.`,
      },
      {
        holds: all.figures.lost === 0 && (all.extra.lag ?? 0) > 1000,
        text: `Committing only what is done loses nothing and shows the true lag (${all.extra.lag}), but the memory grows all the same (${inMemory(all)} records).`,
      },
      {
        holds: inMemory(pauses) <= 300 && pauses.figures.lost === 0,
        text: `With pause() and resume() no more than ${inMemory(pauses)} records were in memory, and ${count(pauses.figures.twice, 'record')} had to be done again: the backlog stays in Kafka, where it is safe and can be measured.`,
      },
    ]
  },
  advice: [
    'Bound what is in hand; pause() the partitions above it, resume() below half of it, and poll on meanwhile.',
    'Commit what is done, never what was taken in: then consumer lag is the truth and may be alarmed on.',
    'Back-pressure does not make it faster: a lag that grows for hours needs more consumers (and partitions) or a faster service.',
  ],
}
