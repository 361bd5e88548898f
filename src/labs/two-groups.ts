// Two groups on one topic, and two applications in one group: the group is the unit of "each record once".

import { figuresOf } from '../simulation/figures.js'
import type { World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { column, count, extra, LONGEST_DELAY, REBALANCES, UNOWNED } from './kit/words.js'

const BILLING = 'billing'
const MAIL = 'mail'

function variant(name: string, mailGroup: string, trouble: boolean): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const start = (who: string, groupId: string) =>
        startConsumer(world, who, { recordMs: () => 10, settings: { groupId, sessionTimeoutMs: 10_000 } })
      for (const who of ['b1', 'b2']) start(who, BILLING)
      const mail = ['m3', 'm4'].map((who) => start(who, mailGroup))
      world.producer.load({ topic: TOPIC, perSecond: 40, everyMs: 500, toMs: 80_000 })
      if (trouble) {
        world.at(30_000, () => mail[0]?.crash())
        world.at(50_000, () => start('m5', mailGroup))
        world.at(60_000, () => mail[1]?.stop())
      }
      world.runUntil(90_000)
      const mailRebalances = figuresOf(world, MAIL, SETTLED_MS).rebalances
      const extra = { bills: by(world, 'b'), mails: by(world, 'm'), mailRebalances }
      return { world, groupId: BILLING, fromMs: SETTLED_MS, extra }
    },
  }
}

/** Records that were done by members whose name begins so. */
const by = (world: World, letter: string) =>
  [BILLING, MAIL].reduce(
    (sum, groupId) => sum + world.ledger(groupId).doneBy((who) => who.startsWith(letter)),
    0,
  )

const OWN = 'a group each'
const TROUBLE = 'a group each, mail in trouble'
const SHARED = 'both in group billing'

export const twoGroups: Lab = {
  id: 'two-groups',
  question: 'Two services read the same topic. Do they need a group each, and do they disturb each other?',
  setting:
    'The services billing (b1, b2) and mail (m3, m4) read the topic orders, 40 records a second for 80 s. In the second variant a mail ' +
    'consumer crashes, one comes, one goes. In the third somebody gave mail the group.id of billing. Figures are of the group billing.',
  variants: [variant(OWN, MAIL, false), variant(TROUBLE, MAIL, true), variant(SHARED, BILLING, false)],
  columns: [
    column('records', ({ figures }) => figures.produced),
    extra('billed', 'bills'),
    extra('mailed', 'mails'),
    REBALANCES,
    UNOWNED,
    LONGEST_DELAY,
  ],
  draw: [{ variant: SHARED, toMs: 40_000 }],
  look: 'how many of the records were billed and mailed.',
  findings(runs) {
    const [own, trouble, shared] = [OWN, TROUBLE, SHARED].map((name) => runs(name))
    if (!own || !trouble || !shared) return []
    const { bills = 0, mails = 0 } = shared.extra
    const { produced } = shared.figures
    return [
      {
        holds: own.extra.bills === own.figures.produced && own.extra.mails === own.figures.produced,
        text: `Every group gets every record: ${own.extra.bills} were billed and ${own.extra.mails} mailed, of ${own.figures.produced}.`,
      },
      {
        holds:
          (trouble.extra.mailRebalances ?? 0) > 1 &&
          trouble.figures.stops === 0 &&
          trouble.extra.bills === trouble.figures.produced,
        text: `Groups do not know of each other: while the mail group rebalanced ${trouble.extra.mailRebalances} times, billing had ${count(trouble.figures.rebalances, 'rebalance')} and no partition of it was without an owner.`,
      },
      {
        holds: bills < produced && mails < produced && bills + mails === produced,
        text: `With one group.id for both, the partitions are shared out among all four: ${bills} records were billed and never mailed, ${mails} mailed and never billed. No error says so.`,
      },
    ]
  },
  advice: [
    'One group.id per application (and environment), never a shared default.',
    'Different subscriptions or assignors within one group are a sign that two applications share its id.',
  ],
}
