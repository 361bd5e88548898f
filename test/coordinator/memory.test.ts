// What a shard keeps of requests: bytes of their own, and once what members say alike.

import { describe, expect, it } from 'vitest'
import type { ClassicGroup } from '../../src/coordinator/classic/group.js'
import type { Member } from '../../src/coordinator/classic/member.js'
import { ownCopy } from '../../src/coordinator/classic/own-copy.js'
import { NONE } from '../../src/coordinator/classic/small-map.js'
import { GROUP, Harness, protocols, subscription } from './harness.js'

function membersOf(harness: Harness): Member[] {
  return [...(harness.machine.state.groups.get(GROUP)?.members.values() ?? [])]
}

function stableGroup(groupId: string, members: Parameters<Harness['stable']>[0]): ClassicGroup | undefined {
  const harness = new Harness()
  harness.stable(members)
  return harness.machine.state.groups.get(groupId)
}

describe('of its members a shard', () => {
  it('keeps metadata and assignments apart from what requests are read into', () => {
    const harness = new Harness()
    const frame = Buffer.alloc(70_000)
    const view = frame.subarray(0, subscription('foo').copy(frame))
    harness.stable([{ protocols: [{ name: 'range', metadata: view }] }])
    frame.fill(0)
    const [member] = membersOf(harness)
    const kept = [member?.protocols[0]?.metadata as Buffer, member?.assignment as Buffer]
    expect(kept[0]).toEqual(subscription('foo'))
    for (const bytes of kept) expect(bytes.buffer.byteLength).toBeLessThan(Buffer.poolSize)
    expect(kept[0]?.buffer).not.toBe(frame.buffer)
  })

  it('keeps once what they say alike', () => {
    const harness = new Harness()
    const other = { protocols: [{ name: 'range', metadata: subscription('foo', 'bar') }] }
    harness.stable([{}, {}, other])
    const [leader, second, third] = membersOf(harness)
    expect(second?.protocols).toBe(leader?.protocols)
    expect(third?.protocols).not.toBe(leader?.protocols)
    expect(third?.protocols).toEqual(other.protocols)
    expect(harness.describe().members.map(({ memberMetadata }) => memberMetadata)).toEqual([
      subscription('foo'),
      subscription('foo'),
      subscription('foo', 'bar'),
    ])
  })

  it('keeps what the others said when one says something else', () => {
    const harness = new Harness()
    const [leader, second] = harness.stable([{}, {}])
    harness.join({ memberId: second!.memberId, protocols: protocols('range', 'sticky') })
    harness.join({ memberId: leader!.memberId })
    const names = membersOf(harness).map((member) => member.protocols.map(({ name }) => name))
    expect(names).toEqual([['range'], ['range', 'sticky']])
  })

  it('keeps the protocols of one that comes back as it was', () => {
    const harness = new Harness()
    const [leader] = harness.stable()
    const [before] = membersOf(harness)
    const kept = before?.protocols
    harness.join({ memberId: leader!.memberId })
    expect(membersOf(harness)[0]?.protocols).toBe(kept)
  })

  it('keeps once what members of several groups say alike', () => {
    const members = ['a', 'b'].map((groupId) => {
      const harness = new Harness()
      harness.stable([{ groupId }])
      return [...(harness.machine.state.groups.get(groupId)?.members.values() ?? [])][0]
    })
    expect(members[0]?.protocols).toEqual(protocols('range'))
    expect(members[1]?.protocols).toBe(members[0]?.protocols)
  })

  it('keeps the topics once of groups that subscribe alike', () => {
    const [a, b] = ['a', 'b'].map((groupId) => stableGroup(groupId, [{ groupId }]))
    expect([...(a?.subscribedTopics?.keys() ?? [])]).toEqual(['foo'])
    expect(b?.subscribedTopics).toBe(a?.subscribedTopics)
    const other = stableGroup('c', [
      { groupId: 'c' },
      { groupId: 'c', protocols: [{ name: 'range', metadata: subscription('bar') }] },
    ])
    expect([...(other?.subscribedTopics?.keys() ?? [])]).toEqual(['foo', 'bar'])
    expect([...(a?.subscribedTopics?.keys() ?? [])]).toEqual(['foo'])
  })

  it('has nothing left of a rebalance, and nothing of what a group has not', () => {
    const group = stableGroup(GROUP, [{}])
    const { pendingJoin, pendingSync, staticMembers, supportedProtocols, joinTimer, syncTimer } = group!
    for (const none of [pendingJoin, pendingSync, staticMembers]) expect(none).toBe(NONE)
    expect([supportedProtocols, joinTimer, syncTimer]).toEqual([null, null, null])
    expect(NONE.size).toBe(0)
  })

  it('tells bytes apart whatever place they fall on', () => {
    const texts = Array.from({ length: 2000 }, (_, i) => `assignment ${i}`)
    for (const text of texts) expect(String(ownCopy(Buffer.from(text)))).toBe(text)
    const kept = ownCopy(Buffer.from('once'))
    expect(ownCopy(Buffer.from('once'))).toBe(kept)
  })
})
