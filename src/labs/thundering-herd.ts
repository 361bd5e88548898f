// Five hundred members: what a group start, a restart and one more member are at that size.

import type { AssignorName } from '../simulation/assignors/assignors.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, startConsumer } from './kit/scene.js'
import { column, count, extra, largest, REBALANCES, seconds, time } from './kit/words.js'

const MEMBERS = 500

interface Case {
  readonly name: string
  readonly delayMs?: number
  /** The members start evenly over this time. */
  readonly overMs: number
  readonly assignor?: AssignorName
}

function variant({ name, delayMs = 3000, overMs, assignor = 'range' }: Case): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, MEMBERS, { settings: { groupInitialRebalanceDelayMs: delayMs } })
      const random = world.random.fork('starts')
      const settings = { assignors: [assignor], fetchMaxWaitMs: 30_000 }
      for (let i = 1; i <= MEMBERS; i++) {
        const atMs = overMs === 0 ? random.between(0, 50) : random.between(0, overMs)
        world.at(atMs, () => startConsumer(world, `c${i}`, { settings, pollTimeoutMs: 5000 }))
      }
      world.runUntil(overMs + 15_000)
      const journal = world.journal(GROUP)
      const stable = journal.events.findLast((event) => event.type === 'state' && event.to === 'Stable')
      const settledMs = Math.max((stable?.atMs ?? Number.NaN) - overMs, 0)
      const firstMs = Math.min(
        ...[...journal.ownership.values()].map((spans) => spans[0]?.fromMs ?? Number.NaN),
      )
      return { world, groupId: GROUP, fromMs: 0, extra: { settledMs, firstMs } }
    },
  }
}

const AT_ONCE = 'all at once, delay 3 s'
const AT_ONCE_NO_DELAY = 'all at once, delay 0'
const SPREAD = 'over 30 s, delay 3 s'
const SPREAD_NO_DELAY = 'over 30 s, delay 0'
const COOPERATIVE = 'over 30 s, delay 0, cooperative'

export const thunderingHerd: Lab = {
  id: 'thundering-herd',
  question: 'Five hundred consumers start. What does group.initial.rebalance.delay.ms do, and how bad is it?',
  setting: `${MEMBERS} members and as many partitions, no records; they start within 50 ms, or spread over 30 s as a deployment does. An empty group waits for group.initial.rebalance.delay.ms (default 3 s), and as long again while more come.`,
  variants: [
    { name: AT_ONCE, overMs: 0 },
    { name: AT_ONCE_NO_DELAY, overMs: 0, delayMs: 0 },
    { name: SPREAD, overMs: 30_000 },
    { name: SPREAD_NO_DELAY, overMs: 30_000, delayMs: 0 },
    { name: COOPERATIVE, overMs: 30_000, delayMs: 0, assignor: 'cooperative-sticky' as const },
  ].map((each) => variant(each)),
  columns: [
    REBALANCES,
    column('JoinGroups', ({ figures }) => figures.joinGroups),
    column('partitions moved', ({ figures }) => figures.moved),
    column('partition-seconds without owner', ({ figures }) => seconds(figures.unownedMs)),
    extra('first partition owned after', 'firstMs', time),
    extra('stable after the last start', 'settledMs', time),
    column('longest join phase', ({ figures }) => time(largest(figures.joinPhasesMs))),
  ],
  draw: [{ variant: SPREAD, members: ['c1', 'c2', 'c3'], partitions: false }],
  look: 'JoinGroups: two for every member would be the least (one for its id, one to join).',
  findings(runs) {
    const all = [AT_ONCE, AT_ONCE_NO_DELAY, SPREAD, SPREAD_NO_DELAY, COOPERATIVE].map((name) => runs(name))
    const [atOnce, noDelay, spread, spreadNoDelay, cooperative] = all
    if (!atOnce || !noDelay || !spread || !spreadNoDelay || !cooperative) return []
    return [
      {
        holds:
          atOnce.figures.rebalances === 1 &&
          atOnce.figures.joinGroups === 2 * MEMBERS &&
          noDelay.figures.rebalances > 1,
        text: `All at once and with the delay it is one rebalance and ${atOnce.figures.joinGroups} JoinGroups, stable after ${time(atOnce.extra.settledMs ?? 0)}. Without it, ${count(noDelay.figures.rebalances, 'rebalance')}, stable after ${time(noDelay.extra.settledMs ?? 0)}: the first member gets everything, and has to give it back.`,
      },
      {
        holds: spread.figures.rebalances === 1 && spreadNoDelay.figures.rebalances > 5,
        text: `Spread over 30 s the delay is extended while members keep coming: one rebalance and ${spread.figures.joinGroups} JoinGroups, but nobody had anything for ${time(spread.extra.firstMs ?? 0)}. Without it work began after ${time(spreadNoDelay.extra.firstMs ?? 0)}, with ${spreadNoDelay.figures.rebalances} rebalances, ${spreadNoDelay.figures.joinGroups} JoinGroups and ${count(spreadNoDelay.figures.moved, 'move')}, as everybody joins again and is assigned anew each time (cooperatively: ${cooperative.figures.rebalances}, ${cooperative.figures.joinGroups} and ${cooperative.figures.moved}).`,
      },
      {
        holds: largest(spreadNoDelay.figures.joinPhasesMs) <= 3500,
        text: `Among hundreds of members that poll often a rebalance lasted ${time(largest(spreadNoDelay.figures.joinPhasesMs))} at most: until the last one had heard of it by its next heartbeat. Newcomers meanwhile ride along, so it is one in about heartbeat.interval.ms, however many come.`,
      },
    ]
  },
  advice: [
    'group.initial.rebalance.delay.ms: 3 s in production, unless a slow deployment may not wait for its last member; 0 in tests, where it is only a wait.',
    'Start members together rather than drop by drop; or let them be static members, whose restarts are no rebalances.',
    'Groups of this size want smaller assignments: fewer members with more threads each, or several groups.',
  ],
}
