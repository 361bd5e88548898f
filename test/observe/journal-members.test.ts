// Who spoke on a connection that closes; who is found; what is known of groups.

import { describe, expect, it } from 'vitest'
import { KnownMembers } from '../../src/observe/journal-members.js'

/** It has been heard there. */
function speaks(members: KnownMembers, id: string, connection: number, group = 'group') {
  const known = members.of(group, id)
  members.heard(connection, group, id, 1)
  members.speaksOn(known, connection)
  return known
}

describe('a connection that closes', () => {
  it('is that of the members that were heard there last', () => {
    const members = new KnownMembers(0)
    const [a, b] = ['a', 'b', 'moved', 'gone'].map((id) => speaks(members, id, 1))
    const moved = speaks(members, 'moved', 2)
    members.forget('group', 'gone')
    expect(members.closed(1)).toEqual([a, b])
    expect(members.closed(1)).toEqual([])
    expect(members.closed(2)).toEqual([moved])
  })

  it('is no longer theirs when they are heard on another', () => {
    const members = new KnownMembers(0)
    const a = speaks(members, 'a', 1)
    members.closed(1)
    expect(a.connection).toBe(1)
    expect(members.isConnected(1)).toBe(false)
    speaks(members, 'a', 2)
    expect(members.closed(2)).toEqual([a])
  })

  it('stays closed, whatever is answered on it afterwards', () => {
    const members = new KnownMembers(0)
    const a = speaks(members, 'a', 1)
    members.closed(1)
    members.fetched(1, null, 5)
    members.speaksOn(members.of('group', 'late'), 1)
    expect(members.isConnected(1)).toBe(false)
    expect(members.closed(1)).toEqual([])
    expect(members.fetchedMs(a)).toBeNull()
  })
})

describe('a member', () => {
  const heardAgoMs = (members: KnownMembers, group: string, id: string) => {
    const known = members.get(group, id)
    return known === undefined ? undefined : members.heartbeats.heardAgoMs(known.row, 1000)
  }

  it('is found among others of its connection, in whatever order they are heard', () => {
    const members = new KnownMembers(0)
    const ids = ['a', 'b', 'c', 'd']
    for (const id of ids) speaks(members, id, 1)
    const orders = ['abcd', 'abcd', 'dcba', 'aabb', 'abdc', 'bada', 'abcd']
    for (const [round, order] of orders.entries())
      for (const [i, id] of [...order].entries()) {
        const atMs = 10 * round + i + 10
        members.heard(1, 'group', id, atMs)
        expect(heardAgoMs(members, 'group', id)).toBe(1000 - atMs)
      }
  })

  it('is another one than that of the same id in another group', () => {
    const members = new KnownMembers(0)
    const [here, there] = [speaks(members, 'a', 1, 'here'), speaks(members, 'a', 1, 'there')]
    expect(here).not.toBe(there)
    for (const atMs of [100, 200]) {
      members.heard(1, 'here', 'a', atMs)
      members.heard(1, 'there', 'a', atMs + 50)
    }
    expect([heardAgoMs(members, 'here', 'a'), heardAgoMs(members, 'there', 'a')]).toEqual([800, 750])
    members.forget('here', 'a')
    expect(members.get('here', 'a')).toBeUndefined()
    expect(members.get('there', 'a')).toBe(there)
  })

  it('is not found any more when it is forgotten, nor what was known of it when it comes again', () => {
    const members = new KnownMembers(0)
    for (const id of ['a', 'b', 'a', 'b']) speaks(members, id, 1)
    members.heard(1, 'group', 'a', 10)
    members.forget('group', 'b')
    members.heard(1, 'group', 'b', 20)
    expect(members.get('group', 'b')).toBeUndefined()
    members.forget('group', 'a')
    members.heard(1, 'group', 'a', 30)
    expect(members.get('group', 'a')).toBeUndefined()
    const again = members.of('group', 'a')
    expect(heardAgoMs(members, 'group', 'a')).toBeNull()
    members.heard(1, 'group', 'a', 40)
    expect(members.get('group', 'a')).toBe(again)
    expect(heardAgoMs(members, 'group', 'a')).toBe(960)
  })

  it('goes when there are too many others, with an old group first', () => {
    const members = new KnownMembers(0)
    members.setGeneration('nobody', 1)
    members.of('old', 'a')
    for (let i = 0; i < 20_000; i++) members.of('large', `member-${i}`)
    expect(members.get('old', 'a')).toBeUndefined()
    expect(members.get('large', 'member-0')).toBeDefined()
    members.of('large', 'one more')
    expect(members.get('large', 'member-0')).toBeUndefined()
    expect([...members.all()]).toHaveLength(20_000)
  })

  it('does not go at once, though its group was the oldest', () => {
    const members = new KnownMembers(0)
    members.setGeneration('old', 1)
    for (let i = 0; i < 20_000; i++) members.of('large', `member-${i}`)
    const fresh = members.of('old', 'a')
    expect(members.get('old', 'a')).toBe(fresh)
    expect(members.get('large', 'member-0')).toBeUndefined()
    members.heartbeats.beat(fresh.row, 5, false)
    expect([...members.all()].filter(({ row }) => members.heartbeats.countOf(row) > 0)).toEqual([fresh])
  })

  it('keeps nobody in memory who was heard after it and is forgotten', () => {
    const members = new KnownMembers(0)
    const staying = speaks(members, 'staying', 1)
    for (let i = 0; i < 10; i++) {
      speaks(members, `short-${i}`, 1)
      members.forget('group', `short-${i}`)
    }
    let kept = 0
    for (let next = staying.next; next !== undefined; next = next.next) kept++
    expect(kept).toBe(1)
  })
})

describe('a group', () => {
  it('is known by its members, its generation, or both', () => {
    const members = new KnownMembers(0)
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
    const members = new KnownMembers(0)
    members.of('first', 'a')
    members.setGeneration('first', 1)
    for (let i = 0; i < 20_000; i++) members.setGeneration(`group-${i}`, i)
    expect(members.generation('first')).toBeNull()
    expect(members.get('first', 'a')).toBeUndefined()
    expect([...members.all()]).toEqual([])
    expect(members.generation('group-0')).toBe(0)
  })
})
