// Where logs begin and end, how far a group is behind, and what new offsets would be.

import { describe, expect, it } from 'vitest'
import { Cluster } from '../../src/client/cluster.js'
import { describeGroup } from '../../src/client/groups.js'
import { lagOf, totalLag } from '../../src/client/lag.js'
import { listOffsets } from '../../src/client/list-offsets.js'
import { planDelete, planReset, planSet } from '../../src/client/plan.js'
import { startCohort } from '../../src/index.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { RawMember } from '../testkit/member.js'
import { fakeBroker, metadataOf } from './fake-broker.js'

const patience = { tries: 16, delayMs: 1, maxDelayMs: 1 }
const clusterOf = (port: number) => new Cluster([{ host: '127.0.0.1', port }], { patience })

type Asked = { topics: { name: string; partitions: { partitionIndex: number; timestamp: bigint }[] }[] }

/** ListOffsets that answers each partition like this. */
const offsetsOf =
  (answer: (partition: number, timestamp: bigint) => { errorCode?: number; offset?: bigint }) =>
  ({ topics }: Asked) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        ...answer(partitionIndex, timestamp),
      })),
    })),
  })

const places = (...partitions: number[]) => partitions.map((partition) => ({ topic: 't', partition }))

describe('listOffsets', () => {
  it('asks each leader for its partitions, and answers in the order asked', async () => {
    await using second = await fakeBroker({
      ListOffsets: offsetsOf((partition) => ({ offset: 20n + BigInt(partition) })),
    })
    await using first = await fakeBroker({
      Metadata: () => metadataOf([first.port, second.port], { t: [1, 2, 1] }),
      ListOffsets: offsetsOf((partition) => ({ offset: 10n + BigInt(partition) })),
    })
    const cluster = clusterOf(first.port)
    const found = await listOffsets(cluster, places(2, 1, 0), 'latest')
    expect(found.map(({ offset }) => offset)).toEqual([12n, 21n, 10n])
    await cluster.close()
  })

  it('asks again when the leader is another by now', async () => {
    const leaders = [[1], [1], [2]]
    await using second = await fakeBroker({ ListOffsets: offsetsOf(() => ({ offset: 7n })) })
    await using first = await fakeBroker({
      Metadata: () => metadataOf([first.port, second.port], { t: leaders.shift() ?? [2] }),
      ListOffsets: offsetsOf(() => ({ errorCode: ErrorCodes.NOT_LEADER_OR_FOLLOWER })),
    })
    const cluster = clusterOf(first.port)
    expect(await listOffsets(cluster, places(0), 'latest')).toMatchObject([{ offset: 7n, error: null }])
    await cluster.close()
  })

  it('gives up on a partition without a leader, and tells the others', async () => {
    await using broker = await fakeBroker({
      Metadata: () => metadataOf([broker.port], { t: [1, -1] }),
      ListOffsets: offsetsOf(() => ({ offset: 7n })),
    })
    const cluster = clusterOf(broker.port)
    const [led, leaderless, missing] = await listOffsets(cluster, places(0, 1, 2), 'latest')
    expect(led).toMatchObject({ offset: 7n, error: null })
    expect(leaderless?.error?.message).toMatch(/^t-1 has no leader: its replicas are offline/)
    expect(missing?.error?.message).toMatch(/^t-2 does not exist/)
    expect(broker.requests.filter((each) => each.startsWith('Metadata'))).toHaveLength(5)
    await cluster.close()
  })
})

describe('lag', () => {
  it('is what is not committed, by owner', async () => {
    await using cohort = await startCohort({ topics: { orders: 4, users: 1 } })
    await cohort.produce(
      'orders',
      [0, 0, 0, 1, 1, 2].map((partition) => ({ value: 'x', partition })),
    )
    const member = await RawMember.connect(cohort, 'g')
    await member.join()
    await member.sync([0, 3, 2])
    await member.commit(1, 0)
    await member.commit(2, 1)
    const cluster = clusterOf(cohort.port)
    const lag = await lagOf(cluster, 'g', await describeGroup(cluster, 'g'))
    expect(
      lag.map(({ partition, committed, end, lag, owner }) => [
        partition,
        committed,
        end,
        lag,
        owner?.clientId,
      ]),
    ).toEqual([
      [0, 1n, 3n, 2n, 'raw'],
      [1, 2n, 2n, 0n, undefined],
      [2, null, 1n, 1n, 'raw'],
      [3, null, 0n, 0n, 'raw'],
    ])
    expect(totalLag(lag)).toBe(3n)
    expect(lag).toMatchObject(
      (await cohort.group('g').lag())
        .map(({ partition, lag }) => ({ partition, lag }))
        .sort((a, b) => a.partition - b.partition),
    )
    await cluster.close()
    member.client.close()
  })

  it('counts from where the log begins, and below zero when it was made anew', async () => {
    const answer = (partition: number, timestamp: bigint) => ({
      offset: timestamp === -2n ? 5n : 10n + BigInt(partition),
    })
    const committed = [
      { partitionIndex: 0, committedOffset: 3n },
      { partitionIndex: 1, committedOffset: 99n },
      { partitionIndex: 2, committedOffset: -1n },
    ]
    await using broker = await fakeBroker({
      Metadata: () => metadataOf([broker.port], { t: [1, 1, 1, 1] }),
      FindCoordinator: () => ({
        coordinators: [{ key: 'g', nodeId: 1, host: '127.0.0.1', port: broker.port }],
      }),
      OffsetFetch: () => ({ groups: [{ groupId: 'g', topics: [{ name: 't', partitions: committed }] }] }),
      ListOffsets: offsetsOf(answer),
    })
    const cluster = clusterOf(broker.port)
    const owner = {
      memberId: 'm',
      instanceId: null,
      clientId: 'm',
      host: 'h',
      subscribed: null,
      assigned: { kind: 'consumer', partitions: places(3) },
    } as const
    const lag = await lagOf(cluster, 'g', { members: [owner] })
    expect(lag.map(({ partition, committed, lag }) => [partition, committed, lag])).toEqual([
      [0, 3n, 7n],
      [1, 99n, -88n],
      [3, null, 8n],
    ])
    expect(totalLag(lag)).toBe(15n)
    await cluster.close()
  })
})

describe('a plan', () => {
  async function planned(body: (cluster: Cluster) => Promise<void>) {
    await using cohort = await startCohort({ topics: { orders: 3, users: 1 } })
    await cohort.produce(
      'orders',
      [0, 0, 0, 0, 1].map((partition) => ({ value: 'x', partition })),
    )
    await cohort.commit('g', { orders: { 0: 2, 1: 1 } })
    const cluster = clusterOf(cohort.port)
    await body(cluster).finally(() => cluster.close())
  }
  const orders = new Map([['orders', null]])
  const rows = (
    plan: readonly { partition: number; from: bigint | null; to: bigint | null; note: string | null }[],
  ) => plan.map(({ partition, from, to, note }) => [partition, from, to, note])

  it('to the earliest and the latest', () =>
    planned(async (cluster) => {
      expect(rows(await planReset(cluster, 'g', orders, { kind: 'earliest' }))).toEqual([
        [0, 2n, 0n, null],
        [1, 1n, 0n, null],
        [2, null, 0n, null],
      ])
      expect(rows(await planReset(cluster, 'g', orders, { kind: 'latest' }))).toEqual([
        [0, 2n, 4n, null],
        [1, 1n, 1n, null],
        [2, null, 0n, null],
      ])
    }))

  it('to an offset, or so many further, stays within the log', () =>
    planned(async (cluster) => {
      expect(
        rows(await planReset(cluster, 'g', new Map([['orders', [1, 0]]]), { kind: 'offset', offset: 3n })),
      ).toEqual([
        [0, 2n, 3n, null],
        [1, 1n, 1n, 'the log ends there, before 3'],
      ])
      expect(rows(await planReset(cluster, 'g', 'committed', { kind: 'shift', by: -2n }))).toEqual([
        [0, 2n, 0n, null],
        [1, 1n, 0n, 'the log begins there, after -1'],
      ])
      await expect(planReset(cluster, 'g', orders, { kind: 'shift', by: 1n })).rejects.toThrow(
        'orders-2 cannot be shifted: nothing is committed for it',
      )
    }))

  it('to a time is the first record from then on, else the end', async () => {
    await using cohort = await startCohort({ topics: { orders: 2 } })
    const records = [
      [0, 1000],
      [0, 2000],
      [0, 3000],
      [1, 1500],
    ] as const
    await cohort.produce(
      'orders',
      records.map(([partition, timestamp]) => ({ value: 'x', partition, timestamp })),
    )
    const cluster = clusterOf(cohort.port)
    const at = async (timestampMs: number) =>
      rows(await planReset(cluster, 'g', orders, { kind: 'time', timestampMs }))
    expect(await at(1001)).toEqual([
      [0, null, 1n, null],
      [1, null, 0n, null],
    ])
    expect(await at(3000)).toEqual([
      [0, null, 2n, null],
      [1, null, 1n, 'no record is that young: the end'],
    ])
    await cluster.close()
  })

  it('of what does not exist is refused', () =>
    planned(async (cluster) => {
      const latest = { kind: 'latest' } as const
      await expect(planReset(cluster, 'g', new Map([['nope', null]]), latest)).rejects.toThrow(
        "topic 'nope' does not exist",
      )
      await expect(planReset(cluster, 'g', new Map([['orders', [3]]]), latest)).rejects.toThrow(
        "topic 'orders' has partitions 0 to 2: there is no 3",
      )
      await expect(planReset(cluster, 'other', 'committed', latest)).rejects.toThrow(
        "group 'other' has committed nothing: say which topics with --topic",
      )
      await expect(planDelete(cluster, 'g', new Map([['users', null]]))).rejects.toThrow(
        "group 'g' has nothing committed in topic 'users'",
      )
    }))

  it('to exactly these offsets says when they are beside the log', () =>
    planned(async (cluster) => {
      const wanted = [
        { topic: 'orders', partition: 1, offset: 9n },
        { topic: 'orders', partition: 0, offset: 4n },
      ]
      expect(rows(await planSet(cluster, 'g', wanted))).toEqual([
        [0, 2n, 4n, null],
        [1, 1n, 9n, 'the log is 0 to 1: consumers will do what auto.offset.reset says'],
      ])
    }))

  it('of a deletion has what is committed', () =>
    planned(async (cluster) => {
      expect(rows(await planDelete(cluster, 'g', orders))).toEqual([
        [0, 2n, null, null],
        [1, 1n, null, null],
      ])
      expect(rows(await planDelete(cluster, 'g', new Map([['orders', [1, 2]]])))).toEqual([
        [1, 1n, null, null],
      ])
    }))
})
