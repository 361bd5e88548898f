// The coordinator of a group moves to another broker, or its broker fails; and a partition's leader moves. Who notices what.
// The move is played as Kafka does it: the shard of the group is stopped here (NOT_COORDINATOR), loaded there from its records
// (COORDINATOR_LOAD_IN_PROGRESS), while clients look for it.

import type { World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumers, TOPIC } from './kit/scene.js'
import { EXPELLED, LONGEST_DELAY, LONGEST_GAP, REBALANCES, TWICE, time, UNOWNED } from './kit/words.js'

const AT_MS = 31_000
const NODES = 3

function variant(name: string, trouble: (world: World, from: number, to: number) => void): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 6, { nodes: NODES })
      startConsumers(world, 3, { recordMs: () => 10, settings: { sessionTimeoutMs: 10_000 } })
      world.producer.load({ topic: TOPIC, perSecond: 60, everyMs: 500, toMs: 80_000 })
      const from = world.cluster.coordinatorOf(GROUP)
      world.at(AT_MS, () => trouble(world, from, (from % NODES) + 1))
      world.runUntil(100_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

/** The broker ends; others take over what it led after a while. */
function fails(afterMs: number) {
  return (world: World, from: number, to: number) => {
    world.stopNode(from)
    world.queue.after(afterMs, () => world.cluster.failOver(from, to, 300))
  }
}

const MOVED = 'coordinator moved, loads 0.3 s'
const SLOW = 'coordinator moved, loads 20 s'
const FAILED = 'its broker fails, 6 s to fail over'
const LONG = 'its broker fails, 25 s to fail over'
const LEADER = 'a partition leader moved'

export const coordinatorMove: Lab = {
  id: 'coordinator-move',
  question:
    'A broker is restarted. Does our group rebalance? And is the coordinator the leader of our partitions?',
  setting:
    'Three brokers, three consumers with a session of 10 s, six partitions. After 31 s the coordinator of the group moves to another broker, or ' +
    'its broker fails with all that it leads, or only the leader of a partition moves.',
  variants: [
    variant(MOVED, (world, _, to) => world.cluster.moveCoordinator(GROUP, to, 300)),
    variant(SLOW, (world, _, to) => world.cluster.moveCoordinator(GROUP, to, 20_000)),
    variant(FAILED, fails(6000)),
    variant(LONG, fails(25_000)),
    variant(LEADER, (world, from) => {
      const led = world.cluster.topic(TOPIC).partitions.find(({ leader }) => leader !== from)
      if (led !== undefined) world.cluster.moveLeader(TOPIC, led.index, from)
    }),
  ],
  columns: [REBALANCES, EXPELLED, LONGEST_GAP, UNOWNED, LONGEST_DELAY, TWICE],
  draw: [{ variant: LONG, heartbeats: true, fromMs: 20_000, toMs: 90_000, members: ['c1', 'c2'] }],
  look: 'the column of rebalances, beside gaps that are longer than the session.',
  findings(runs) {
    const [moved, slow, failed, long, leader] = [MOVED, SLOW, FAILED, LONG, LEADER].map(
      (name) => runs(name).figures,
    )
    if (!moved || !slow || !failed || !long || !leader) return []
    return [
      {
        holds: moved.rebalances === 0 && slow.rebalances === 0,
        text: 'Members are told NOT_COORDINATOR, ask FindCoordinator, and go on heartbeating in the same generation: no rebalance, even when the new coordinator loads for 20 s (it answers heartbeats meanwhile as if all were well, and commits have to wait).',
      },
      {
        holds: failed.rebalances === 0 && long.rebalances === 0 && long.longestGapMs > 10_000,
        text: `Nor when the broker fails for longer than the session (a gap of ${time(long.longestGapMs)}): while there is no coordinator, nobody expires, and the new one gives every member a full session when it has loaded. What suffers is the work on the partitions that this broker led: ${time(long.longestDelayMs)} until the oldest record was done.`,
      },
      {
        holds: leader.rebalances === 0 && leader.longestGapMs < 4000,
        text: `The coordinator has nothing to do with who leads the partitions: it follows from the group id (a partition of __consumer_offsets). A leader that moves is no rebalance and no gap in the heartbeats; the consumer refreshes its metadata and fetches from the new one.`,
      },
    ]
  },
  advice: [
    'Nothing: rolling restarts of brokers do not rebalance groups by themselves. If they do, look for clients that give up on disconnects.',
    'session.timeout.ms must outlast the time in which members find the new coordinator after it has loaded; 45 s is ample.',
    'offsets.topic.replication.factor=3: a group whose __consumer_offsets partition has no leader has no coordinator.',
  ],
}
