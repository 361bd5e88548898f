// Who spoke on a connection that closes; what is known of groups.

import { describe, expect, it } from 'vitest'
import { KnownMembers } from '../../src/observe/journal-members.js'

describe('a connection that closes', () => {
  it('is that of the members that were heard there last', () => {
    const members = new KnownMembers()
    const [a, b, moved, gone] = ['a', 'b', 'moved', 'gone'].map((id) => members.of('group', id))
    for (const each of [a, b, moved, gone]) members.speaksOn(each!, 1)
    members.speaksOn(moved!, 2)
    members.forget('group', 'gone')
    expect(members.closed(1)).toEqual([a, b])
    expect(members.closed(1)).toEqual([])
    expect(members.closed(2)).toEqual([moved])
  })

  it('is no longer theirs when they are heard on another', () => {
    const members = new KnownMembers()
    const a = members.of('group', 'a')
    members.speaksOn(a, 1)
    members.closed(1)
    expect(a.connection).toBe(1)
    members.speaksOn(a, 2)
    expect(members.closed(2)).toEqual([a])
  })
})

describe('a group', () => {
  it('is known by its members, its generation, or both', () => {
    const members = new KnownMembers()
    members.setGeneration('group', 3)
    const member = members.of('group', 'a')
    expect(members.generation('group')).toBe(3)
    members.setGeneration('group', null)
    expect(members.generation('group')).toBeNull()
    expect(members.get('group', 'a')).toBe(member)
    members.setGeneration('group', 4)
    members.forget('group', 'a')
    expect(members.generation('group')).toBe(4)
    expect(members.get('group', 'a')).toBeUndefined()
  })

  it('goes with its members when there are too many others', () => {
    const members = new KnownMembers()
    members.of('first', 'a')
    members.setGeneration('first', 1)
    for (let i = 0; i < 20_000; i++) members.setGeneration(`group-${i}`, i)
    expect(members.generation('first')).toBeNull()
    expect(members.get('first', 'a')).toBeUndefined()
    expect([...members.all]).toEqual([])
    expect(members.generation('group-0')).toBe(0)
  })
})
