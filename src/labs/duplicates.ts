// At least once: how many records are done twice after a crash, by how often offsets are committed, and what an idempotent
// consumer makes of it.

import type { Lab, Variant } from './kit/lab.js'
import { type ConsumerOptions, GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { column, LOST, TWICE } from './kit/words.js'

// not in step with batches or commits
const CRASHES = [31_137, 52_663, 73_901, 94_387]
const BACK_AFTER_MS = 5000

function variant(name: string, options: ConsumerOptions): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const start = (who: string) =>
        startConsumer(world, who, {
          recordMs: () => 10,
          ...options,
          settings: { sessionTimeoutMs: 10_000, ...options.settings },
        })
      const running = new Map(['c1', 'c2'].map((who) => [who, start(who)]))
      world.producer.load({ topic: TOPIC, perSecond: 100, everyMs: 500, toMs: 110_000 })
      for (const [i, atMs] of CRASHES.entries()) {
        const who = i % 2 === 0 ? 'c1' : 'c2'
        world.at(atMs, () => running.get(who)?.crash())
        world.at(atMs + BACK_AFTER_MS, () => running.set(who, start(who)))
      }
      world.runUntil(130_000)
      const { recognised } = world.ledger(GROUP)
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { recognised } }
    },
  }
}

const AUTO = 'auto commit every 5 s'
const AUTO_SHORT = 'auto commit every second'
const BATCH = 'commit after each batch'
const RECORD = 'commit after each record'
const IDEMPOTENT = 'auto commit every 5 s, idempotent'

export const duplicates: Lab = {
  id: 'duplicates',
  question: 'Why do we see messages twice, and how many?',
  setting:
    'Two consumers, 100 records a second in batches every half second, 10 ms of work each; four times one of them crashes and is ' +
    'started again 5 s later.',
  variants: [
    variant(AUTO, { commit: 'auto' }),
    variant(AUTO_SHORT, { commit: 'auto', settings: { autoCommitIntervalMs: 1000 } }),
    variant(BATCH, { commit: 'after-batch' }),
    variant(RECORD, { commit: 'after-record' }),
    variant(IDEMPOTENT, { commit: 'auto', idempotent: true }),
  ],
  columns: [
    column('commits', ({ figures }) => figures.commits),
    column('records', ({ figures }) => figures.produced),
    TWICE,
    column('recognised as done', ({ extra: { recognised } }) => recognised ?? 0),
    LOST,
  ],
  draw: [],
  look: 'commits beside records done twice.',
  findings(runs) {
    const [auto, short, batch, record, idempotent] = [AUTO, AUTO_SHORT, BATCH, RECORD, IDEMPOTENT].map(
      (name) => runs(name).figures,
    )
    if (!auto || !short || !batch || !record || !idempotent) return []
    return [
      {
        holds: auto.twice > short.twice && short.twice > batch.twice && batch.twice >= record.twice,
        text: `After a crash the next owner begins at the committed offset, so what was done since then is done again: ${auto.twice} records of ${auto.produced} with auto commit every 5 s, ${short.twice} every second, ${batch.twice} with a commit after each batch, ${record.twice} after each record.`,
      },
      {
        holds: record.commits > 3 * batch.commits,
        text: `That has its price: ${record.commits} commits after each record, ${batch.commits} after each batch, ${auto.commits} by auto commit. Fewer is possible, none is not: between the work and the commit a crash always fits.`,
      },
      {
        holds: idempotent.twice === 0 && idempotent.lost === 0,
        text: 'An idempotent consumer has no duplicates at any setting, and may commit as seldom as it likes.',
      },
    ]
  },
  advice: [
    'Expect duplicates and make the work idempotent: a unique key, an upsert, a conditional write.',
    'Commit after each batch; smaller batches rather than a commit after each record.',
    'Exactly once within Kafka (read, process, write) is what transactions are for.',
  ],
}
