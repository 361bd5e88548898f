// Fetch sessions (KIP-227) and what a fetch waits for, with the answers that Apache Kafka 4.4.0 gave to the same.

import { describe, expect, it } from 'vitest'
import { withTopics } from '../../src/metadata/changes.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import type { FetchAnswer } from '../../src/protocol/messages/fetch.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { FOO } from '../coordinator/harness.js'
import { batchOf, LogHarness, partitionOf } from './harness.js'

const NO_ID = ZERO_UUID
const asked = (partition: number, fetchOffset = 0n, more = {}) => ({
  ...{ partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset: -1n },
  ...{ partitionMaxBytes: 1_000_000, replicaDirectoryId: NO_ID, highWatermark: 0n, ...more },
})
const topics = (...partitions: ReturnType<typeof asked>[]) => [{ topic: 'foo', topicId: NO_ID, partitions }]

/** Partitions of the answer, with the error or the bytes: '0:60', '1:!3'. */
const told = ({ responses }: FetchAnswer) =>
  responses.flatMap(({ partitions }) =>
    partitions.map(({ partitionIndex, errorCode, records }) => {
      return `${partitionIndex}:${errorCode === E.NONE ? Buffer.concat(records).length : `!${errorCode}`}`
    }),
  )

function opened(...partitions: ReturnType<typeof asked>[]) {
  const log = new LogHarness()
  const first = log.fetch(0, { sessionEpoch: 0, topics: topics(...partitions), maxWaitMs: 0 }).now
  let epoch = 1
  /** The next request of the session. */
  const next = (more: object = {}) => {
    const request = { sessionId: first.sessionId, sessionEpoch: epoch++, topics: [], maxWaitMs: 0, ...more }
    return log.fetch(0, request)
  }
  return { log, first, next }
}

describe('A session', () => {
  it('is opened with all partitions and then tells only of news', () => {
    const { log, first, next } = opened(asked(0), asked(1), asked(2))
    expect(first.sessionId).toBeGreaterThan(0)
    expect(told(first)).toEqual(['0:0', '1:0', '2:0'])
    expect(next().now).toMatchObject({ errorCode: E.NONE, sessionId: first.sessionId, responses: [] })
    log.produce(batchOf('a'), { partition: 1 })
    const size = batchOf('a').length
    expect(told(next().now)).toEqual([`1:${size}`])
    // not moved on: it is there again
    expect(told(next().now)).toEqual([`1:${size}`])
    expect(told(next({ topics: topics(asked(1, 1n)) }).now)).toEqual([])
  })

  it('tells of a high watermark that has moved, once', () => {
    const { log, next } = opened(asked(0), asked(1))
    log.produce(batchOf('a'))
    expect(told(next({ topics: topics(asked(0, 1n)) }).now)).toEqual(['0:0'])
    expect(told(next().now)).toEqual([])
  })

  it('takes partitions in and forgets them', () => {
    const { log, next } = opened(asked(0))
    log.produce(batchOf('a'), { partition: 2 })
    expect(told(next({ topics: topics(asked(2)) }).now)).toEqual([`2:${batchOf('a').length}`])
    const forgottenTopicsData = [{ topic: 'foo', topicId: NO_ID, partitions: [2] }]
    expect(told(next({ forgottenTopicsData }).now)).toEqual([])
  })

  it('without partitions is over', () => {
    const { next } = opened(asked(0))
    const forgottenTopicsData = [{ topic: 'foo', topicId: NO_ID, partitions: [0] }]
    expect(next({ forgottenTopicsData }).now).toMatchObject({ errorCode: E.NONE, sessionId: 0 })
    expect(next().now.errorCode).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
  })

  it('tells of an error each time, and again when it is over', () => {
    const { next } = opened(asked(0))
    expect(told(next({ topics: topics(asked(0, 99n)) }).now)).toEqual(['0:!1'])
    expect(told(next().now)).toEqual(['0:!1'])
    expect(told(next({ topics: topics(asked(0, 0n)) }).now)).toEqual(['0:0'])
    expect(told(next().now)).toEqual([])
  })

  it('lets those without records come first the next time', () => {
    const { log, next } = opened(asked(0), asked(1))
    for (const partition of [0, 1]) log.produce(batchOf('a'), { partition })
    const size = batchOf('a').length
    expect(told(next({ maxBytes: 1 }).now)).toEqual([`0:${size}`, '1:0'])
    expect(told(next({ maxBytes: 1 }).now)[0]).toBe(`1:${size}`)
  })

  it('is refused with another epoch, and goes on with the right one', () => {
    const { log, first, next } = opened(asked(0))
    const wrong = log.fetch(0, { sessionId: first.sessionId, sessionEpoch: 7, topics: [] }).now
    expect(wrong).toMatchObject({ errorCode: E.INVALID_FETCH_SESSION_EPOCH, sessionId: 0, responses: [] })
    expect(next().now.errorCode).toBe(E.NONE)
  })

  it('that is not there is not found', () => {
    const log = new LogHarness()
    expect(log.fetch(0, { sessionId: 5, sessionEpoch: 1 }).now.errorCode).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
  })

  it('of names is not one of ids', () => {
    const { next } = opened(asked(0))
    expect(next({ version: 13 }).now.errorCode).toBe(E.FETCH_SESSION_TOPIC_ID_ERROR)
  })

  it('is closed with epoch -1', () => {
    const { log, first, next } = opened(asked(0))
    log.fetch(0, { sessionId: first.sessionId, sessionEpoch: -1, topics: [] })
    expect(next().now.errorCode).toBe(E.FETCH_SESSION_ID_NOT_FOUND)
    expect(log.machine.state.sessions.get(undefined)?.byId.size).toBe(0)
  })

  it('waits for all its partitions', () => {
    const { log, next } = opened(asked(0), asked(1))
    const waiting = next({ maxWaitMs: 500 })
    expect(waiting.answer).toBeUndefined()
    log.produce(batchOf('a'), { partition: 1 })
    expect(told(waiting.now)).toEqual([`1:${batchOf('a').length}`])
  })

  it('is one of so many as there may be: one that is idle gives way, else there is none', () => {
    const log = new LogHarness()
    const settings = { ...log.image.settings, maxIncrementalFetchSessionCacheSlots: 2 }
    log.image = { ...log.image, settings }
    const open = () => log.fetch(0, { sessionEpoch: 0, maxWaitMs: 0 }).now.sessionId
    const ids = [open(), open()]
    expect(new Set(ids).size).toBe(2)
    expect(open()).toBe(0)
    log.advance(120_000)
    expect(open()).toBeGreaterThan(0)
    expect(log.machine.state.sessions.get(undefined)?.byId.size).toBe(2)
  })
})

describe('A fetch', () => {
  it('waits although a topic is unknown, as long as another is there', () => {
    const log = new LogHarness()
    const unknown = { topic: 'nosuch', topicId: NO_ID, partitions: [asked(0)] }
    const waiting = log.fetch(0, { topics: [unknown, ...topics(asked(0))] })
    expect(waiting.answer).toBeUndefined()
    log.advance(500)
    expect(waiting.now.responses.map(({ topic }) => topic)).toEqual(['foo', 'nosuch'])
    expect(log.fetch(0, { topics: [unknown] }).answer).toBeDefined()
  })

  it('that names a partition twice has it once', () => {
    const log = new LogHarness()
    log.produce(batchOf('a'))
    expect(told(log.fetch(0, { topics: topics(asked(0), asked(0)) }).now)).toHaveLength(1)
  })

  it('of a broker that says to follow is refused', () => {
    const log = new LogHarness()
    expect(partitionOf(log.fetch(0, { replicaId: 5 })).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
    const replicaState = { replicaId: 5, replicaEpoch: -1n }
    expect(partitionOf(log.fetch(0, { replicaState })).errorCode).toBe(E.NOT_LEADER_OR_FOLLOWER)
  })

  it('does not wait for more than it may have', () => {
    const log = new LogHarness()
    log.produce(batchOf('a'))
    expect(log.fetch(0, { minBytes: 1000, maxBytes: 50 }).answer).toBeDefined()
  })

  it('is told where what it has read is not what is kept', () => {
    const log = new LogHarness()
    log.produce(batchOf('a', 'b'))
    const partitions = FOO.partitions.map((partition) => ({ ...partition, leaderEpoch: 2 }))
    log.image = withTopics(log.image, [{ ...FOO, partitions }])
    log.produce(batchOf('c'))
    const at = (fetchOffset: bigint, lastFetchedEpoch: number) =>
      partitionOf(log.fetch(0, { version: 12, topics: topics(asked(0, fetchOffset, { lastFetchedEpoch })) }))
    expect(at(2n, 0)).toMatchObject({ errorCode: E.NONE, divergingEpoch: { epoch: -1, endOffset: -1n } })
    expect(at(3n, 0)).toMatchObject({ errorCode: E.NONE, divergingEpoch: { epoch: 0, endOffset: 2n } })
    expect(at(3n, 1)).toMatchObject({ divergingEpoch: { epoch: 0, endOffset: 2n }, records: Buffer.alloc(0) })
    expect(at(2n, 3)).toMatchObject({ errorCode: E.OFFSET_OUT_OF_RANGE })
  })
})
