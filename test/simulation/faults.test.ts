// Model clients of several kinds under faults that the seed chooses. While they last anything may take long; afterwards every
// group is Stable with an owner for every partition, every record was processed, and none is passed over.

import { describe, expect, it } from 'vitest'
import { BatchLoop } from '../../src/simulation/apps/batch-loop.js'
import { PollLoop } from '../../src/simulation/apps/poll-loop.js'
import { WorkerPool } from '../../src/simulation/apps/worker-pool.js'
import { KAFKAJS_VERSIONS, RUBY_VERSIONS } from '../../src/simulation/client/group-requests.js'
import { JAVA_DEFAULTS, KAFKAJS_DEFAULTS, RUBY_DEFAULTS } from '../../src/simulation/client/settings.js'
import { figuresOf } from '../../src/simulation/figures.js'
import { Lifetimes } from '../../src/simulation/lifetimes.js'
import { GOOD_NETWORK } from '../../src/simulation/network.js'
import type { Random } from '../../src/simulation/random.js'
import { type Client, World } from '../../src/simulation/world.js'

const GROUPS = ['range', 'cooperative', 'pool', 'kafkajs', 'ruby', 'static'] as const
type Kind = (typeof GROUPS)[number]

const FAULTS_UNTIL_MS = 150_000
const END_MS = 300_000

function startMember(world: World, kind: Kind, who: string): Client {
  const java = {
    ...JAVA_DEFAULTS,
    groupId: kind,
    sessionTimeoutMs: 10_000,
    autoOffsetReset: 'earliest' as const,
  }
  const recordMs = () => 20
  return world.start(who, kind, (around) => {
    switch (kind) {
      case 'range':
        return new PollLoop(around, { settings: java, commit: 'after-batch', recordMs })
      case 'cooperative': {
        const settings = { ...java, assignors: ['cooperative-sticky'] as const }
        return new PollLoop(around, { settings, commit: 'after-batch', commitOnRevoke: true, recordMs })
      }
      case 'static': {
        const settings = { ...java, groupInstanceId: who, assignors: ['sticky'] as const }
        return new PollLoop(around, { settings, commit: 'after-record', recordMs })
      }
      case 'pool':
        return new WorkerPool(around, {
          settings: java,
          commit: 'contiguous',
          workers: 3,
          maxInHand: 100,
          recordMs,
        })
      case 'kafkajs': {
        const settings = {
          ...KAFKAJS_DEFAULTS,
          groupId: kind,
          sessionTimeoutMs: 10_000,
          autoOffsetReset: 'earliest' as const,
        }
        return new BatchLoop(around, {
          settings,
          versions: KAFKAJS_VERSIONS,
          heartbeats: 'if-due',
          onRebalance: 'commit',
          recordMs,
        })
      }
      case 'ruby': {
        const settings = {
          ...RUBY_DEFAULTS,
          groupId: kind,
          sessionTimeoutMs: 10_000,
          heartbeatIntervalMs: 3000,
        }
        return new BatchLoop(around, {
          settings,
          versions: RUBY_VERSIONS,
          heartbeats: 'if-due',
          onRebalance: 'abandon',
          recordMs,
        })
      }
    }
  })
}

function play(seed: number): World {
  const world = new World({ seed, topics: { orders: 6 }, nodes: 3, checks: true })
  const random = world.random.fork('faults')
  const members = GROUPS.flatMap((kind) =>
    [1, 2, 3].map((i) => ({ kind, client: startMember(world, kind, `${kind}${i}`) })),
  )
  world.producer.load({ topic: 'orders', perSecond: 12, everyMs: 1000, toMs: END_MS - 60_000 })
  const trouble = () => {
    if (world.nowMs > FAULTS_UNTIL_MS) {
      world.network.link = GOOD_NETWORK
      return
    }
    befall(world, random, members)
    world.queue.after(random.exponential(4000), trouble)
  }
  world.at(10_000, trouble)
  // what crashed or gave up is started again
  const supervise = () => {
    for (const member of members) {
      if (!member.client.proc.isAlive) member.client = startMember(world, member.kind, member.client.name)
    }
    if (world.nowMs < END_MS) world.queue.after(5000, supervise)
  }
  world.at(15_000, supervise)
  world.runUntil(END_MS)
  return world
}

function befall(world: World, random: Random, members: readonly { kind: Kind; client: Client }[]): void {
  const { client, kind } = members[random.below(members.length)] as (typeof members)[number]
  const node = 1 + random.below(3)
  switch (random.below(8)) {
    case 0:
      return client.crash()
    case 1:
      return client.stop()
    case 2:
      return client.freeze(random.exponential(8000))
    case 3:
      return world.network.cutFor({ client: client.name }, random.exponential(6000))
    case 4:
      return world.network.reset({ node })
    case 5:
      return world.cluster.moveCoordinator(kind, node, random.between(0, 3000))
    case 6:
      world.network.link = {
        delayMs: random.between(0, 50),
        jitterMs: random.between(0, 50),
        lossRate: random.between(0, 0.1),
      }
      return
    default: {
      world.stopNode(node)
      world.queue.after(random.between(500, 5000), () => {
        world.cluster.failOver(node, (node % 3) + 1, random.between(0, 2000))
        world.network.startNode(node)
      })
    }
  }
}

describe('model clients under faults', () => {
  it.each(Array.from({ length: 8 }, (_, i) => i + 1))('seed %i', (seed) => {
    const world = play(seed)
    for (const kind of GROUPS) {
      const figures = figuresOf(world, kind)
      const journal = world.journal(kind)
      const told = `group ${kind} of seed ${seed}`
      expect(world.cluster.group(kind)?.state, told).toBe('Stable')
      expect(new Lifetimes(journal).names.length, told).toBe(3)
      expect({ lost: figures.lost, behind: figures.behind, once: figures.once }, told).toEqual({
        lost: 0,
        behind: 0,
        once: world.producer.total('orders'),
      })
      for (let partition = 0; partition < 6; partition++) {
        const owners = journal.ownership
          .get(`orders-${partition}`)
          ?.filter(({ toMs }) => toMs === Number.POSITIVE_INFINITY)
        expect(owners?.length, `owners of ${partition}, ${told}`).toBe(1)
        const end = world.producer.endOffset('orders', partition)
        expect(world.cluster.committedOffset(kind, 'orders', partition), told).toBe(end)
      }
    }
  })
})
