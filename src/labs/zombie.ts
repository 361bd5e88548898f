// A consumer that stands still for longer than its session and then goes on where it was: its commit is fenced, its work is not.

import type { Lab, Variant } from './kit/lab.js'
import { type ConsumerOptions, GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { column, count, extra, TWICE } from './kit/words.js'

const AT_MS = 30_000
const PAUSE_MS = 20_000

function variant(name: string, maxPollRecords: number, options: ConsumerOptions): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 2)
      const start = (who: string) =>
        startConsumer(world, who, {
          recordMs: () => 50,
          ...options,
          settings: { sessionTimeoutMs: 10_000, maxPollRecords },
        })
      const [c1] = [start('c1'), start('c2')]
      for (const partition of [0, 1]) world.at(28_000, () => world.producer.append(TOPIC, partition, 300))
      world.producer.load({ topic: TOPIC, perSecond: 10, everyMs: 500, toMs: 90_000 })
      world.at(AT_MS, () => c1?.freeze(PAUSE_MS))
      world.runUntil(110_000)
      const { byFormerOwner, recognised } = world.ledger(GROUP)
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { byFormerOwner, recognised } }
    },
  }
}

const LARGE = '500 records a poll'
const SMALL = '20 records a poll'
const EACH = '500 a poll, commit after each'
const IDEMPOTENT = '500 a poll, idempotent'

export const zombie: Lab = {
  id: 'zombie',
  question:
    'A consumer wakes from a long pause and still has records in hand. What keeps it from doing damage?',
  setting:
    'Two consumers with a session of 10 s, two partitions. After 28 s 300 records come to each partition, 50 ms of work each; after 30 s c1 ' +
    'stands still for 20 s, in the middle of its batch.',
  variants: [
    variant(LARGE, 500, {}),
    variant(SMALL, 20, {}),
    variant(EACH, 500, { commit: 'after-record' }),
    variant(IDEMPOTENT, 500, { idempotent: true }),
  ],
  columns: [
    column('commits refused', ({ figures }) => figures.commitsRefused),
    extra('records done by the zombie', 'byFormerOwner'),
    extra('recognised as done', 'recognised'),
    TWICE,
  ],
  draw: [{ variant: LARGE, heartbeats: true, fromMs: 20_000, toMs: 80_000 }],
  look: "from 50 s on: c1 works on (#) although its partition is c2's since 42 s (*).",
  findings(runs) {
    const [large, small, each, idempotent] = [LARGE, SMALL, EACH, IDEMPOTENT].map((name) => runs(name))
    if (!large || !small || !each || !idempotent) return []
    const zombies = (run: typeof large) => run.extra.byFormerOwner ?? 0
    return [
      {
        holds: large.figures.commitsRefused > 0 && zombies(large) > 100 && large.figures.twice > 100,
        text: `The commit of the zombie is refused, so offsets never go back. Nothing stops its work: ${count(zombies(large), 'record')} it finished after the partition had gone to c2, ${large.figures.twice} were done twice.`,
      },
      {
        holds: small.figures.twice < large.figures.twice / 4 && each.figures.twice < 5,
        text: `It learns that it is out when it next speaks to the coordinator: at the next poll or commit. With 20 records a poll ${count(small.figures.twice, 'record')} were done twice; and with a commit after each record, where CommitFailedException ends the batch, ${each.figures.twice}.`,
      },
      {
        holds: idempotent.figures.twice === 0 && (idempotent.extra.recognised ?? 0) > 100,
        text: `Where the work itself recognises what is done (a unique key, a conditional write), ${idempotent.extra.recognised} repetitions had no effect.`,
      },
    ]
  },
  advice: [
    'Small batches (max.poll.records): the zombie has less in hand.',
    'Idempotent writes, keyed by topic, partition and offset or by a key of the record. Or fencing in the target: write the generation or a lease along, refuse older ones.',
    'A commit that fails with CommitFailedException means: drop what is in hand, and poll.',
  ],
}
