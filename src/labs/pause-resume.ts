// A record that takes longer than max.poll.interval.ms on purpose (a video, a report): in the poll loop, and beside it with
// pause() and resume().

import type { World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, startPool, TOPIC } from './kit/scene.js'
import { column, count, extra, LONGEST_JOIN, POLL_TIMEOUTS, REBALANCES, TWICE } from './kit/words.js'

const JOB_MS = 12 * 60_000
const JOBS = 6
const NEWCOMER_MS = 20 * 60_000
const END_MS = 60 * 60_000

function variant(name: string, start: (world: World, who: string) => unknown, joins = false): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 3)
      for (const who of ['c1', 'c2']) start(world, who)
      world.at(30_000, () => {
        for (let i = 0; i < JOBS; i++) world.producer.append(TOPIC, i % 3, 1)
      })
      if (joins) world.at(NEWCOMER_MS, () => start(world, 'c3'))
      world.runUntil(END_MS)
      const committed = [0, 1, 2].map((i) => Math.max(world.cluster.committedOffset(GROUP, TOPIC, i), 0))
      return {
        world,
        groupId: GROUP,
        fromMs: SETTLED_MS,
        extra: { committed: committed.reduce((a, b) => a + b, 0) },
      }
    },
  }
}

const recordMs = () => JOB_MS
const quiet = { fetchMaxWaitMs: 5000 }
const paused = {
  workers: 1,
  maxInHand: 1,
  pollTimeoutMs: 5000,
  recordMs,
  settings: { ...quiet, maxPollRecords: 1 },
}
const INLINE = 'in the poll loop'
const LONGER = 'max.poll.interval.ms 30 min'
const PAUSED = 'own thread, pause()'
const JOINED = 'own thread, pause(), c3 joins'
const COOPERATIVE = 'the same, cooperative-sticky'

export const pauseResume: Lab = {
  id: 'pause-resume',
  question: 'A job takes 12 minutes. How does a consumer stay in the group meanwhile?',
  setting:
    `Two consumers and ${JOBS} jobs of 12 minutes in three partitions, an hour is played; max.poll.interval.ms is 5 min. With pause() ` +
    'the job runs in a thread of its own, the partitions are paused, and poll() is called on and gives nothing until resume().',
  variants: [
    variant(INLINE, (world, who) =>
      startConsumer(world, who, { recordMs, settings: { ...quiet, maxPollRecords: 1 } }),
    ),
    variant(LONGER, (world, who) =>
      startConsumer(world, who, {
        recordMs,
        settings: { ...quiet, maxPollRecords: 1, maxPollIntervalMs: 1_800_000 },
      }),
    ),
    variant(PAUSED, (world, who) => startPool(world, who, paused)),
    variant(JOINED, (world, who) => startPool(world, who, paused), true),
    variant(
      COOPERATIVE,
      (world, who) =>
        startPool(world, who, {
          ...paused,
          settings: { ...paused.settings, assignors: ['cooperative-sticky'] },
        }),
      true,
    ),
  ],
  columns: [
    extra('jobs committed', 'committed'),
    column('jobs worked off', ({ figures }) => figures.worked),
    TWICE,
    POLL_TIMEOUTS,
    REBALANCES,
    LONGEST_JOIN,
  ],
  draw: [{ variant: INLINE }, { variant: JOINED }],
  look: 'jobs committed beside jobs worked off.',
  findings(runs) {
    const [inline, longer, paused_, joined, cooperative] = [INLINE, LONGER, PAUSED, JOINED, COOPERATIVE].map(
      (name) => runs(name),
    )
    if (!inline || !longer || !paused_ || !joined || !cooperative) return []
    const committed = (run: typeof inline) => run.extra.committed ?? 0
    return [
      {
        holds: inline.figures.pollTimeouts > 2 && committed(inline) < committed(paused_),
        text: `In the poll loop every job costs the membership: the client left ${count(inline.figures.pollTimeouts, 'time')}, ${inline.figures.worked} jobs were worked off in an hour, and ${committed(inline)} committed.`,
      },
      {
        holds: paused_.figures.rebalances === 0 && committed(paused_) >= committed(longer),
        text: `With pause() the loop polls on, and the client stays: no rebalance, ${committed(paused_)} jobs committed. A max.poll.interval.ms of 30 min gives as much, but a rebalance then has to wait for the job that runs, up to 12 minutes.`,
      },
      {
        holds: joined.figures.twice > cooperative.figures.twice,
        text: `When the group rebalances while a job runs, an eager client gives its partitions back and the job begins anew with the next owner: ${count(joined.figures.twice, 'job')} done twice, ${cooperative.figures.twice} with cooperative-sticky, which takes away only what must move.`,
      },
    ]
  },
  advice: [
    'Long jobs: hand the record to a thread, pause(partitions), go on calling poll(), resume() when it is done, commit then.',
    'In onPartitionsRevoked: stop the job of that partition, or accept that it is done twice (lab duplicates).',
    'Do not simply raise max.poll.interval.ms to the length of a job: it is what ends a rebalance that somebody hangs in.',
  ],
}
