// Several nodes over one log: each answers for the partitions that it leads, and tells newer clients who leads the others.

import { beforeEach, describe, expect, it } from 'vitest'
import type { LogEvent, LogLifecycle } from '../../src/log/types.js'
import { emptyImage, withTopics } from '../../src/metadata/changes.js'
import type { Partition } from '../../src/metadata/image.js'
import { movedTo } from '../../src/metadata/leaders.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import type { ProduceResponse } from '../../src/protocol/messages/produce.js'
import { FOO, Pending } from '../coordinator/harness.js'
import { batchOf, LogHarness, partitionOf, valuesIn } from './harness.js'

const NODES = [1, 2, 3].map((nodeId) => ({ nodeId, host: `host-${nodeId}`, port: 9090 + nodeId, rack: null }))
/** Partition 0 on node 1 alone; 1 led by node 2 and followed by 3; 2 led by nobody. */
const PARTITIONS: Partition[] = [
  { index: 0, leader: 1, leaderEpoch: 0, replicas: [1] },
  { index: 1, leader: 2, leaderEpoch: 5, replicas: [2, 3] },
  { index: 2, leader: -1, leaderEpoch: 1, replicas: [3] },
]
const TOPIC = { ...FOO, partitions: PARTITIONS }

/** What is asked is asked of one node. */
class NodesHarness extends LogHarness {
  nodeId = 1

  constructor() {
    super()
    this.image = withTopics(emptyImage('cluster', NODES, DEFAULT_SETTINGS), [TOPIC])
  }

  of(nodeId: number): this {
    this.nodeId = nodeId
    return this
  }

  override step(event: LogEvent | LogLifecycle): void {
    super.step('request' in event ? { ...event, nodeId: this.nodeId } : event)
  }

  move(index: number, leader: number): void {
    const topic = this.image.topicsByName.get('foo') as typeof TOPIC
    this.image = withTopics(this.image, [movedTo(topic, index, leader)])
    this.step({ type: 'leadersMoved', partitions: [{ topicId: FOO.id, index }] })
  }
}

let log: NodesHarness

beforeEach(() => {
  log = new NodesHarness()
})

describe('a node answers for what it leads', () => {
  it.each([
    [1, 0, E.NONE],
    [2, 0, E.NOT_LEADER_OR_FOLLOWER],
    [2, 1, E.NONE],
    [3, 1, E.NOT_LEADER_OR_FOLLOWER],
    [3, 2, E.NOT_LEADER_OR_FOLLOWER],
  ])('node %i, partition %i', (nodeId, partition, errorCode) => {
    log.of(nodeId)
    expect(log.produce(batchOf('a'), { partition }).errorCode).toBe(errorCode)
    expect(log.list(-1n, { partition }).errorCode).toBe(errorCode)
    expect(log.deleteRecords(0n, { partition }).errorCode).toBe(errorCode)
  })

  it('nothing of a refused partition is applied, the rest of the request is', () => {
    const ticket = new Pending<ProduceResponse>(9, 'p')
    const partitionData = [0, 1].map((index) => ({ index, records: batchOf('a') }))
    const topicData = [{ name: 'foo', topicId: FOO.id, partitionData }]
    const request = { transactionalId: null, acks: -1, timeoutMs: 0, topicData }
    log.of(1).step({ type: 'Produce', ticket, request })
    expect(ticket.now.responses[0]?.partitionResponses).toMatchObject([
      { index: 0, errorCode: E.NONE, baseOffset: 0n },
      { index: 1, errorCode: E.NOT_LEADER_OR_FOLLOWER, baseOffset: -1n, errorMessage: null },
    ])
    expect(log.list(-1n).offset).toBe(1n)
    expect(log.of(2).list(-1n, { partition: 1 }).offset).toBe(0n)
  })

  it('a follower knows the epoch, and says first that it is another', () => {
    expect(log.of(2).epoch(0, { current: 3 }).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER) // of partition 0: no replica
    expect(log.of(3).list(-1n, { partition: 1, epoch: 4 }).errorCode).toBe(E.FENCED_LEADER_EPOCH)
    expect(log.list(-1n, { partition: 1, epoch: 6 }).errorCode).toBe(E.UNKNOWN_LEADER_EPOCH)
    expect(log.list(-1n, { partition: 1, epoch: 5 }).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
  })

  it('what does not exist is not known anywhere', () => {
    expect(log.of(3).produce(batchOf('a'), { partition: 7 }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(log.list(-1n, { name: 'bar' }).errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
  })

  it('describes the directories of its replicas', () => {
    log.of(2).produce(batchOf('a'), { partition: 1 })
    const here = (nodeId: number) =>
      log
        .of(nodeId)
        .logDirs(null)[0]
        ?.topics.flatMap(({ partitions }) => partitions.map((each) => each.partitionIndex))
    expect([here(1), here(2), here(3)]).toEqual([[0], [1], [1, 2]])
  })
})

describe('Fetch', () => {
  const fetch = (nodeId: number, version: number, partition: object) =>
    partitionOf(
      log.of(nodeId).fetch(0, {
        version,
        partition,
        maxWaitMs: 0,
        topics: [{ topic: 'foo', topicId: FOO.id, partitions: [{ ...ASKED, ...partition }] }],
      }),
    )
  const ASKED = {
    ...{ partition: 0, currentLeaderEpoch: -1, fetchOffset: 0n, lastFetchedEpoch: -1, logStartOffset: -1n },
    ...{ partitionMaxBytes: 1000, replicaDirectoryId: '', highWatermark: 0n },
  }

  it('of a follower is for consumers that say where they are', () => {
    log.of(2).produce(batchOf('a'), { partition: 1 })
    expect(fetch(3, 10, { partition: 1 }).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
    expect(valuesIn(fetch(3, 11, { partition: 1 }).records)).toEqual(['0:a'])
    expect(fetch(1, 11, { partition: 1 }).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
  })

  it.each([
    [15, { leaderId: -1, leaderEpoch: -1 }, []],
    [16, { leaderId: 2, leaderEpoch: 5 }, [NODES[1]]],
  ])('v%i of a node that is no replica', (version, currentLeader, nodeEndpoints) => {
    const topics = [{ topic: '', topicId: FOO.id, partitions: [{ ...ASKED, partition: 1 }] }]
    const { now } = log.of(1).fetch(0, { version, topics, maxWaitMs: 0 })
    expect(now).toMatchObject({ nodeEndpoints })
    expect(now.responses[0]?.partitions[0]).toMatchObject({
      errorCode: E.NOT_LEADER_OR_FOLLOWER,
      currentLeader,
    })
  })

  it('v16 with an old epoch is told the leader too, with a wrong offset it is not', () => {
    const told = (asked: object) => fetch(2, 16, { partition: 1, ...asked })
    expect(told({ currentLeaderEpoch: 4 })).toMatchObject({
      errorCode: E.FENCED_LEADER_EPOCH,
      currentLeader: { leaderId: 2, leaderEpoch: 5 },
    })
    expect(told({ fetchOffset: 9n }).currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 })
  })

  it('that is parked is answered when its partition is led elsewhere', () => {
    const parked = log.of(1).fetch(0, { maxWaitMs: 500 })
    const follower = { ...ASKED, partition: 1 }
    const ofFollower = log.of(3).fetch(0, { topics: [{ topic: 'foo', topicId: '', partitions: [follower] }] })
    log.move(1, 3)
    expect(ofFollower.answer).toBeUndefined() // it is a replica as before
    expect(parked.answer).toBeUndefined()
    log.move(0, 2)
    expect(partitionOf(parked).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
  })

  it('that is parked where records come is answered by them', () => {
    const parked = log.of(1).fetch(0, {})
    log.of(2).step({ type: 'nodeStopped', nodeId: 3 })
    log.of(1).produce(batchOf('a'))
    expect(valuesIn(partitionOf(parked).records)).toEqual(['0:a'])
  })

  it('sessions are of one node, and end with it', () => {
    const { sessionId } = log.of(1).fetch(0, { sessionEpoch: 0, maxWaitMs: 0 }).now
    const next = (nodeId: number, sessionEpoch: number) =>
      log.of(nodeId).fetch(0, { sessionId, sessionEpoch, topics: [], maxWaitMs: 0 }).now.errorCode
    expect(sessionId).toBeGreaterThan(0)
    expect(next(2, 1)).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
    expect(next(1, 1)).toBe(E.NONE)
    log.step({ type: 'nodeStopped', nodeId: 1 })
    expect(next(1, 2)).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
    const other = log.of(2).fetch(0, { sessionEpoch: 0, maxWaitMs: 0, partition: { partition: 1 } }).now
    expect(other.sessionId).not.toBe(sessionId)
  })
})

describe('Produce to who does not lead', () => {
  const produced = (version: number, partition: number) => {
    const ticket = new Pending<ProduceResponse>(version, 'p')
    const topicData = [
      { name: 'foo', topicId: FOO.id, partitionData: [{ index: partition, records: batchOf('a') }] },
    ]
    const request = { transactionalId: null, acks: -1, timeoutMs: 0, topicData }
    log.of(1).step({ type: 'Produce', ticket, request })
    return ticket.now
  }

  it.each([
    [9, 1, { leaderId: -1, leaderEpoch: -1 }, []],
    [10, 1, { leaderId: 2, leaderEpoch: 5 }, [NODES[1]]],
    [13, 1, { leaderId: 2, leaderEpoch: 5 }, [NODES[1]]],
    [10, 2, { leaderId: -1, leaderEpoch: 1 }, []], // nobody leads it
    [10, 0, { leaderId: -1, leaderEpoch: -1 }, []], // no error
  ])('v%i, partition %i', (version, partition, currentLeader, nodeEndpoints) => {
    const response = produced(version, partition)
    expect(response.nodeEndpoints).toEqual(nodeEndpoints)
    expect(response.responses[0]?.partitionResponses[0]).toMatchObject({ currentLeader })
  })
})
