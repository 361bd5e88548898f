// A topic gets more partitions while a group reads it: when they are noticed, by whom, and what becomes of what is in them.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { column, count, extra, REBALANCES, time } from './kit/words.js'

const GROW_MS = 72_000

function variant(name: string, metadataMaxAgeMs: number, autoOffsetReset: 'earliest' | 'latest'): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 3)
      startConsumers(world, 3, { recordMs: () => 5, settings: { metadataMaxAgeMs, autoOffsetReset } })
      world.at(GROW_MS, () => world.cluster.growTopic(TOPIC, 6))
      world.producer.load({ topic: TOPIC, perSecond: 12, everyMs: 1000, fromMs: SETTLED_MS, toMs: 400_000 })
      world.runUntil(420_000)
      const firsts = [3, 4, 5].map((i) => world.journal(GROUP).ownership.get(`${TOPIC}-${i}`)?.[0]?.fromMs)
      const noticed = Math.max(...firsts.map((atMs) => (atMs ?? Number.NaN) - GROW_MS))
      const skipped = world.producer.total(TOPIC) - world.ledger(GROUP).once
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { noticed, skipped } }
    },
  }
}

const DEFAULT = 'metadata.max.age.ms 5 min, earliest'
const SKIPPING = '5 min, latest'
const SHORT = '30 s, earliest'

export const partitionGrowth: Lab = {
  id: 'partition-growth',
  question: 'We added partitions to a topic. When do consumers read them?',
  setting:
    'Three consumers and a topic that grows from three to six partitions after 72 s, 12 records a second to all partitions there are; the ' +
    'producer uses the new ones at once.',
  variants: [
    variant(DEFAULT, 300_000, 'earliest'),
    variant(SKIPPING, 300_000, 'latest'),
    variant(SHORT, 30_000, 'earliest'),
  ],
  columns: [
    extra('owned after', 'noticed', time),
    REBALANCES,
    extra('records never done', 'skipped'),
    column('oldest record when processed', ({ figures }) => time(figures.longestDelayMs)),
  ],
  draw: [{ variant: DEFAULT }],
  look: 'where the rows of the new partitions begin, and what the rebalance is called.',
  findings(runs) {
    const [usual, skipping, short] = [DEFAULT, SKIPPING, SHORT].map((name) => runs(name))
    if (!usual || !skipping || !short) return []
    const noticed = (run: typeof usual) => run.extra.noticed ?? Number.NaN
    return [
      {
        holds: noticed(usual) > 120_000 && noticed(short) < 35_000,
        text: `The leader of the group notices new partitions when its metadata is next refreshed, and rejoins: here after ${time(noticed(usual))}, with metadata.max.age.ms=30 s after ${time(noticed(short))}. One rebalance; nobody tells the group.`,
      },
      {
        holds: (skipping.extra.skipped ?? 0) > 100 && usual.extra.skipped === 0,
        text: `What came into them before was late with earliest (up to ${time(usual.figures.longestDelayMs)}) and passed over with latest: ${count(skipping.extra.skipped ?? 0, 'record')} never done, as a new partition has no committed offset.`,
      },
    ]
  },
  advice: [
    'auto.offset.reset=earliest for groups that must not miss records, latest skips the beginning of every new partition.',
    'metadata.max.age.ms lower (30 s) before the topic grows, or restart the consumers afterwards.',
    'More partitions change which partition a key goes to: order per key is lost at that moment.',
  ],
}
