// When to commit: before the work, after it, by the client, on revocation. A crash, a rebalance and a shutdown in the middle of a
// batch show what each loses or repeats.

import type { Lab, Variant } from './kit/lab.js'
import { type ConsumerOptions, GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { column, count, LOST, TWICE } from './kit/words.js'

function variant(name: string, options: ConsumerOptions): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 8)
      const start = (who: string) =>
        startConsumer(world, who, {
          // c3 is slow: others wait for it in a rebalance
          recordMs: () => (who === 'c3' ? 100 : 20),
          commitOnRevoke: false,
          ...options,
          settings: { sessionTimeoutMs: 10_000, maxPollRecords: 30, ...options.settings },
        })
      const clients = ['c1', 'c2', 'c3'].map(start)
      world.producer.load({ topic: TOPIC, perSecond: 32, everyMs: 250, toMs: 100_000 })
      // so that the crash and the shutdown meet a batch that is half done
      const burst = () => {
        for (let partition = 0; partition < 8; partition++) world.producer.append(TOPIC, partition, 20)
      }
      world.at(30_010, burst)
      world.at(80_010, burst)
      world.at(30_150, () => clients[0]?.crash())
      for (const [i, who] of ['c4', 'c5', 'c6'].entries()) world.at(50_000 + i * 7300, () => start(who))
      world.at(80_150, () => clients[1]?.stop())
      world.runUntil(120_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const BEFORE = 'before the work'
const AUTO = 'auto commit'
const AUTO_CUT = 'auto commit, shutdown cuts the batch'
const AFTER = 'after the work'
const NEVER = 'only on revocation'
const BOTH = 'after the work and on revocation, cut'
const COOPERATIVE = 'after the work, cooperative-sticky'
const COOPERATIVE_BOTH = 'and on revocation, cooperative-sticky'
const ASSIGNORS = { assignors: ['cooperative-sticky'] } as const

export const commitWhen: Lab = {
  id: 'commit-when',
  question: 'When should offsets be committed: before processing, after it, or by auto commit?',
  setting:
    'Three consumers, eight partitions, 32 records a second of 20 ms each, 100 ms for c3. c1 crashes after 30 s, c4, ' +
    'c5 and c6 join from 50 s on, c2 is shut down after 80 s; a burst of 160 records comes just before both. "Cuts the batch": on SIGTERM the loop ends after the record at hand.',
  variants: [
    variant(BEFORE, { commit: 'before-batch' }),
    variant(AUTO, { commit: 'auto' }),
    variant(AUTO_CUT, { commit: 'auto', stopsMidBatch: true }),
    variant(AFTER, { commit: 'after-batch' }),
    variant(NEVER, { commit: 'never', commitOnRevoke: true }),
    variant(BOTH, { commit: 'after-batch', stopsMidBatch: true, commitOnRevoke: true }),
    variant(COOPERATIVE, { commit: 'after-batch', settings: ASSIGNORS }),
    variant(COOPERATIVE_BOTH, { commit: 'after-batch', commitOnRevoke: true, settings: ASSIGNORS }),
  ],
  columns: [LOST, TWICE, column('commits', ({ figures }) => figures.commits)],
  draw: [],
  look: 'records lost, and who loses any.',
  findings(runs) {
    const f = (name: string) => runs(name).figures
    const [before, auto, cut, after, never, both] = [
      f(BEFORE),
      f(AUTO),
      f(AUTO_CUT),
      f(AFTER),
      f(NEVER),
      f(BOTH),
    ]
    const [cooperative, cooperativeBoth] = [f(COOPERATIVE), f(COOPERATIVE_BOTH)]
    return [
      {
        holds: before.lost > 0 && after.lost === 0,
        text: `Committed before the work, what a crash interrupts is lost: ${count(before.lost, 'record')}. Committed after it, nothing is lost, and ${count(after.twice, 'record')} are done twice.`,
      },
      {
        holds: auto.lost === 0 && auto.twice > after.twice && cut.lost > 0,
        text: `Auto commit in a plain poll loop loses nothing, because it commits at the next poll() what the last one gave out (${auto.twice} done twice). It does lose when the loop ends in the middle of a batch: close() commits all that was given out, ${count(cut.lost, 'record')} lost.`,
      },
      {
        holds: never.twice > after.twice && both.lost === 0,
        text: `Committing only on revocation is enough for rebalances, not for a crash: ${count(never.twice, 'record')} done twice. After the work, and on revocation what is done so far, loses nothing even when the batch is cut (${both.twice} done twice).`,
      },
      {
        holds: cooperative.twice > cooperativeBoth.twice,
        text: `Cooperative members work on while the group rebalances, and their commits are put off until it is over (RebalanceInProgressException). Without a commit in onPartitionsRevoked what they did meanwhile on a partition that moves is done again: ${count(cooperative.twice, 'record')}, ${cooperativeBoth.twice} with it.`,
      },
    ]
  },
  advice: [
    'enable.auto.commit=false, commitSync() after each batch, and in onPartitionsRevoked for what is done so far.',
    'Auto commit is fine for a loop that works off what a poll gave before the next poll, in the same thread, and never breaks out of it.',
    'Commit before the work only if losing a record is better than doing it twice (at most once).',
  ],
}
