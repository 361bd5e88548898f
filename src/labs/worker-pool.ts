// Workers beside the poll loop: records are done in another order than they came, so what may be committed is the end of the
// unbroken row of those that are done.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, type PoolOptions, SETTLED_MS, startPool, TOPIC } from './kit/scene.js'
import { column, count, LONGEST_DELAY, LOST, TWICE } from './kit/words.js'

const CRASH_MS = 40_000
const JOIN_MS = 60_000

function variant(name: string, options: PoolOptions): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const start = (who: string) => {
        const random = world.random.fork(`work of ${who}`)
        // mostly quick, now and then one that takes long
        const recordMs = () => (random.chance(0.3) ? random.between(1000, 3000) : random.between(10, 50))
        const settings = { sessionTimeoutMs: 10_000, ...options.settings }
        return startPool(world, who, { workers: 24, recordMs, ...options, settings })
      }
      const [c1] = [start('c1'), start('c2')]
      world.producer.load({ topic: TOPIC, perSecond: 40, everyMs: 250, toMs: 90_000 })
      world.at(CRASH_MS, () => c1?.crash())
      world.at(JOIN_MS, () => start('c3'))
      world.at(JOIN_MS + 15_000, () => start('c4'))
      world.runUntil(110_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const AUTO = 'auto commit (5 s)'
const HIGHEST = 'highest record done, every second'
const CONTIGUOUS = 'unbroken row, every second'
const DRAINED = 'unbroken row, drained on revoke'

export const workerPool: Lab = {
  id: 'worker-pool',
  question: 'We hand records to a pool of workers. What may be committed, and when?',
  setting:
    'Two consumers with 24 workers each, four partitions, 40 records a second that take 10 to 50 ms, three of ten 1 to 3 s. c1 ' +
    'crashes after 40 s, c3 joins after 60 s, c4 after 75 s. "Drained": on revocation a consumer waits up to 5 s for what is in hand.',
  variants: [
    variant(AUTO, { commit: 'auto' }),
    variant(HIGHEST, { commit: 'highest' }),
    variant(CONTIGUOUS, { commit: 'contiguous' }),
    variant(DRAINED, { commit: 'contiguous', drainMs: 5000 }),
  ],
  columns: [LOST, TWICE, column('commits', ({ figures }) => figures.commits), LONGEST_DELAY],
  draw: [],
  look: 'records lost: passed by the committed offset, and processed by nobody.',
  findings(runs) {
    const [auto, highest, contiguous, drained] = [AUTO, HIGHEST, CONTIGUOUS, DRAINED].map(
      (name) => runs(name).figures,
    )
    if (!auto || !highest || !contiguous || !drained) return []
    return [
      {
        holds: auto.lost > 0 && highest.lost > 0,
        text: `Auto commit commits what poll() has given out, done or not: ${count(auto.lost, 'record')} lost at a crash and three rebalances. The highest record that is done is no better: what is still being worked on before it is passed over, ${count(highest.lost, 'record')} lost.`,
      },
      {
        holds: contiguous.lost === 0 && contiguous.twice > 0,
        text: `The end of the unbroken row of records that are done loses nothing; what was done beyond it is done again: ${count(contiguous.twice, 'record')}.`,
      },
      {
        holds: drained.lost === 0 && drained.twice < contiguous.twice,
        text: `Waiting on revocation for what is in hand, and committing it, brings that down to ${count(drained.twice, 'record')}: a rebalance is announced, a crash is not.`,
      },
    ]
  },
  advice: [
    'enable.auto.commit=false with any processing outside of the poll loop.',
    'Keep per partition the offsets that are done, commit the end of the unbroken row, and bound what is in hand (lab back-pressure).',
    'Within a partition a pool has no order: who needs it keys the work by record key to one worker.',
  ],
}
