// Rules about who reads what, each with a scenario that triggers it and one close by that does not.

import { describe, expect, it } from 'vitest'
import { examineGroups } from '../../src/doctor/examine.js'
import type { GroupFacts, MemberFacts } from '../../src/doctor/group-facts.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { few, Stage } from './stage.js'

describe('R8 eager assignor', () => {
  it('is found when a third member makes two give up what they keep', async () => {
    await using stage = await Stage.open()
    await stage.members(3)
    const [finding] = stage.findings('R8')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe(
      '2 members gave up 6 partitions, and got 2 of them back: only 4 had to move',
    )
    expect(finding?.explanation).toContain("'range' is an eager assignor")
  })

  it('is not with a cooperative assignor', async () => {
    await using stage = await Stage.open()
    await stage.members(3, { assignors: ['cooperative-sticky'] })
    expect(stage.findings('R8')).toEqual([])
  })

  it('is told of three members that a broker describes', () => {
    const three = [member('a', ['orders-0']), member('b', ['orders-1']), member('c', ['orders-2'])]
    expect(rulesOf({ ...GROUP, members: three })).toEqual(['R8'])
    expect(rulesOf({ ...GROUP, members: three, protocol: 'cooperative-sticky' })).toEqual([])
    expect(rulesOf({ ...GROUP, members: three.slice(1) })).toEqual([])
  })
})

describe('R9 no assignor in common', () => {
  it("is found for kafkajs's name and Java's of the same thing", async () => {
    await using stage = await Stage.open()
    await stage.member({ clientId: 'node', assignors: ['RoundRobinAssigner'] })
    const java = await stage.actor({ clientId: 'java', assignors: ['roundrobin'] })
    expect((await java.join()).errorCode).toBe(E.INCONSISTENT_GROUP_PROTOCOL)
    const [finding] = stage.findings('R9')
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe(
      "Client 'java' offers roundrobin; the group's members have RoundRobinAssigner",
    )
    expect(finding?.remedy).toContain("such as 'RoundRobinAssigner'")
  })

  it('is not as long as one name is common', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ assignors: ['range', 'cooperative-sticky'] })
    await stage.member({ assignors: ['roundrobin', 'range'] }, [first])
    expect(stage.findings('R9')).toEqual([])
  })
})

describe('R10 more members than partitions', () => {
  it('is found for the third member of two partitions', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({}, [], few(2))
    const second = await stage.member({}, [first], few(2))
    const third = await stage.member({}, [first, second], few(2))
    const [finding] = stage.findings('R10')
    expect(finding?.severity).toBe('info')
    expect(finding?.headline).toBe(
      `3 members share 2 partitions: member ${third.memberId} has nothing to read`,
    )
    expect(finding?.remedy).toContain('--partitions 3')
  })

  it('is not for two, nor in the round in which a cooperative assignor takes away what it moves', async () => {
    await using stage = await Stage.open()
    const options = { assignors: ['cooperative-sticky'] }
    const first = await stage.member(options, [], few(2))
    await stage.member(options, [first], few(1))
    expect(stage.findings('R10')).toEqual([])
  })

  it('is told of what a broker describes', () => {
    const idle = { ...GROUP, members: [member('a', ['orders-0']), member('b', [])] }
    expect(rulesOf({ ...idle, partitionCount: 1 })).toEqual(['R10'])
    expect(rulesOf({ ...idle, partitionCount: 2 })).toEqual([])
  })
})

describe('R11 two applications in one group', () => {
  it('is found for members with different topics', async () => {
    await using stage = await Stage.open()
    const orders = await stage.member({ clientId: 'shop' })
    await stage.member({ clientId: 'bank', topics: ['payments'] }, [orders])
    const [finding] = stage.findings('R11')
    expect(finding?.severity).toBe('warning')
    expect(finding?.headline).toContain("('shop': orders; 'bank': payments)")
  })

  it('is not for the same topics in another order', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ topics: ['orders', 'payments'] })
    await stage.member({ topics: ['payments', 'orders'] }, [first])
    expect(stage.findings('R11')).toEqual([])
  })

  it('is not any more when the second has gone', async () => {
    await using stage = await Stage.open()
    const orders = await stage.member({ clientId: 'shop' })
    const other = await stage.member({ clientId: 'bank', topics: ['payments'] }, [orders])
    await other.leave()
    await orders.join()
    await stage.sync([orders])
    expect(stage.findings('R11')).toEqual([])
  })

  it('is told of what a broker describes', () => {
    const both = { ...member('b', ['payments-0']), topics: ['payments'] }
    expect(rulesOf({ ...GROUP, members: [member('a', ['orders-0']), both] })).toEqual(['R11'])
  })
})

const GROUP: GroupFacts = {
  groupId: 'g',
  state: 'Stable',
  protocolType: 'consumer',
  protocol: 'range',
  members: [],
  partitionCount: 6,
  offsets: [],
}

function member(memberId: string, partitions: readonly string[]): MemberFacts {
  const topics = ['orders']
  return { memberId, clientId: memberId, clientHost: '/127.0.0.1', instanceId: null, topics, partitions }
}

const rulesOf = (facts: GroupFacts) => examineGroups([facts], 0).map(({ rule }) => rule)
