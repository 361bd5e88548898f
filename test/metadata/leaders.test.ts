// Where replicas are placed, and who leads when nodes stop, come back, or a test moves a leader.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyImage, spreadPartitions, withBrokers, withTopics } from '../../src/metadata/changes.js'
import { decideGrowth } from '../../src/metadata/create-partitions.js'
import { decideTopic } from '../../src/metadata/create-topics.js'
import type { ClusterImage, Partition, Topic } from '../../src/metadata/image.js'
import {
  electLeaders,
  movedPartitions,
  movedTo,
  NO_LEADER,
  withoutLostNodes,
} from '../../src/metadata/leaders.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import { countedIds } from '../../src/server/ids.js'

const nodes = (...ids: number[]) =>
  ids.map((nodeId) => ({ nodeId, host: 'h', port: 9090 + nodeId, rack: null }))

function cluster(...topics: Topic[]): ClusterImage {
  return withTopics(emptyImage('c', nodes(1, 2, 3), DEFAULT_SETTINGS), topics)
}

const partition = (index: number, ...replicas: number[]): Partition => ({
  ...{ index, leader: replicas[0] as number, leaderEpoch: 0, replicas },
})

const topic = (name: string, ...partitions: Partition[]): Topic => ({
  ...{ name, id: `id of ${name}`, internal: false, configs: new Map(), partitions },
})

const asked = (name: string, numPartitions: number, replicationFactor: number) => ({
  ...{ name, numPartitions, replicationFactor, assignments: [], configs: [] },
})

describe('placement', () => {
  it('goes round: leaders one behind the other, followers behind their leader', () => {
    const placed = spreadPartitions(nodes(1, 2, 3), 4, 4, 2, 2)
    expect(placed.map(({ index, leader, replicas }) => [index, leader, replicas])).toEqual([
      [4, 3, [3, 1]],
      [5, 1, [1, 2]],
      [6, 2, [2, 3]],
      [7, 3, [3, 1]],
    ])
  })

  it('topics of one partition have different leaders', () => {
    const made: Topic[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const decision = decideTopic(cluster(), countedIds(), asked(name, 1, 1), made)
      if (decision.ok) made.push(decision.topic)
    }
    expect(made.map(({ partitions }) => partitions[0]?.leader)).toEqual([1, 2, 3, 1])
  })

  it('a topic that grows goes on where it ended', () => {
    const image = cluster(topic('a', partition(0, 3, 1), partition(1, 1, 2)))
    const decision = decideGrowth(image, { name: 'a', count: 4, assignments: null })
    if (!decision.ok) throw new Error('refused')
    expect(decision.topic.partitions.map(({ replicas }) => replicas)).toEqual([
      [3, 1],
      [1, 2],
      [2, 3],
      [3, 1],
    ])
  })

  it('a topic that grows while nodes are stopped is placed on the others', () => {
    const image = withBrokers(cluster(topic('a', partition(0, 1, 2, 3))), nodes(2))
    const decision = decideGrowth(image, { name: 'a', count: 2, assignments: null })
    expect(decision).toMatchObject({ ok: true, topic: { partitions: [{}, { leader: 2, replicas: [2] }] } })
    const none = decideGrowth(withBrokers(image, []), { name: 'a', count: 2, assignments: null })
    expect(none).toMatchObject({ ok: false, refusal: { message: expect.stringContaining('fenced') } })
  })

  it('every replica is on a node of its own, and no node leads two more partitions than another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.nat(50),
        fc.nat(7),
        fc.nat(20),
        (brokers, count, factor, start) => {
          const ids = Array.from({ length: brokers }, (_, i) => i + 1)
          const placed = spreadPartitions(nodes(...ids), 0, count, Math.min(factor + 1, brokers), start)
          for (const { replicas } of placed) expect(new Set(replicas).size).toBe(replicas.length)
          const led = ids.map((id) => placed.filter(({ leader }) => leader === id).length)
          expect(Math.max(...led) - Math.min(...led)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('leaders', () => {
  it('a leader moves to a follower, or to a node that takes its place', () => {
    const before = topic('a', partition(0, 1, 2), partition(1, 2))
    expect(movedTo(before, 0, 2).partitions).toEqual([
      { index: 0, leader: 2, leaderEpoch: 1, replicas: [1, 2] },
      before.partitions[1],
    ])
    expect(movedTo(before, 0, 3).partitions[0]).toEqual({
      index: 0,
      leader: 3,
      leaderEpoch: 1,
      replicas: [3, 2],
    })
    expect(movedTo(before, 1, 3).partitions[1]).toEqual({
      index: 1,
      leader: 3,
      leaderEpoch: 1,
      replicas: [3],
    })
  })

  it('the first replica that lives takes over; without one nobody leads', () => {
    const before = cluster(
      topic('a', partition(0, 1, 2, 3), partition(1, 1), partition(2, 2)),
      topic('b', partition(0, 3)),
    )
    const [changed, ...others] = electLeaders(withBrokers(before, nodes(2, 3)))
    expect(others).toEqual([])
    expect(changed?.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch])).toEqual([
      [2, 1],
      [NO_LEADER, 1],
      [2, 0],
    ])
    const without = withTopics(withBrokers(before, nodes(2, 3)), [changed as Topic])
    expect(electLeaders(without)).toEqual([])
    const back = electLeaders(withBrokers(without, nodes(1, 2, 3)))
    expect(back[0]?.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch])).toEqual([
      [2, 1], // it stays where it went
      [1, 2],
      [2, 0],
    ])
    expect(movedPartitions(before, without)).toEqual([
      { topicId: 'id of a', index: 0 },
      { topicId: 'id of a', index: 1 },
    ])
    expect(movedPartitions(without, without)).toEqual([])
  })

  it('nodes that there are no more are given up, and what only they had is placed anew', () => {
    const before = cluster(
      topic('a', partition(0, 3, 2), partition(1, 3), partition(2, 1)),
      topic('b', partition(0, 1)),
    )
    const fewer = withBrokers(before, nodes(1, 2))
    const settled = withoutLostNodes(fewer)
    expect(settled.map(({ name }) => name)).toEqual(['a'])
    expect(
      settled[0]?.partitions.map(({ leader, leaderEpoch, replicas }) => [leader, leaderEpoch, replicas]),
    ).toEqual([
      [2, 1, [2]],
      [2, 1, [2]],
      [1, 0, [1]],
    ])
    expect(withoutLostNodes(withTopics(fewer, settled))).toEqual([])
  })

  it('the controller is a node that runs', () => {
    expect(withBrokers(cluster(), nodes(2, 3)).controllerId).toBe(2)
    expect(withBrokers(cluster(), []).controllerId).toBe(-1)
  })
})
