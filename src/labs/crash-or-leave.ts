// A consumer that says goodbye, one that is killed, one whose machine is gone, and a static member that stops.

import type { Client, World } from '../simulation/world.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, SETTLED_MS, startConsumer, TOPIC } from './kit/scene.js'
import { DETECTED, LONGEST_DELAY, LONGEST_UNOWNED, REBALANCES, TWICE, time } from './kit/words.js'

const AT_MS = 30_000

interface Ending {
  readonly name: string
  readonly isStatic?: boolean
  readonly sessionTimeoutMs?: number
  end(client: Client, world: World): void
}

function variant({ name, isStatic = false, sessionTimeoutMs = 45_000, end }: Ending): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 6)
      const clients = ['c1', 'c2', 'c3'].map((who) =>
        startConsumer(world, who, {
          recordMs: () => 20,
          settings: { sessionTimeoutMs, groupInstanceId: isStatic ? who : null },
        }),
      )
      world.producer.load({ topic: TOPIC, perSecond: 30, everyMs: 500, toMs: 100_000 })
      world.at(AT_MS, () => clients[0] !== undefined && end(clients[0], world))
      world.runUntil(110_000)
      return { world, groupId: GROUP, fromMs: SETTLED_MS }
    },
  }
}

const CLOSED = 'close()'
const KILLED = 'killed (kill -9), session 45 s'
const KILLED_SHORT = 'killed, session 10 s'
const GONE = 'machine without network, session 45 s'
const STATIC = 'close() of a static member, 45 s'

export const crashOrLeave: Lab = {
  id: 'crash-or-leave',
  question: 'A consumer stops. How long until the others take over?',
  setting: 'Three consumers, six partitions, 30 records a second; c1 ends after 30 s, in five ways.',
  variants: [
    { name: CLOSED, end: (client: Client) => client.stop() },
    { name: KILLED, end: (client: Client) => client.crash() },
    { name: KILLED_SHORT, sessionTimeoutMs: 10_000, end: (client: Client) => client.crash() },
    {
      name: GONE,
      end: (client: Client, world: World) => {
        world.network.cut({ client: client.name })
        client.crash()
      },
    },
    { name: STATIC, isStatic: true, end: (client: Client) => client.stop() },
  ].map(variant),
  columns: [LONGEST_UNOWNED, DETECTED, REBALANCES, LONGEST_DELAY, TWICE],
  draw: [
    { variant: CLOSED, fromMs: 20_000, toMs: 90_000 },
    { variant: KILLED, fromMs: 20_000, toMs: 90_000 },
  ],
  look: "the dots in c1's partitions: nobody works on them.",
  findings(runs) {
    const [closed, killed, short, gone, fixed] = [CLOSED, KILLED, KILLED_SHORT, GONE, STATIC].map(
      (name) => runs(name).figures,
    )
    if (!closed || !killed || !short || !gone || !fixed) return []
    return [
      {
        holds: closed.longestUnownedMs < 5000 && killed.longestUnownedMs > 35_000,
        text: `close() sends LeaveGroup: c1's partitions were without an owner for ${time(closed.longestUnownedMs)}, until the others had heard of it by their next heartbeats, every 3 s. Killed, it says nothing, and they were for ${time(killed.longestUnownedMs)}: until the session had run out.`,
      },
      {
        holds:
          Math.abs(gone.longestUnownedMs - killed.longestUnownedMs) < 5000 && short.longestUnownedMs < 15_000,
        text: `That the kernel closes the sockets of a killed process does not help, it was ${time(gone.longestUnownedMs)} without that: the coordinator does not look at connections, only at the session. With one of 10 s it was ${time(short.longestUnownedMs)}.`,
      },
      {
        holds: fixed.longestUnownedMs > 35_000,
        text: `A static member (group.instance.id) does not send LeaveGroup even when it is closed: ${time(fixed.longestUnownedMs)}. It is meant to come back within its session.`,
      },
    ]
  },
  advice: [
    'Call close() on SIGTERM, and give the process time for the batch at hand before SIGKILL (terminationGracePeriodSeconds).',
    'The session decides how long a crash stops its partitions; see lab session-timeout for what a short one costs.',
    'Static members that are gone for good: remove them (kafka-consumer-groups, Admin.removeMembersFromConsumerGroup), or wait for the session.',
  ],
}
