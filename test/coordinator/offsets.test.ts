// OffsetCommit, OffsetFetch, OffsetDelete, and how offsets go away.

import { describe, expect, it } from 'vitest'
import { withoutTopics, withTopics } from '../../src/metadata/changes.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { FOO, GROUP, Harness, topic } from './harness.js'

const DAY_MS = 86_400_000
const partition = (partitionIndex: number, more: object = {}) => ({
  partitionIndex,
  committedOffset: 5n,
  committedLeaderEpoch: -1,
  committedMetadata: '',
  commitTimestamp: -1n,
  ...more,
})
const committing = (name: string, ...partitions: object[]) => ({
  topics: [{ name, topicId: ZERO_UUID, partitions: partitions as never }],
})

describe('a member commits', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('in v%i and reads it back (C01)', (version) => {
    const harness = new Harness()
    const [member] = harness.stable()
    expect(harness.commit(42, member!, {}, version)).toBe(E.NONE)
    expect(harness.committed()).toBe(42n)
  })

  it('only as itself and in its generation (C02, C07, C12)', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    expect(harness.commit(1, { ...member!, generationId: 9 })).toBe(E.ILLEGAL_GENERATION)
    expect(harness.commit(1, { ...member!, generationId: -1 })).toBe(E.ILLEGAL_GENERATION)
    expect(harness.commit(1, { memberId: 'zz', generationId: 1 })).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.commit(1, { memberId: '', generationId: 1 })).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.commit(1, member!, { groupInstanceId: 'i' })).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.commit(1)).toBe(E.UNKNOWN_MEMBER_ID)
    expect(harness.committed()).toBe(-1n)
  })

  it('in the join phase with the old generation, but not in the sync phase (C10, C11)', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    harness.newcomer()
    expect(harness.commit(7, member!)).toBe(E.NONE)
    harness.join({ memberId: member!.memberId })
    expect(harness.state).toBe('CompletingRebalance')
    expect(harness.commit(8, { ...member!, generationId: 2 })).toBe(E.REBALANCE_IN_PROGRESS)
    expect(harness.committed()).toBe(7n)
  })
})

describe('anybody commits', () => {
  it('to a group that does not exist, which makes a simple group (C05)', () => {
    const harness = new Harness()
    expect(harness.commit(3)).toBe(E.NONE)
    expect(harness.list()).toEqual([
      { groupId: GROUP, protocolType: '', groupState: 'Empty', groupType: 'classic' },
    ])
    expect(harness.commit(3, {}, { groupId: '' })).toBe(E.NONE)
  })

  it('to an Empty group, under any name but without a generation (C08, C09)', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    harness.leave([member!])
    expect(harness.commit(4, { memberId: 'whoever' }, { groupInstanceId: 'i' })).toBe(E.NONE)
    expect(harness.commit(4, member!)).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('never with a generation to a group that does not exist (C03, C04)', () => {
    for (const groupId of ['none', '']) {
      const generation = { memberId: 'm', generationId: 1 }
      expect(new Harness().commit(1, generation, { groupId }, 9)).toBe(E.GROUP_ID_NOT_FOUND)
      expect(new Harness().commit(1, generation, { groupId }, 8)).toBe(E.ILLEGAL_GENERATION)
    }
  })
})

describe('OffsetCommit', () => {
  it('judges metadata by its UTF-16 length, partition by partition (C13)', () => {
    const harness = new Harness()
    const request = committing(
      'foo',
      partition(0, { committedMetadata: 'x'.repeat(4096) }),
      partition(1, { committedMetadata: 'x'.repeat(4097) }),
      partition(2, { committedMetadata: '界'.repeat(4096) }),
    )
    const { now } = harness.ask('OffsetCommit', 9, { ...BASE, ...request })
    expect(now.topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([
      E.NONE,
      E.OFFSET_METADATA_TOO_LARGE,
      E.NONE,
    ])
  })

  it('refuses metadata that no string of the protocol can hold, whatever is allowed', () => {
    const harness = new Harness({ offsetMetadataMaxBytes: 40_000 })
    const texts = ['\ufffd'.repeat(10_922), '\ufffd'.repeat(10_923), 'x'.repeat(32_767), 'x'.repeat(32_768)]
    for (const [i, committedMetadata] of texts.entries()) {
      const request = committing('foo', partition(0, { committedMetadata }))
      const { now } = harness.ask('OffsetCommit', 9, { ...BASE, ...request })
      const expected = i % 2 === 0 ? E.NONE : E.OFFSET_METADATA_TOO_LARGE
      expect(now.topics[0]?.partitions[0]?.errorCode).toBe(expected)
    }
  })

  it('keeps null metadata as empty, negative offsets and leader epochs as they are (C14, C20, C21)', () => {
    const harness = new Harness()
    const odd = partition(0, { committedMetadata: null, committedOffset: -7n, committedLeaderEpoch: 4 })
    harness.ask('OffsetCommit', 9, { ...BASE, ...committing('foo', odd) })
    expect(harness.fetch(null).topics[0]?.partitions[0]).toEqual({
      partitionIndex: 0,
      committedOffset: -7n,
      committedLeaderEpoch: 4,
      metadata: '',
      errorCode: E.NONE,
    })
  })

  it('answers for what does not exist, and commits the rest (C15)', () => {
    const harness = new Harness()
    const topics = [
      ...committing('foo', partition(0), partition(9)).topics,
      ...committing('bar', partition(0)).topics,
    ]
    const { now } = harness.ask('OffsetCommit', 9, { ...BASE, topics })
    const codes = now.topics.map(
      ({ partitions }) => new Map(partitions.map((p) => [p.partitionIndex, p.errorCode])),
    )
    expect(codes[0]).toEqual(
      new Map([
        [9, E.UNKNOWN_TOPIC_OR_PARTITION],
        [0, E.NONE],
      ]),
    )
    expect(codes[1]).toEqual(new Map([[0, E.UNKNOWN_TOPIC_OR_PARTITION]]))
    expect(harness.committed()).toBe(5n)
  })

  it('goes by topic id in v10 (C16, C17)', () => {
    const harness = new Harness()
    const unknown = { name: '', topicId: 'BBBBBBBBBBBBBBBBBBBBBA', partitions: [partition(0)] }
    const { now } = harness.ask('OffsetCommit', 10, { ...BASE, topics: [unknown] })
    expect(now.topics[0]).toMatchObject({
      topicId: unknown.topicId,
      partitions: [{ errorCode: E.UNKNOWN_TOPIC_ID }],
    })
  })

  it('does not ask about the group when no partition exists (C18, C19)', () => {
    const harness = new Harness()
    harness.stable()
    const stale = { ...BASE, memberId: 'zz', generationIdOrMemberEpoch: 99 }
    const { now } = harness.ask('OffsetCommit', 9, { ...stale, ...committing('bar', partition(0)) })
    expect(now.topics[0]?.partitions[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(harness.ask('OffsetCommit', 9, { ...stale, topics: [] }).now.topics).toEqual([])
  })

  it('of v1 may date its commit', () => {
    const harness = new Harness()
    const dated = partition(0, { commitTimestamp: 123n })
    harness.ask('OffsetCommit', 1, { ...BASE, ...committing('foo', dated) })
    expect(harness.records.at(-1)).toMatchObject({ value: { commitTimestampMs: 123n } })
  })
})

const BASE = {
  groupId: GROUP,
  generationIdOrMemberEpoch: -1,
  memberId: '',
  groupInstanceId: null,
  retentionTimeMs: -1n,
}

describe('OffsetFetch', () => {
  it('of what was never committed has offset -1 and no error (F02, F03, F04, F10)', () => {
    const harness = new Harness()
    const nothing = { committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode: E.NONE }
    expect(harness.fetch([{ name: 'foo', partitionIndexes: [0, 99] }]).topics[0]?.partitions).toEqual([
      { partitionIndex: 0, ...nothing },
      { partitionIndex: 99, ...nothing },
    ])
    expect(harness.fetch([{ name: 'none', partitionIndexes: [0] }]).topics[0]?.partitions[0]).toMatchObject(
      nothing,
    )
    expect(harness.fetch(null)).toMatchObject({ topics: [], errorCode: E.NONE })
  })

  it('of all topics has what is committed and no more (F05)', () => {
    const harness = new Harness()
    harness.commit(1)
    expect(harness.fetch(null).topics).toMatchObject([{ name: 'foo', partitions: [{ partitionIndex: 0 }] }])
  })

  it('goes by topic id in v10, and tells an unknown one (F09)', () => {
    const harness = new Harness()
    harness.commit(8)
    const known = { name: '', topicId: FOO.id, partitionIndexes: [0] }
    const unknown = { name: '', topicId: ZERO_UUID, partitionIndexes: [0] }
    const { topics } = harness.fetch([unknown, known], 10)
    expect(topics[0]).toMatchObject({ topicId: FOO.id, partitions: [{ committedOffset: 8n }] })
    expect(topics[1]).toMatchObject({ partitions: [{ committedOffset: -1n, errorCode: E.UNKNOWN_TOPIC_ID }] })
    expect(harness.fetch(null, 10).topics[0]).toMatchObject({ topicId: FOO.id })
  })

  it('does not give the offsets of a deleted topic to its namesake (F13, F13b)', () => {
    const harness = new Harness()
    harness.commit(8)
    const again = topic('foo', 'AAAAAAAAAAAAAAAAAAAA-Q', 3)
    harness.image = withTopics(withoutTopics(harness.image, [FOO]), [again])
    const asked = [{ name: '', topicId: again.id, partitionIndexes: [0] }]
    expect(harness.fetch(asked, 10).topics[0]?.partitions[0]?.committedOffset).toBe(-1n)
    harness.step({ type: 'topicsDeleted', topics: [FOO] })
    expect(harness.fetch(null).topics).toEqual([])
  })
})

describe('a topic that is there and is named without partitions', () => {
  const topics = [
    { name: 'foo', partitions: [] },
    { name: 'none', partitions: [] },
  ]

  it('is left out of the answers of OffsetCommit and OffsetDelete; one that is not there is answered empty', () => {
    const harness = new Harness()
    expect(harness.ask('OffsetCommit', 9, { topics }).now.topics).toMatchObject([
      { name: 'none', partitions: [] },
    ])
    harness.stable()
    expect(harness.ask('OffsetDelete', 0, { groupId: GROUP, topics }).now.topics).toEqual([
      { name: 'none', partitions: [] },
    ])
  })
})

describe('OffsetDelete', () => {
  const remove = (harness: Harness, name = 'foo', index = 0, groupId = GROUP) =>
    harness.ask('OffsetDelete', 0, { groupId, topics: [{ name, partitions: [{ partitionIndex: index }] }] })
      .now

  it('refuses a topic that the group consumes, and removes others (D01, D02)', () => {
    const harness = new Harness()
    const bar = topic('bar', 'AAAAAAAAAAAAAAAAAAAA-Q', 1)
    harness.image = withTopics(harness.image, [bar])
    const [member] = harness.stable()
    harness.commit(1, member!)
    harness.commit(1, member!, committing('bar', partition(0)))
    expect(remove(harness).topics[0]?.partitions[0]?.errorCode).toBe(E.GROUP_SUBSCRIBED_TO_TOPIC)
    expect(remove(harness, 'bar').topics[0]?.partitions[0]?.errorCode).toBe(E.NONE)
    expect(harness.fetch(null).topics.map(({ name }) => name)).toEqual(['foo'])
  })

  it('of an Empty group removes anything that exists (D03, D04)', () => {
    const harness = new Harness()
    harness.commit(1)
    expect(remove(harness).topics[0]?.partitions[0]?.errorCode).toBe(E.NONE)
    expect(remove(harness).topics[0]?.partitions[0]?.errorCode).toBe(E.NONE)
    expect(remove(harness, 'none').topics[0]?.partitions[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(remove(harness, 'foo', 9).topics[0]?.partitions[0]?.errorCode).toBe(E.UNKNOWN_TOPIC_OR_PARTITION)
    expect(harness.fetch(null).topics).toEqual([])
  })

  it('tells a group error alone (D05, D06, D07)', () => {
    const harness = new Harness()
    expect(remove(harness)).toEqual({ errorCode: E.GROUP_ID_NOT_FOUND, throttleTimeMs: 0, topics: [] })
    expect(remove(harness, 'foo', 0, '').errorCode).toBe(E.INVALID_GROUP_ID)
    harness.newcomer({ protocolType: 'connect' })
    expect(remove(harness)).toMatchObject({ errorCode: E.NON_EMPTY_GROUP, topics: [] })
  })

  it('refuses every topic while subscriptions cannot be read (D08)', () => {
    const harness = new Harness()
    const [member] = harness.stable([{ protocols: [{ name: 'range', metadata: Buffer.from('??') }] }])
    expect(member).toBeDefined()
    expect(remove(harness).topics[0]?.partitions[0]?.errorCode).toBe(E.GROUP_SUBSCRIBED_TO_TOPIC)
  })
})

describe('offsets expire', () => {
  const check = (harness: Harness) => harness.advance(600_000)

  it('seven days after a simple consumer committed them, one by one (Q17)', () => {
    const harness = new Harness()
    harness.commit(1)
    harness.advance(5 * DAY_MS)
    harness.commit(2, {}, committing('foo', partition(1)))
    harness.advance(2 * DAY_MS)
    expect(harness.committed(0)).toBe(-1n)
    expect(harness.committed(1)).toBe(5n)
    harness.advance(5 * DAY_MS)
    expect(harness.list()).toEqual([])
  })

  it('seven days after the group became Empty, all together', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    harness.commit(1, member!)
    for (let day = 0; day < 9; day++) {
      for (let beat = 0; beat < 10_000 && beat * 9000 < DAY_MS; beat++) {
        harness.advance(9000)
        if (harness.heartbeat(member!) !== E.NONE) throw new Error('lost')
      }
    }
    expect(harness.committed()).toBe(1n)
    harness.leave([member!])
    harness.advance(7 * DAY_MS - 1)
    expect(harness.committed()).toBe(1n)
    check(harness)
    expect(harness.list()).toEqual([])
  })

  it('of topics that a Stable group no longer consumes, and of no other (Q18)', () => {
    const harness = new Harness({ offsetsRetentionMs: 60_000, offsetsRetentionCheckIntervalMs: 1000 })
    harness.image = withTopics(harness.image, [topic('bar', 'AAAAAAAAAAAAAAAAAAAA-Q', 1)])
    const [member] = harness.stable([{ sessionTimeoutMs: 1_000_000 }])
    harness.commit(1, member!)
    harness.commit(1, member!, committing('bar', partition(0)))
    harness.advance(61_000)
    expect(harness.fetch(null).topics.map(({ name }) => name)).toEqual(['foo'])
  })

  it('when their commit said so in v2-4 (C22)', () => {
    const harness = new Harness({ offsetsRetentionCheckIntervalMs: 1000 })
    expect(harness.commit(1, {}, { retentionTimeMs: 5000n }, 3)).toBe(E.NONE)
    harness.advance(4000)
    expect(harness.committed()).toBe(1n)
    harness.advance(1000)
    expect(harness.committed()).toBe(-1n)
  })

  it('at once when their commit said so until a time that no long can hold, which wraps around as in Kafka', () => {
    const harness = new Harness({ offsetsRetentionCheckIntervalMs: 1000 })
    const lastMs = 2n ** 63n - 1n
    expect(harness.commit(1, {}, { retentionTimeMs: lastMs - BigInt(harness.nowMs) }, 3)).toBe(E.NONE)
    harness.advance(1000)
    expect(harness.committed()).toBe(1n)
    expect(harness.commit(2, {}, { retentionTimeMs: lastMs }, 3)).toBe(E.NONE)
    harness.advance(1000)
    expect(harness.committed()).toBe(-1n)
  })

  it('and an Empty group without offsets goes at the next check', () => {
    const harness = new Harness()
    harness.join()
    check(harness)
    expect(harness.list()).toEqual([])
    expect(harness.timers.size).toBe(1)
  })
})

describe('groups', () => {
  it('are described by state (Q01, Q02, Q03)', () => {
    const harness = new Harness()
    const [member] = harness.stable()
    expect(harness.describe()).toMatchObject({
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      authorizedOperations: -2147483648,
      members: [{ memberId: member!.memberId, clientId: 'client', clientHost: '/127.0.0.1' }],
    })
    expect(harness.describe().members[0]?.memberAssignment.toString()).toBe(member!.memberId)
    harness.newcomer()
    const preparing = harness.describe()
    expect(preparing).toMatchObject({ groupState: 'PreparingRebalance', protocolData: '' })
    expect(preparing.members[0]?.memberMetadata).toHaveLength(0)
    expect(preparing.members[0]?.memberAssignment.toString()).toBe(member!.memberId)
  })

  it('that do not exist are Dead, with an error since v6 (Q04)', () => {
    const harness = new Harness()
    expect(harness.describe('x', 5)).toMatchObject({
      errorCode: E.NONE,
      groupState: 'Dead',
      errorMessage: null,
    })
    expect(harness.describe('x', 6)).toMatchObject({
      errorCode: E.GROUP_ID_NOT_FOUND,
      groupState: 'Dead',
      errorMessage: 'Group x not found.',
    })
  })

  it('that do not exist tell authorized operations where that is no error', () => {
    const harness = new Harness()
    const operations = (version: number) => harness.describe('x', version, true).authorizedOperations
    expect([operations(5), operations(6)]).toEqual([3400, -2147483648])
  })

  it('are listed by state and type (Q08, Q09, Q10)', () => {
    const harness = new Harness()
    harness.stable()
    expect(harness.list([' stable '], ['CLASSIC'])).toHaveLength(1)
    for (const [states, types] of [
      [['bogus'], []],
      [[], ['bogus']],
      [[], [' classic']],
      [['Empty'], ['classic']],
    ]) {
      expect(harness.list(states, types)).toEqual([])
    }
  })

  it('are deleted only when Empty, with all they have (D09, D10, D11, D14)', () => {
    const harness = new Harness()
    expect(harness.deleteGroup()).toBe(E.GROUP_ID_NOT_FOUND)
    const [member] = harness.stable()
    harness.commit(1, member!)
    expect(harness.deleteGroup()).toBe(E.NON_EMPTY_GROUP)
    harness.leave([member!])
    harness.join() // a pending id does not hinder it
    expect(harness.deleteGroup()).toBe(E.NONE)
    expect(harness.describe().errorCode).toBe(E.GROUP_ID_NOT_FOUND)
    expect(harness.committed()).toBe(-1n)
    expect(harness.timers.size).toBe(1)
    harness.commit(1, {}, { groupId: '' })
    expect(harness.deleteGroup('')).toBe(E.NONE)
  })
})
