// Who sends heartbeats while a record takes a minute: a thread of its own, the loop between two records, or the handler itself.

import type { Client, World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, startKafkajs, TOPIC } from './kit/scene.js'
import { BEHIND, count, EXPELLED, LONGEST_GAP, POLL_TIMEOUTS, REBALANCES, TWICE, time } from './kit/words.js'

const AT_MS = 30_500
const LONG_MS = 60_000
const HANGS_MS = 3_600_000

/** The record that comes at AT_MS into the first partition takes long for whoever gets it. */
const longRecord = (ms: number) => (record: { appendedMs: number; partition: number }) =>
  record.appendedMs === AT_MS && record.partition === 0 ? ms : 5

function variant(name: string, start: (world: World, who: string) => Client, minutes = 4): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      for (const who of ['c1', 'c2']) start(world, who)
      world.producer.load({ topic: TOPIC, perSecond: 4, everyMs: 1000, toMs: minutes * 60_000 - 30_000 })
      world.at(AT_MS, () => world.producer.append(TOPIC, 0, 1))
      world.runUntil(minutes * 60_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const SESSION = { sessionTimeoutMs: 30_000 }
const recordMs = longRecord(LONG_MS)
const THREAD = 'thread (Java, librdkafka)'
const BETWEEN = 'between records (kafkajs)'
const WITHIN = 'kafkajs, handler calls heartbeat()'
const HANGING = 'thread, record hangs'
const HANGING_BETWEEN = 'between records, record hangs'

export const heartbeatThread: Lab = {
  id: 'heartbeat-thread',
  question: 'One message takes a minute. Does the consumer stay in the group?',
  setting:
    'Two consumers, a session of 30 s for all. After half a minute comes a record that takes 60 s, for whoever works on it; in the last two ' +
    'variants it never ends. max.poll.interval.ms is 5 min.',
  variants: [
    variant(THREAD, (world, who) => startConsumer(world, who, { settings: SESSION, recordMs })),
    variant(BETWEEN, (world, who) => startKafkajs(world, who, { settings: SESSION, recordMs })),
    variant(WITHIN, (world, who) =>
      startKafkajs(world, who, { settings: SESSION, recordMs, withinRecordMs: 1000 }),
    ),
    variant(
      HANGING,
      (world, who) => startConsumer(world, who, { settings: SESSION, recordMs: longRecord(HANGS_MS) }),
      12,
    ),
    variant(
      HANGING_BETWEEN,
      (world, who) => startKafkajs(world, who, { settings: SESSION, recordMs: longRecord(HANGS_MS) }),
      12,
    ),
  ],
  columns: [LONGEST_GAP, EXPELLED, POLL_TIMEOUTS, REBALANCES, TWICE, BEHIND],
  draw: [
    { variant: THREAD, heartbeats: true, toMs: 180_000, fromMs: 15_000 },
    { variant: BETWEEN, heartbeats: true, toMs: 180_000, fromMs: 15_000 },
  ],
  look: "the heartbeats (') under the row of who works (#) on the long record.",
  findings(runs) {
    const [thread, between, within, hanging, stuck] = [THREAD, BETWEEN, WITHIN, HANGING, HANGING_BETWEEN].map(
      (name) => runs(name).figures,
    )
    if (!thread || !between || !within || !hanging || !stuck) return []
    return [
      {
        holds: thread.rebalances === 0 && within.rebalances === 0,
        text: 'With a heartbeat thread the minute costs nothing, nor does it where the handler itself calls heartbeat() now and then.',
      },
      {
        holds: between.expelled >= 2 && between.twice >= 1,
        text: `With heartbeats between records there is none for ${time(between.longestGapMs)}: the member is removed, the other one gets the same record, and the same happens to it: ${count(between.expelled, 'removal')}, ${count(between.rebalances, 'rebalance')}.`,
      },
      {
        holds: hanging.pollTimeouts > 0 && hanging.longestGapMs < 10_000 && stuck.expelled > 0,
        text: `A thread also speaks for a program that hangs: with no gap in its heartbeats longer than ${time(hanging.longestGapMs)} it kept its partitions until max.poll.interval.ms had passed. Between records the silence is noticed within the session. In both cases the next one gets the same record and hangs too, and ${hanging.behind} and ${stuck.behind} records wait at the end.`,
      },
    ]
  },
  advice: [
    'kafkajs, eachMessage: call heartbeat() within what takes longer than a fraction of sessionTimeout; eachBatch: after every record.',
    'Java, librdkafka: set max.poll.interval.ms to what a batch may take at the very most. It is what notices a hanging program.',
    'A record that nobody can digest stops its partition under any setting: time-outs, and a dead letter topic.',
  ],
}
