// A rebalance takes as long as the slowest member needs to come back to poll(). Who hangs holds up all.

import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, startConsumer, startKafkajs, TOPIC } from './kit/scene.js'
import {
  count,
  extra,
  LONGEST_JOIN,
  largest,
  POLL_TIMEOUTS,
  REBALANCES,
  TWICE,
  time,
  UNOWNED,
} from './kit/words.js'

const JOIN_MS = 28_000
const BATCH_RECORDS = 40

type Kind = 'eager' | 'cooperative' | 'kafkajs'

function variant(name: string, batchS: number, kind: Kind, maxPollIntervalMs = 300_000): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 6)
      const slow = { recordMs: () => (batchS * 1000) / BATCH_RECORDS }
      const start = (who: string) => {
        const work = who === 'c1' ? slow : {}
        if (kind === 'kafkajs') {
          startKafkajs(world, who, { ...work, settings: { maxPollRecords: BATCH_RECORDS } })
        } else {
          const assignors = kind === 'eager' ? (['range'] as const) : (['cooperative-sticky'] as const)
          const settings = { assignors, maxPollIntervalMs, maxPollRecords: BATCH_RECORDS }
          startConsumer(world, who, { ...work, settings })
        }
      }
      for (const who of ['c1', 'c2', 'c3']) start(who)
      for (let partition = 0; partition < 6; partition++) world.producer.append(TOPIC, partition, 300)
      world.producer.load({ topic: TOPIC, perSecond: 30, everyMs: 1000, toMs: 100_000 })
      world.at(JOIN_MS, () => start('c4'))
      world.runUntil(220_000)
      const spans = [...world.journal(GROUP).ownership.values()].flat()
      const first = Math.min(...spans.filter(({ who }) => who === 'c4').map(({ fromMs }) => fromMs))
      return { world, groupId: GROUP, fromMs: 24_000, extra: { newcomerMs: first - JOIN_MS } }
    },
  }
}

const QUICK = 'a batch takes c1 1 s'
const SLOW = 'a batch takes c1 20 s'
const COOPERATIVE = '20 s, cooperative-sticky'
const LIMITED = '20 s, max.poll.interval.ms 10 s'
const BETWEEN = '20 s, kafkajs'

export const slowestPoll: Lab = {
  id: 'slowest-poll',
  question: 'Why does a rebalance take so long, and why does the whole group stand still?',
  setting:
    `Three consumers, six partitions; c1 is slow. After 28 s c4 joins. The coordinator waits until every member has sent ` +
    'its JoinGroup again, and a Java-like client does that when the application polls. kafkajs learns of it between two messages.',
  variants: [
    variant(QUICK, 1, 'eager'),
    variant(SLOW, 20, 'eager'),
    variant(COOPERATIVE, 20, 'cooperative'),
    variant(LIMITED, 20, 'eager', 10_000),
    variant(BETWEEN, 20, 'kafkajs'),
  ],
  columns: [
    LONGEST_JOIN,
    UNOWNED,
    extra('c4 has work after', 'newcomerMs', time),
    REBALANCES,
    POLL_TIMEOUTS,
    TWICE,
  ],
  draw: [
    { variant: SLOW, fromMs: 20_000, toMs: 120_000 },
    { variant: COOPERATIVE, fromMs: 20_000, toMs: 120_000 },
  ],
  look: 'c2 and c3: they rejoined at once, and wait (-) for c1. Cooperative members keep what they own (=) meanwhile.',
  findings(runs) {
    const [quick, slow, cooperative, limited, between] = [QUICK, SLOW, COOPERATIVE, LIMITED, BETWEEN].map(
      (name) => runs(name).figures,
    )
    if (!quick || !slow || !cooperative || !limited || !between) return []
    return [
      {
        holds: largest(slow.joinPhasesMs) > 4 * largest(quick.joinPhasesMs),
        text: `The join phase lasted ${time(largest(quick.joinPhasesMs))} with batches of 1 s and ${time(largest(slow.joinPhasesMs))} with batches of 20 s: as long as the slowest member stayed away from poll(). All others had given up their partitions and waited, ${time(slow.unownedMs)} of partition time without an owner.`,
      },
      {
        holds:
          cooperative.unownedMs < slow.unownedMs &&
          (runs(COOPERATIVE).extra.newcomerMs ?? 0) > (runs(SLOW).extra.newcomerMs ?? 0),
        text: `Cooperative members go on working with what they keep, so that only the partition that moves stands still: ${time(cooperative.unownedMs)}. But it moves in two rebalances, each of which waits for the slow member's polls: c4 had work after ${time(runs(COOPERATIVE).extra.newcomerMs ?? Number.NaN)}, in place of ${time(runs(SLOW).extra.newcomerMs ?? Number.NaN)}.`,
      },
      {
        holds: largest(between.joinPhasesMs) < largest(slow.joinPhasesMs) / 2 && limited.pollTimeouts > 0,
        text: `A low max.poll.interval.ms bounds the wait (${time(largest(limited.joinPhasesMs))}) at the price of throwing the slow member out, ${count(limited.pollTimeouts, 'time')}. Who looks between two records, as kafkajs does, is back after ${time(largest(between.joinPhasesMs))}.`,
      },
    ]
  },
  advice: [
    'Keep the time between polls short: max.poll.records so that a batch takes a second or two.',
    'max.poll.interval.ms is also the rebalance timeout: the longest that all others wait for a member that hangs.',
    'partition.assignment.strategy=cooperative-sticky: a long rebalance then stops only what really moves.',
    'A long onPartitionsRevoked is part of the wait as well.',
  ],
}
