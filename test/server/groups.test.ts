// Requests for groups of several shards, old shapes of OffsetFetch, and where coordinators are said to be.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { Gather } from '../../src/server/gather.js'
import type { ServerTicket } from '../../src/server/ticket.js'
import { JOIN } from '../coordinator/harness.js'
import { RawClient } from '../helpers/raw-client.js'

/** In shards 47, 29 and 12 of 50. */
const GROUPS = ['a', 'grp', 'my-group']
let cohort: Cohort
let client: RawClient

beforeAll(async () => {
  cohort = await startCohort({ topics: { foo: 2 } })
  client = await RawClient.connect(cohort.port)
  for (const [i, groupId] of GROUPS.entries()) {
    await client.send(Apis.OffsetCommit, 8, {
      groupId,
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: BigInt(i) }] }],
    })
  }
})

afterAll(async () => {
  client.close()
  await cohort.stop()
})

describe('a request for groups of several shards', () => {
  it('lists the groups of all of them', async () => {
    const { errorCode, groups } = await client.send(Apis.ListGroups, 5, {})
    expect(errorCode).toBe(E.NONE)
    expect(groups.map(({ groupId }) => groupId).sort()).toEqual(GROUPS)
    expect(groups[0]).toMatchObject({ protocolType: '', groupState: 'Empty', groupType: 'classic' })
    expect((await client.send(Apis.ListGroups, 5, { statesFilter: ['Stable'] })).groups).toEqual([])
  })

  it('describes groups in the order asked, twice those asked twice', async () => {
    const asked = ['my-group', 'nobody', 'a', 'my-group']
    const { groups } = await client.send(Apis.DescribeGroups, 6, { groups: asked })
    expect(groups.map(({ groupId, groupState, errorCode }) => [groupId, groupState, errorCode])).toEqual([
      ['my-group', 'Empty', E.NONE],
      ['nobody', 'Dead', E.GROUP_ID_NOT_FOUND],
      ['a', 'Empty', E.NONE],
      ['my-group', 'Empty', E.NONE],
    ])
    expect((await client.send(Apis.DescribeGroups, 6, { groups: [] })).groups).toEqual([])
  })

  it('fetches offsets of groups in the order asked', async () => {
    const { groups } = await client.send(Apis.OffsetFetch, 8, {
      groups: [...GROUPS, 'nobody', 'a'].map((groupId) => ({ groupId, topics: null })),
    })
    const offsets = groups.map(({ groupId, topics }) => [
      groupId,
      topics[0]?.partitions[0]?.committedOffset ?? null,
    ])
    expect(offsets).toEqual([
      ['a', 0n],
      ['grp', 1n],
      ['my-group', 2n],
      ['nobody', null],
      ['a', 0n],
    ])
    expect((await client.send(Apis.OffsetFetch, 8, { groups: [] })).groups).toEqual([])
  })

  it('deletes each group once, however often it is named', async () => {
    const other = { groupId: 'deletable', generationIdOrMemberEpoch: -1, memberId: '' }
    const topics = [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }]
    await client.send(Apis.OffsetCommit, 8, { ...other, topics })
    const asked = { groupsNames: ['deletable', 'nobody', 'deletable'] }
    const { results } = await client.send(Apis.DeleteGroups, 2, asked)
    expect(results.map(({ groupId, errorCode }) => [groupId, errorCode])).toEqual([
      ['deletable', E.NONE],
      ['nobody', E.GROUP_ID_NOT_FOUND],
    ])
  })
})

describe('OffsetFetch for one group', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('answers v%i at its top', async (version) => {
    const topics = [{ name: 'foo', partitionIndexes: [1, 0] }]
    const answer = await client.send(Apis.OffsetFetch, version, { groupId: 'my-group', topics })
    expect(answer.topics[0]).toMatchObject({
      name: 'foo',
      partitions: [
        { partitionIndex: 1, committedOffset: -1n, errorCode: E.NONE },
        { partitionIndex: 0, committedOffset: 2n, errorCode: E.NONE },
      ],
    })
    expect(answer.errorCode).toBe(E.NONE)
  })

  it.each([2, 7])('gives all offsets in v%i when no topics are named', async (version) => {
    const { topics } = await client.send(Apis.OffsetFetch, version, { groupId: 'my-group', topics: null })
    expect(topics).toMatchObject([{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: 2n }] }])
  })

  it.each([9, 10])('v%i knows topics by what it names them', async (version) => {
    const metadata = await client.send(Apis.Metadata, 12, { topics: [{ name: 'foo' }] })
    const topicId = metadata.topics[0]?.topicId as string
    const topic = version >= 10 ? { topicId } : { name: 'foo' }
    const { groups } = await client.send(Apis.OffsetFetch, version, {
      groups: [{ groupId: 'grp', topics: [{ ...topic, partitionIndexes: [0] }] }],
    })
    expect(groups[0]?.topics[0]).toMatchObject({ ...topic, partitions: [{ committedOffset: 1n }] })
  })
})

it('commits of v0 and v1 are kept like any other', async () => {
  for (const version of [0, 1]) {
    const groupId = `old-${version}`
    const topics = [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: 7n }] }]
    const answer = await client.send(Apis.OffsetCommit, version, { groupId, topics })
    expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(E.NONE)
    const fetched = await client.send(Apis.OffsetFetch, version, {
      groupId,
      topics: [{ name: 'foo', partitionIndexes: [0] }],
    })
    expect(fetched.topics[0]?.partitions[0]?.committedOffset).toBe(7n)
  }
})

describe('FindCoordinator', () => {
  const here = () => ({ nodeId: 1, host: '127.0.0.1', port: cohort.port, errorCode: E.NONE })
  const nowhere = { nodeId: -1, host: '', port: -1 }

  it.each([
    [0, undefined],
    [1, 'NONE'],
    [3, 'NONE'],
  ])('answers v%i for one group, with the message %s', async (version, errorMessage) => {
    const answer = await client.send(Apis.FindCoordinator, version, { key: 'a' })
    expect(answer).toMatchObject({ ...here(), ...(errorMessage === undefined ? {} : { errorMessage }) })
  })

  it.each([4, 6])('answers v%i for several groups, also the one without a name', async (version) => {
    const { coordinators } = await client.send(Apis.FindCoordinator, version, { coordinatorKeys: ['a', ''] })
    expect(coordinators).toMatchObject([
      { key: 'a', ...here(), errorMessage: '' },
      { key: '', ...here(), errorMessage: '' },
    ])
    expect((await client.send(Apis.FindCoordinator, version, {})).coordinators).toEqual([])
  })

  it.each([
    ['a transaction', 6, 1, 't', E.COORDINATOR_NOT_AVAILABLE],
    ['a share partition', 6, 2, 'g:AAAAAAAAAAAAAAAAAAAAAQ:0', E.COORDINATOR_NOT_AVAILABLE],
    ['a share key without partition', 6, 2, 'g:AAAAAAAAAAAAAAAAAAAAAQ', E.INVALID_REQUEST],
    ['a share key without group', 6, 2, ':AAAAAAAAAAAAAAAAAAAAAQ:0', E.INVALID_REQUEST],
    ['a share key with another id', 6, 2, 'g:x:0', E.INVALID_REQUEST],
    ['a share partition before v6', 5, 2, 'g:AAAAAAAAAAAAAAAAAAAAAQ:0', E.INVALID_REQUEST],
    ['an unknown key type', 6, 9, 'g', E.INVALID_REQUEST],
  ])('has no coordinator for %s', async (_, version, keyType, key, errorCode) => {
    const request = { keyType, coordinatorKeys: [key] }
    const { coordinators } = await client.send(Apis.FindCoordinator, version, request)
    expect(coordinators).toMatchObject([{ key, ...nowhere, errorCode }])
  })
})

it('every version of every group API is answered', async () => {
  const member = { groupId: 'none', generationId: 1, memberId: 'm' }
  for (let v = 0; v <= 9; v++) {
    const { errorCode } = await client.send(Apis.JoinGroup, v, { ...JOIN, groupId: 'none', memberId: 'm' })
    expect(errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  }
  for (let v = 0; v <= 5; v++) {
    const named = v >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}
    const synced = await client.send(Apis.SyncGroup, v, { ...member, ...named })
    expect(synced.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    const leaving = v >= 3 ? { groupId: 'none', members: [{ memberId: 'm' }] } : member
    const left = await client.send(Apis.LeaveGroup, v, leaving)
    expect(v >= 3 ? left.members[0]?.errorCode : left.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  }
  for (let v = 0; v <= 4; v++) {
    expect((await client.send(Apis.Heartbeat, v, member)).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  }
  const { errorCode } = await client.send(Apis.OffsetDelete, 0, { groupId: 'none', topics: [] })
  expect(errorCode).toBe(E.GROUP_ID_NOT_FOUND)
})

describe('a gathered answer', () => {
  const whole = () => {
    const seen = { decided: 0, answer: undefined as object | undefined }
    const ticket: ServerTicket = {
      apiVersion: 3,
      clientId: 'c',
      clientHost: '/h',
      get isAnswered() {
        return seen.answer !== undefined
      },
      decided: () => {
        seen.decided++
      },
      answer: (response) => {
        seen.answer = response
      },
      refuse: () => {},
    }
    return { seen, ticket }
  }

  it('is decided when all parts are, and leaves when all parts are there', () => {
    const { seen, ticket } = whole()
    const got: unknown[] = []
    const gather = new Gather(ticket, 2, () => ({ got }))
    const parts = [0, 1].map(() =>
      gather.part(
        (part) => got.push(part),
        (code) => got.push(code),
      ),
    )
    parts[0]?.decided()
    parts[0]?.decided()
    expect(seen.decided).toBe(0)
    parts[1]?.answer({ second: true })
    expect(seen.decided).toBe(1)
    expect(seen.answer).toBeUndefined()
    parts[0]?.refuse(E.NOT_COORDINATOR)
    expect(seen.answer).toEqual({ got: [{ second: true }, E.NOT_COORDINATOR] })
    expect(parts.map((part) => part.isAnswered)).toEqual([true, true])
  })

  it('without parts leaves at once', () => {
    const { seen, ticket } = whole()
    new Gather(ticket, 0, () => ({ none: true }))
    expect(seen.answer).toEqual({ none: true })
  })
})
