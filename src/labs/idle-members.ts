// More members than partitions: the rest stands by. What that costs and what it is good for.

import { Lifetimes } from '../simulation/lifetimes.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { BEHIND, column, count, DETECTED, LONGEST_DELAY, LONGEST_UNOWNED, REBALANCES } from './kit/words.js'

const CRASH_MS = 40_000
const PARTITIONS = 4
const PER_SECOND = 160

function variant(members: number, crashes: boolean): Variant {
  return {
    name: `${count(members, 'member')}${crashes ? ', one crashes' : ''}`,
    play(seed) {
      const world = ordersWorld(seed, PARTITIONS)
      // 50 records a second and member
      const clients = startConsumers(world, members, {
        recordMs: () => 20,
        settings: { sessionTimeoutMs: 10_000 },
      })
      world.producer.load({ topic: TOPIC, perSecond: PER_SECOND, everyMs: 500, toMs: 70_000 })
      const journal = world.journal(GROUP)
      let idle = 0
      world.at(CRASH_MS, () => {
        const owners = new Set([...journal.ownership.values()].map((spans) => spans.at(-1)?.who))
        idle = new Lifetimes(journal).names.filter((who) => !owners.has(who)).length
        if (crashes) clients.find(({ name }) => owners.has(name))?.crash()
      })
      world.runUntil(72_000)
      const { once } = world.ledger(GROUP)
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { idle, perSecond: once / 70 } }
    },
  }
}

const [TWO, FOUR, SIX] = [variant(2, false), variant(4, false), variant(6, false)]
const [FOUR_CRASH, SIX_CRASH] = [variant(4, true), variant(6, true)]

export const idleMembers: Lab = {
  id: 'idle-members',
  question: 'We added consumers and it got no faster. Why do some of them do nothing?',
  setting: `A topic with ${PARTITIONS} partitions and ${PER_SECOND} records a second, of which one consumer can do 50; groups of two, four and six, 70 s of load.`,
  variants: [TWO, FOUR, SIX, FOUR_CRASH, SIX_CRASH],
  columns: [
    column('members without a partition', ({ extra: { idle } }) => idle ?? 0),
    column('records a second', ({ extra: { perSecond } }) => (perSecond ?? 0).toFixed(0)),
    LONGEST_DELAY,
    BEHIND,
    REBALANCES,
    DETECTED,
    LONGEST_UNOWNED,
  ],
  draw: [{ variant: SIX_CRASH.name }],
  look: 'the rows with dots (.): members that have nothing, until one that had something is gone.',
  findings(runs) {
    const [two, four, six, fourCrash, sixCrash] = [TWO, FOUR, SIX, FOUR_CRASH, SIX_CRASH].map(({ name }) =>
      runs(name),
    )
    if (!two || !four || !six || !fourCrash || !sixCrash) return []
    const rate = (run: typeof two) => (run.extra.perSecond ?? 0).toFixed(0)
    return [
      {
        holds: six.extra.idle === 2 && Math.abs((six.extra.perSecond ?? 0) - (four.extra.perSecond ?? 0)) < 5,
        text: `A partition belongs to one member at a time. Two members did ${rate(two)} records a second, four ${rate(four)}, and six no more (${rate(six)}): ${six.extra.idle} of them had nothing.`,
      },
      {
        holds: sixCrash.figures.behind < fourCrash.figures.behind,
        text: `They are a reserve: after a crash one of them took over, and ${count(sixCrash.figures.behind, 'record')} waited at the end; where three had to do the work of four it was ${fourCrash.figures.behind}. It begins no sooner for that: the session has to run out in both.`,
      },
    ]
  },
  advice: [
    'As many partitions as the group will ever have members; a multiple of it divides evenly.',
    'If one member is too slow for one partition: more partitions, or a pool of workers within the consumer (lab worker-pool).',
    'One or two members to spare are a reserve; more only make rebalances larger.',
  ],
}
