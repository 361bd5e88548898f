// A deployment: six consumers are restarted one after the other, as dynamic members, static ones, eager and cooperative.

import type { AssignorName } from '../simulation/assignors/assignors.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import {
  LONGEST_DELAY,
  LONGEST_UNOWNED,
  MOVED,
  REBALANCES,
  STOPS,
  seconds,
  TWICE,
  time,
  UNOWNED,
} from './kit/words.js'

const MEMBERS = 6
const FIRST_MS = 31_000
const EVERY_MS = 19_300
const DOWN_MS = 8000

interface Kind {
  readonly name: string
  readonly assignor: AssignorName
  readonly isStatic?: boolean
  readonly sessionTimeoutMs?: number
}

function variant({ name, assignor, isStatic = false, sessionTimeoutMs = 45_000 }: Kind): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 12)
      const start = (who: string) =>
        startConsumer(world, who, {
          recordMs: () => 80,
          settings: {
            sessionTimeoutMs,
            assignors: [assignor],
            maxPollRecords: 20,
            groupInstanceId: isStatic ? who : null,
          },
        })
      const names = Array.from({ length: MEMBERS }, (_, i) => `c${i + 1}`)
      const running = new Map(names.map((who) => [who, start(who)]))
      world.producer.load({ topic: TOPIC, perSecond: 60, everyMs: 1000, toMs: 165_000 })
      for (const [i, who] of names.entries()) {
        const atMs = FIRST_MS + i * EVERY_MS
        world.at(atMs, () => running.get(who)?.stop())
        world.at(atMs + DOWN_MS, () => running.set(who, start(who)))
      }
      world.runUntil(175_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const RANGE = 'dynamic, range'
const STICKY = 'dynamic, sticky'
const COOPERATIVE = 'dynamic, cooperative-sticky'
const STATIC = 'static, range'
const STATIC_SHORT = 'static, range, session 6 s'

export const rollingRestart: Lab = {
  id: 'rolling-restart',
  question: 'A rolling restart of six consumers: how many rebalances is it, and how to have fewer?',
  setting:
    `Six consumers with the same client.id, twelve partitions, 60 records a second of 80 ms each, so that they are well used. Every ${EVERY_MS / 1000} s the next one is stopped with close() ` +
    `and started again after ${DOWN_MS / 1000} s. Static members have a group.instance.id each.`,
  variants: [
    { name: RANGE, assignor: 'range' },
    { name: STICKY, assignor: 'sticky' },
    { name: COOPERATIVE, assignor: 'cooperative-sticky' },
    { name: STATIC, assignor: 'range', isStatic: true },
    { name: STATIC_SHORT, assignor: 'range', isStatic: true, sessionTimeoutMs: 6000 },
  ].map((kind) => variant(kind as Kind)),
  columns: [REBALANCES, MOVED, STOPS, UNOWNED, LONGEST_UNOWNED, LONGEST_DELAY, TWICE],
  draw: [
    { variant: RANGE, fromMs: 20_000, toMs: 110_000, partitions: false },
    { variant: COOPERATIVE, fromMs: 20_000, toMs: 110_000, partitions: false },
    { variant: STATIC, fromMs: 20_000, toMs: 110_000, partitions: false },
  ],
  look: 'rebalances and partitions moved; and in the rows of c3 to c6 whether they keep what they have (=) while others come and go.',
  findings(runs) {
    const [range, sticky, cooperative, fixed, short] = [RANGE, STICKY, COOPERATIVE, STATIC, STATIC_SHORT].map(
      (name) => runs(name).figures,
    )
    if (!range || !sticky || !cooperative || !fixed || !short) return []
    return [
      {
        holds: range.rebalances >= 2 * MEMBERS && fixed.rebalances === 0,
        text: `Dynamic members rebalance twice for every restart, at leaving and at coming back: ${range.rebalances} times. Static members that are back within their session do not at all: the new process takes over the partitions of its group.instance.id, and only those waited, as long as the restart took (${seconds(fixed.unownedMs)} of partition time in all).`,
      },
      {
        holds: range.moved > 2 * sticky.moved,
        text: `A restarted member has a new id and sorts anywhere, so range hands out nearly everything anew: ${range.moved} moves. Sticky assignors moved ${sticky.moved} and, cooperatively, ${cooperative.moved}.`,
      },
      {
        holds: cooperative.rebalances > range.rebalances && cooperative.stops < range.stops / 2,
        text: `Cooperative members rebalanced more often (${cooperative.rebalances}), as every move takes two rounds. But they stop only what moves: a partition lost its owner ${cooperative.stops} times, in place of ${range.stops} with range and ${sticky.stops} with sticky, which take everything from everybody each time. What does move waits longer, up to ${time(cooperative.longestUnownedMs)}; the sum was ${seconds(cooperative.unownedMs)}, ${seconds(range.unownedMs)} and ${seconds(sticky.unownedMs)}.`,
      },
      {
        holds: short.rebalances > 0,
        text: `Static membership with a session shorter than the restart is no better than none: ${short.rebalances} rebalances.`,
      },
    ]
  },
  advice: [
    'group.instance.id from a stable name (StatefulSet ordinal), session.timeout.ms longer than a restart takes.',
    'Without stable names: partition.assignment.strategy=cooperative-sticky (lab two-bounces for the way there).',
    'close() on SIGTERM in any case; give dynamic members time between two restarts to finish the rebalance.',
  ],
}
