// Waiting for a group instead of sleeping, and provoking what it should survive.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { RawMember } from './member.js'

let cohort: Cohort
const members: RawMember[] = []

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 } })
})
afterEach(async () => {
  for (const { client } of members.splice(0)) client.close()
  await cohort.stop()
})

async function member(options: Parameters<typeof RawMember.connect>[2] = {}): Promise<RawMember> {
  const made = await RawMember.connect(cohort, 'g', options)
  members.push(made)
  return made
}

async function alone(options: Parameters<typeof RawMember.connect>[2] = {}): Promise<RawMember> {
  const made = await RawMember.alone(cohort, 'g', options)
  members.push(made)
  return made
}

/** The second one's JoinGroup has come. */
const twoMembers = () =>
  vi.waitFor(async () => {
    const group = await cohort.group('g').snapshot()
    if (group?.members.length !== 2) throw new Error('not yet')
    return group
  })

describe('waits', () => {
  it('for a Stable group with so many members', async () => {
    const stable = cohort.group('g').stable({ members: 1 })
    const made = await alone()
    const group = await stable
    expect(group).toMatchObject({ state: 'Stable', generation: 1, leaderId: made.memberId })
    expect(group.members).toMatchObject([
      { memberId: made.memberId, isLeader: true, owes: null, waitsIn: null },
    ])
  })

  it('resolve at once when it is so already', async () => {
    await alone()
    await cohort.group('g').stable()
    expect((await cohort.group('g').generation(1)).generation).toBe(1)
    expect(await cohort.group('g').assigned('orders', 0)).toBe(members[0]?.memberId)
  })

  it('for a group without members, which a group that does not exist is too', async () => {
    await cohort.group('g').empty()
    await alone()
    const empty = cohort.group('g').empty()
    await cohort.group('g').kick(members[0]?.memberId as string)
    await empty
  })

  it('for a generation by number or by condition', async () => {
    const first = await alone()
    const second = cohort.group('g').generation((generation) => generation > 1)
    await first.join()
    expect((await second).generation).toBe(2)
  })

  it('for a partition to be assigned, and tells to whom', async () => {
    const owner = cohort.group('g').assigned('orders', 0)
    const { memberId } = await alone()
    expect(await owner).toBe(memberId)
  })

  it('for an offset to be committed, at least that far', async () => {
    const committed = cohort.group('g').committed('orders', 0, 5)
    const made = await alone()
    expect(await made.commit(4)).toBe(E.NONE)
    expect(await made.commit(7)).toBe(E.NONE)
    expect(await committed).toBe(7n)
    expect(await cohort.group('g').committedOffset('orders', 1)).toBe(-1n)
  })

  it('end at their limit and say what was seen instead: state, who is in, who is awaited, what runs', async () => {
    await alone()
    const second = await member()
    second.join().catch(() => {})
    await twoMembers()
    const late = cohort.group('g').stable({ members: 2, timeout: '150ms' })
    await expect(late).rejects.toThrow(
      new RegExp(
        [
          "group 'g' Stable with 2 members: not within 150 ms; instead",
          "group 'g' is PreparingRebalance for \\d+ ms, generation 1, 2 members",
          '  raw-\\S+ \\(leader\\): is awaited: it owes a JoinGroup; its session runs out in \\d+(\\.\\d)? s',
          '  raw-\\S+: has sent JoinGroup and waits for the answer',
          '  the join phase ends in (\\d+(\\.\\d)? s|1 min) at the latest',
        ].join('\\n'),
      ),
    )
  })

  it('say so when nobody ever came', async () => {
    const never = cohort.group('nobody').stable({ timeout: 50 })
    await expect(never).rejects.toThrow(
      "group 'nobody' does not exist: nobody has joined it or committed to it",
    )
  })

  it('for a group to have caught up, and says what it lacks', async () => {
    await cohort.produce('orders', [
      { value: 'a', partition: 0 },
      { value: 'b', partition: 0 },
    ])
    const made = await alone()
    expect(await cohort.group('g').lag()).toEqual([
      { topic: 'orders', partition: 0, committed: -1n, end: 2n, lag: 2n },
    ])
    const caughtUp = cohort.group('g').caughtUp()
    await made.commit(1)
    await made.commit(2)
    await caughtUp
    await cohort.commit('simple', { orders: { 0: 1 } })
    await expect(cohort.group('simple').caughtUp({ timeout: 20 })).rejects.toThrow(
      "group 'simple' caught up: not within 20 ms",
    )
  })

  it('for nothing to be under way', async () => {
    await cohort.quiesce()
    const first = await alone()
    const second = await member()
    const joined = second.join()
    await twoMembers()
    await expect(cohort.quiesce({ timeout: 100 })).rejects.toThrow(
      /JoinGroup of client 'raw', group 'g' waits for its answer\ngroup 'g' is PreparingRebalance/,
    )
    await first.join()
    await joined
    await first.sync([0])
    await second.sync()
    await cohort.quiesce()
  })
})

describe('provoking', () => {
  it('a rebalance makes the members rejoin, with the reason in the events', async () => {
    const made = await alone()
    await cohort.group('g').rebalance('because I say so')
    expect(await made.heartbeat()).toBe(E.REBALANCE_IN_PROGRESS)
    expect(cohort.events('g').at(-1)).toMatchObject({ to: 'PreparingRebalance', cause: 'because I say so' })
    await made.join()
    expect(made.generationId).toBe(2)
  })

  it('a rebalance needs members in a generation', async () => {
    await expect(cohort.group('g').rebalance()).rejects.toThrow("there is no group 'g'")
    await cohort.commit('g', { orders: { 0: 1 } })
    await expect(cohort.group('g').rebalance()).rejects.toThrow(
      "group 'g' is Empty: only a group with members in a generation can rebalance",
    )
  })

  it('an expired member is unknown afterwards, as after silence', async () => {
    const made = await alone()
    await cohort.group('g').expire('raw')
    expect(await made.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
    const removed = cohort.events('g').find(({ type }) => type === 'member-removed')
    expect(removed).toMatchObject({ cause: `removing member ${made.memberId} on heartbeat expiration.` })
  })

  it('a member whose request waits does not expire, and the refusal says so', async () => {
    await alone()
    const second = await member()
    second.join().catch(() => {})
    const waiting = (await twoMembers()).members[1]?.memberId as string
    await expect(cohort.group('g').expire(waiting)).rejects.toThrow(
      /the JoinGroup of 'raw-\S+' waits for its answer/,
    )
  })

  it('a kicked member has left, and a name that means nobody or several is refused with the situation', async () => {
    const made = await alone()
    await expect(cohort.group('g').kick('nobody')).rejects.toThrow(
      /'nobody' is no member of group 'g'\ngroup 'g' is Stable/,
    )
    await cohort.group('g').kick(made.memberId)
    expect(await made.heartbeat()).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('a fenced instance is told so', async () => {
    const made = await alone({ groupInstanceId: 'i1' })
    await cohort.group('g').fence('i1')
    expect(await made.heartbeat()).toBe(E.FENCED_INSTANCE_ID)
    await expect(cohort.group('g').fence('i2')).rejects.toThrow("group 'g' has no instance 'i2'")
  })

  it('a coordinator that loads says so, and its group is back afterwards', async () => {
    const made = await alone()
    await made.commit(3)
    const loaded = cohort.group('g').loading('40ms')
    expect(await made.commit(4)).toBe(E.COORDINATOR_LOAD_IN_PROGRESS)
    expect(await made.heartbeat()).toBe(E.NONE) // Kafka lets members believe that all is well
    await loaded
    expect(await made.heartbeat()).toBe(E.NONE)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(3n)
    expect(await cohort.group('g').snapshot()).toMatchObject({ state: 'Stable', generation: 1 })
  })

  it('a coordinator that is unloaded sends away who waits', async () => {
    await alone()
    const second = await member()
    const joined = second.join()
    await twoMembers()
    const loaded = cohort.group('g').loading(10)
    expect((await joined).errorCode).toBe(E.NOT_COORDINATOR)
    await loaded
  })

  it('a connection is cut by client, or all are', async () => {
    const made = await alone()
    expect(cohort.connectedClients()).toMatchObject([{ clientId: 'raw', host: '/127.0.0.1' }])
    expect(cohort.disconnect('another')).toBe(0)
    expect(cohort.disconnect('raw')).toBe(1)
    await made.client.closed
  })
})
