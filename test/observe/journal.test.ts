// What becomes an entry, from a real broker's requests and events; bounds; who is told of what.

import { describe, expect, it } from 'vitest'
import { Journal } from '../../src/observe/journal.js'
import {
  type EntryOf,
  type EntryType,
  GAP_BOUNDS_MS,
  type JournalEntry,
  startedEntry,
} from '../../src/observe/journal-entry.js'
import { wordsOf } from '../../src/observe/journal-words.js'
import { Apis } from '../../src/protocol/apis.js'
import { Stage } from '../doctor/stage.js'

const told = <T extends EntryType>({ cohort }: Stage, type: T) =>
  cohort.journal.entries({ types: [type] }) as EntryOf<T>[]

describe('the journal', () => {
  it('tells the story of a member, from its first JoinGroup to its last', async () => {
    await using stage = await Stage.open()
    const member = await stage.member({ software: ['apache-kafka-java', '4.4.0'] })
    await stage.pass(6000, [member])
    await member.commit(3)
    await member.leave('the consumer is being closed')
    const story = stage.cohort.journal.entries().map(wordsOf)
    const id = member.memberId || 'app-00000000-0000-4000-8000-000000000001'
    expect(story).toEqual([
      expect.stringMatching(/^the journal begins: kafka-cohort \d/),
      `${id} was given its id and is to join with it`,
      `client 'app' is to join as ${id}`,
      `${id} is a member`,
      `Empty -> PreparingRebalance, generation 0: Adding new member ${id} with group instance id null; client reason: not provided`,
      'PreparingRebalance -> CompletingRebalance, generation 1: the join phase ended',
      `${id} joins generation 1 as leader with range`,
      `CompletingRebalance -> Stable, generation 1: assignment received from leader ${id}`,
      `${id} assigns, and gets orders-0, orders-1, orders-2, orders-3, orders-4, orders-5 in generation 1`,
      `${id} commits orders-0 at 3`,
      `${id} has sent 2 heartbeats in 3 s, 3 s to 3 s apart, mostly 3 s`,
      `${id} is removed: left through explicit \`LeaveGroup\` request (last heard 0 ms ago, still connected, had orders-0, orders-1, orders-2, orders-3, orders-4, orders-5)`,
      `Stable -> PreparingRebalance, generation 1: explicit \`LeaveGroup\` request for (${id}) members.`,
      'PreparingRebalance -> Empty, generation 2: the join phase ended without members',
      `${id} leaves: the consumer is being closed`,
    ])
  })

  it('has in a join who asked for what, and how long it waited', async () => {
    await using stage = await Stage.open()
    const first = await stage.member()
    const second = await stage.actor({
      clientId: 'second',
      instanceId: 'pod-2',
      topics: ['payments', 'orders'],
    })
    const joining = second.join('a deployment')
    await stage.parked(second)
    await stage.pass(4000)
    await Promise.all([joining, first.join()])
    const join = told(stage, 'join').find(({ client }) => client === 'second')
    expect(join).toMatchObject({
      ...{ group: 'g', member: second.memberId, generation: 2, cause: 'a deployment', error: 'NONE' },
      ...{ askedAs: '', instance: 'pod-2', version: 9, waitedMs: 4000, leader: first.memberId },
      ...{
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 60_000,
        protocolType: 'consumer',
        protocol: 'range',
      },
      ...{
        protocols: ['range'],
        topics: ['orders', 'payments'],
        owned: [],
        skipAssignment: false,
        fault: null,
      },
    })
  })

  it('tells of a fault that was set', async () => {
    await using stage = await Stage.open()
    stage.cohort.fault({ api: 'LeaveGroup', error: 'NOT_COORDINATOR', times: 1 })
    const member = await stage.member()
    await member.leave()
    const [leave] = told(stage, 'leave')
    expect(leave?.error).toBe('NOT_COORDINATOR')
    expect(leave?.fault).toContain('LeaveGroup')
  })

  it('has all heartbeats of a static member that comes back under another id', async () => {
    await using stage = await Stage.open()
    const before = await stage.member({ instanceId: 'pod-1' })
    await stage.pass(6000, [before])
    const after = await stage.member({ instanceId: 'pod-1' })
    expect(after.memberId).not.toBe(before.memberId)
    const entries = stage.cohort.journal.entries({ types: ['heartbeats', 'member-replaced'] })
    expect(entries).toMatchObject([
      { type: 'heartbeats', member: before.memberId, count: 2 },
      { type: 'member-replaced', member: after.memberId, oldMember: before.memberId },
    ])
  })

  it('tells why a member was removed: heard, fetched, connected, what it had', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(2000)
    await member.fetch()
    await stage.pass(3000)
    await member.heartbeat()
    await stage.pass(31_000)
    const [removed] = told(stage, 'member-removed')
    expect(removed).toMatchObject({
      ...{ connected: true, heardAgoMs: 30_000, fetchedAgoMs: 33_000, sessionTimeoutMs: 30_000 },
      ...{ client: 'app', partitions: expect.arrayContaining(['orders-0']) },
    })
  })

  it('looks for the fetches of a client that fetches on a connection of its own', async () => {
    await using stage = await Stage.open()
    const member = await stage.member({ clientId: 'java' })
    const fetcher = await stage.actor({ clientId: 'java' }, 'none')
    await stage.pass(20_000, [member])
    await fetcher.fetch()
    await stage.pass(31_000)
    expect(told(stage, 'member-removed')[0]?.fetchedAgoMs).toBeLessThan(31_000)
  })

  it('has commits by partition, refused ones with their error, and where the log ends', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.cohort.produce('orders', [{ value: 'a', partition: 0 }])
    await member.commit(1)
    await member.fetch()
    await member.commit(1)
    await member.commit(9_007_199_254_740_993n)
    await member.commit(1, 99)
    expect(
      told(stage, 'commit').map(({ partition, offset, endOffset, error }) => [
        partition,
        offset,
        endOffset,
        error,
      ]),
    ).toEqual([
      [0, 1n, null, 'NONE'],
      [0, 1n, 1n, 'NONE'],
      [0, 9_007_199_254_740_993n, 1n, 'NONE'],
      [99, 1n, null, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ])
  })

  it('knows partitions by topic id too', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    const { topics } = await member.send(Apis.Metadata, 12, { topics: [{ name: 'orders' }] })
    const topicId = topics[0]?.topicId as string
    const partitions = [{ partitionIndex: 0, committedOffset: 4n, committedMetadata: '' }]
    await member.send(Apis.OffsetCommit, 10, {
      ...{ groupId: 'g', memberId: member.memberId, generationIdOrMemberEpoch: 1 },
      topics: [{ topicId, partitions }],
    })
    expect(told(stage, 'commit')).toMatchObject([{ topic: 'orders', offset: 4n, error: 'NONE' }])
  })

  it('tells an error once a minute, however often it comes', async () => {
    await using stage = await Stage.open()
    const stranger = await stage.actor()
    stranger.memberId = 'nobody'
    for (let i = 0; i < 50; i++) await stranger.heartbeat()
    await stage.pass(60_000)
    await stranger.heartbeat()
    expect(told(stage, 'error')).toMatchObject([
      { api: 'Heartbeat', version: 4, error: 'UNKNOWN_MEMBER_ID', count: 1, client: 'app' },
      { error: 'UNKNOWN_MEMBER_ID', count: 50 },
    ])
  })

  it('tells of connections that are closed, with the member on them', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    const other = await stage.actor({ clientId: 'other' })
    await other.fetch()
    await Promise.all([member.close(), other.close()])
    await expect.poll(() => told(stage, 'connection-closed').length).toBe(2)
    expect(told(stage, 'connection-closed')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ group: 'g', member: member.memberId, client: 'app' }),
        expect.objectContaining({ group: null, member: null, client: 'other' }),
      ]),
    )
  })

  it('tells of what is not handled', async () => {
    await using stage = await Stage.open()
    const actor = await stage.actor()
    await actor.send(Apis.Heartbeat, 4, { groupId: 'g', memberId: '', generationId: 0 }).catch(() => {})
    await actor.send({ ...Apis.Heartbeat, key: 999 } as never, 4, {} as never).catch(() => {})
    await expect.poll(() => told(stage, 'lacked').length).toBe(1)
    expect(told(stage, 'lacked')[0]?.cause).toContain('API key 999')
  })
})

describe('heartbeats in the journal', () => {
  it('are summed up once a minute, with a histogram of their gaps', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(30_000, [member], 3000)
    await stage.pass(40_000, [member], 8000)
    const [summary] = told(stage, 'heartbeats')
    expect(summary).toMatchObject({
      count: 14,
      refused: 0,
      minGapMs: 3000,
      medianGapMs: 3000,
      maxGapMs: 8000,
    })
    const buckets = Object.fromEntries(GAP_BOUNDS_MS.map((bound, i) => [bound, summary?.gaps[i]]))
    expect(buckets).toMatchObject({ 2000: 0, 3000: 9, 5000: 0, 10000: 4, 15000: 0 })
    expect(summary?.gaps).toHaveLength(GAP_BOUNDS_MS.length + 1)
  })

  it('are single only for who asks, with the requests that wait', async () => {
    await using stage = await Stage.open()
    const all: JournalEntry[] = []
    const kept: JournalEntry[] = []
    stage.cohort.journal.subscribe((entry) => kept.push(entry))
    const unsubscribe = stage.cohort.journal.subscribe((entry) => all.push(entry), { singles: true })
    const member = await stage.member()
    await member.heartbeat()
    await stage.pass(3000)
    await member.heartbeat()
    unsubscribe()
    await member.heartbeat()
    const singles = all.filter(({ type }) => type === 'heartbeat' || type === 'asked')
    expect(singles.map(wordsOf)).toEqual([
      "client 'app' sends JoinGroup",
      `${member.memberId} sends JoinGroup`,
      `${member.memberId} sends SyncGroup`,
      `${member.memberId} heartbeats`,
      `${member.memberId} heartbeats after 3 s`,
    ])
    expect(kept.filter((entry) => singles.includes(entry))).toEqual([])
    expect(stage.cohort.journal.entries().filter((entry) => singles.includes(entry))).toEqual([])
  })

  it('have no gap over a rebalance, in which nobody heartbeats', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(9000, [member])
    await stage.pass(20_000)
    await member.join()
    await stage.sync([member])
    await stage.pass(9000, [member])
    stage.findings()
    expect(told(stage, 'heartbeats')).toMatchObject([{ count: 6, maxGapMs: 3000 }])
  })

  it('that are refused in a rebalance are counted as such', async () => {
    await using stage = await Stage.open()
    const member = await stage.member()
    await stage.pass(3000, [member])
    const second = await stage.actor()
    const joining = second.join()
    await stage.parked(second)
    await stage.pass(6000, [member])
    await Promise.all([joining, member.join()])
    stage.findings()
    expect(told(stage, 'heartbeats')).toMatchObject([{ count: 3, refused: 2 }])
    expect(told(stage, 'error').map(({ error }) => error)).toEqual(['REBALANCE_IN_PROGRESS'])
  })
})

describe('bounds', () => {
  const journal = () =>
    new Journal(
      startedEntry(0, 'test', () => null),
      { maxEntries: 100 },
    )

  it('the oldest entries go', () => {
    const bounded = journal()
    for (let i = 0; i < 1000; i++)
      bounded.event({ type: 'group-removed', groupId: `g${i}`, cause: 'it was deleted' }, i)
    const entries = bounded.entries()
    expect(entries).toHaveLength(100)
    expect(entries[0]?.group).toBe('g900')
    expect(bounded.started.type).toBe('started')
  })

  it('are chosen by group, member, type and time', () => {
    const bounded = journal()
    for (let i = 0; i < 20; i++)
      bounded.event({ type: 'member-pending', groupId: `g${i % 2}`, memberId: `m${i % 4}` }, i * 10)
    expect(bounded.entries({ group: 'g1' })).toHaveLength(10)
    expect(bounded.entries({ member: 'm2' })).toHaveLength(5)
    expect(bounded.entries({ types: ['started'] })).toHaveLength(1)
    expect(bounded.entries({ fromMs: 100, toMs: 120 }).map(({ atMs }) => atMs)).toEqual([100, 110, 120])
  })

  it('has the settings of the broker that rules need', async () => {
    await using stage = await Stage.open({ set: { 'group.max.size': 7, 'offsets.retention.minutes': 60 } })
    const { settings, format, gapBoundsMs } = stage.cohort.journal.started
    expect(settings).toMatchObject({
      'group.max.size': '7',
      'offsets.retention.minutes': '60',
      'group.initial.rebalance.delay.ms': '0',
      'group.min.session.timeout.ms': '6000',
    })
    expect([format, gapBoundsMs]).toEqual([1, GAP_BOUNDS_MS])
  })
})
