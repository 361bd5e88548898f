// From range to cooperative-sticky in a running group: two rolling bounces as KIP-429 says, or one, which breaks.

import type { AssignorName } from '../simulation/assignors/assignors.js'
import type { Client } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { count, extra, LONGEST_DELAY, MOVED, REBALANCES, UNOWNED } from './kit/words.js'

const MEMBERS = 4
const FIRST_MS = 31_000
const EVERY_MS = 15_300
const RETRY_MS = 10_000

/** Each list is one bounce: what every member has after it. */
function variant(name: string, bounces: readonly (readonly AssignorName[])[]): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 8)
      const journal = world.journal(GROUP)
      const running = new Map<string, Client>()
      const start = (who: string, assignors: readonly AssignorName[]): void => {
        const client = startConsumer(world, who, { recordMs: () => 10, settings: { assignors } })
        running.set(who, client)
        // a supervisor starts what gave up again, as it was
        const restart = () => {
          if (client.proc.isAlive) return world.queue.after(RETRY_MS, restart)
          const gaveUp = journal.marks.findLast(({ who: other }) => other === who)?.kind === 'fatal'
          if (gaveUp && running.get(who) === client) start(who, assignors)
        }
        world.queue.after(RETRY_MS, restart)
      }
      const names = Array.from({ length: MEMBERS }, (_, i) => `c${i + 1}`)
      for (const who of names) start(who, ['range'])
      for (const [bounce, assignors] of bounces.entries()) {
        for (const [i, who] of names.entries()) {
          const atMs = FIRST_MS + (bounce * MEMBERS + i) * EVERY_MS
          world.at(atMs, () => running.get(who)?.stop())
          world.at(atMs + 3000, () => start(who, assignors))
        }
      }
      const endMs = FIRST_MS + bounces.length * MEMBERS * EVERY_MS + 10_000
      world.producer.load({ topic: TOPIC, perSecond: 40, everyMs: 500, toMs: endMs })
      // afterwards: one more member, to see how the group rebalances now
      const before = () => journal.events.length
      let events = 0
      world.at(endMs, () => {
        events = before()
        start('c9', bounces.at(-1) ?? ['range'])
      })
      world.runUntil(endMs + 20_000)
      const gaveUp = journal.marks.filter(({ kind }) => kind === 'fatal').length
      const afterwards = journal.events
        .slice(events)
        .filter((event) => event.type === 'state' && event.to === 'PreparingRebalance')
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { gaveUp, afterwards: afterwards.length } }
    },
  }
}

const ONE = 'one bounce: [cooperative-sticky]'
const FIRST = 'first bounce only: [cooperative-sticky, range]'
const TWO = 'two bounces'

export const twoBounces: Lab = {
  id: 'two-bounces',
  question: 'How do we get from the range assignor to cooperative-sticky without stopping the group?',
  setting:
    `Four consumers with [range], eight partitions; one after the other is restarted with another partition.assignment.strategy, 15.3 s apart. ` +
    'What gives up is started again after 10 s. At the end one more member joins.',
  variants: [
    variant(ONE, [['cooperative-sticky']]),
    variant(FIRST, [['cooperative-sticky', 'range']]),
    variant(TWO, [['cooperative-sticky', 'range'], ['cooperative-sticky']]),
  ],
  columns: [
    extra('starts that gave up', 'gaveUp'),
    REBALANCES,
    MOVED,
    UNOWNED,
    LONGEST_DELAY,
    extra('rebalances for one more member', 'afterwards'),
  ],
  draw: [
    { variant: ONE, partitions: false },
    { variant: TWO, partitions: false },
  ],
  look: 'F: a member that is refused. And the last column: two rebalances are the cooperative way, one is eager.',
  findings(runs) {
    const [one, first, two] = [ONE, FIRST, TWO].map((name) => runs(name))
    if (!one || !first || !two) return []
    return [
      {
        holds: (one.extra.gaveUp ?? 0) >= 3,
        text: `In one bounce the restarted members have no assignor in common with the rest: JoinGroup answers INCONSISTENT_GROUP_PROTOCOL, the client gives up, ${count(one.extra.gaveUp ?? 0, 'time')} here, until the last member with range is gone. Fewer and fewer consumers do the work meanwhile.`,
      },
      {
        holds: first.extra.gaveUp === 0 && first.extra.afterwards === 1,
        text: `With both assignors in the list everybody can be restarted, but the group stays eager: a client that also knows range revokes everything. One more member was ${first.extra.afterwards} rebalance.`,
      },
      {
        holds: two.extra.gaveUp === 0 && two.extra.afterwards === 2,
        text: `The second bounce takes range out, and the group is cooperative: one more member was ${two.extra.afterwards} rebalances, the first to let go of what moves, the second to hand it out. Nobody gave up on the way.`,
      },
    ]
  },
  advice: [
    'First rolling restart: partition.assignment.strategy=[cooperative-sticky, range]. Wait until all have it.',
    'Second rolling restart: [cooperative-sticky]. The way back is the same in reverse.',
    'The default of Java ([range, cooperative-sticky]) is eager; from there it is one bounce to [cooperative-sticky].',
  ],
}
