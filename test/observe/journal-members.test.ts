// Who spoke on a connection that closes.

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
