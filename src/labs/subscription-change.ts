// A rolling deployment that adds a topic: every member that changes its subscription is a rebalance, and who subscribes first gets
// all of the new topic.

import type { PollLoop } from '../simulation/apps/poll-loop.js'
import type { AssignorName } from '../simulation/assignors/assignors.js'
import { World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { column, count, extra, MOVED, REBALANCES, STOPS, seconds, UNOWNED } from './kit/words.js'

const REFUNDS = 'refunds'
const EVERY_MS = 19_300
const FIRST_MS = 31_000
const MEMBERS = 4

function variant(name: string, assignor: AssignorName, together: boolean): Variant {
  return {
    name,
    play(seed) {
      const world = new World({ seed, topics: { [TOPIC]: 8, [REFUNDS]: 8 } })
      const clients = startConsumers(world, MEMBERS, {
        recordMs: () => 5,
        settings: { assignors: [assignor] },
      })
      world.producer.load({ topic: TOPIC, perSecond: 40, everyMs: 500, toMs: 120_000 })
      world.producer.load({ topic: REFUNDS, perSecond: 16, everyMs: 500, fromMs: 30_000, toMs: 120_000 })
      for (const [i, { app }] of clients.entries()) {
        world.at(FIRST_MS + (together ? 0 : i * EVERY_MS), () =>
          (app as PollLoop).consumer.subscribe([TOPIC, REFUNDS]),
        )
      }
      let most = 0
      world.at(FIRST_MS + EVERY_MS - 1000, () => {
        const owners = [...world.journal(GROUP).ownership]
          .filter(([key]) => key.startsWith(REFUNDS))
          .map(([, spans]) => spans.at(-1)?.who)
        for (const who of new Set(owners)) most = Math.max(most, owners.filter((each) => each === who).length)
      })
      world.runUntil(130_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS, extra: { most } }
    },
  }
}

const RANGE = 'one by one, range'
const COOPERATIVE = 'one by one, cooperative-sticky'
const TOGETHER = 'all at once, range'

export const subscriptionChange: Lab = {
  id: 'subscription-change',
  question: 'We deploy a version that subscribes to one more topic. What happens on the way?',
  setting:
    `Four consumers of the topic orders; from 30 s on one after the other, 20 s apart, subscribes to refunds as well. Eight partitions ` +
    'each.',
  variants: [
    variant(RANGE, 'range', false),
    variant(COOPERATIVE, 'cooperative-sticky', false),
    variant(TOGETHER, 'range', true),
  ],
  columns: [
    REBALANCES,
    MOVED,
    STOPS,
    UNOWNED,
    extra('refunds partitions of one member, after the first change', 'most'),
    column('oldest record when processed', ({ figures }) => seconds(figures.longestDelayMs)),
  ],
  draw: [{ variant: RANGE, partitions: false }],
  look: 'how many rebalances one deployment is, and who has the new topic first.',
  findings(runs) {
    const [range, cooperative, together] = [RANGE, COOPERATIVE, TOGETHER].map((name) => runs(name))
    if (!range || !cooperative || !together) return []
    return [
      {
        holds: range.figures.rebalances >= MEMBERS && range.extra.most === 8,
        text: `Members of one group may subscribe to different topics; each gets only of what it asked for. The first to ask for refunds got all ${range.extra.most} partitions of it, and every change was a rebalance: ${range.figures.rebalances}.`,
      },
      {
        holds: cooperative.figures.stops < range.figures.stops / 2,
        text: `Eager members give everything back each time: a partition lost its owner ${range.figures.stops} times. Cooperative ones gave back only what moved, ${cooperative.figures.stops} times, in ${cooperative.figures.rebalances} rebalances, as a move takes two; the sum of the time without an owner was much the same (${seconds(range.figures.unownedMs)} and ${seconds(cooperative.figures.unownedMs)}), as everybody polls often here.`,
      },
      {
        holds: together.figures.rebalances < range.figures.rebalances,
        text: `Changed all at once it was ${count(together.figures.rebalances, 'rebalance')}.`,
      },
    ]
  },
  advice: [
    'cooperative-sticky for groups whose subscription changes while they run.',
    'A new topic may also get a group of its own: then the old one is not disturbed at all.',
    'Lasting differences in subscription within a group are a mistake (lab two-groups).',
  ],
}
