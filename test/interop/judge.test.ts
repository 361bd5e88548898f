// The judge of what a group has read: what it must find, and what it must let pass.

import { describe, expect, it } from 'vitest'
import { type Event, readEvent } from '../../interop/runner/event.js'
import { disorder, judge, owned } from '../../interop/runner/judge.js'

const assigned = (at: number, ...partitions: number[]): Event => ({ event: 'assigned', at, partitions })
const revoked = (at: number, ...partitions: number[]): Event => ({ event: 'revoked', at, partitions })
const read = (at: number, offset: number, partition = 0): Event => ({
  event: 'consumed',
  at,
  partition,
  offset,
  value: `v-${offset}`,
})
const committed = (at: number, offset: number, partition = 0): Event => ({
  event: 'committed',
  at,
  offsets: { [partition]: offset },
})
const member = (name: string, ...events: Event[]) => ({ name, events })
const values = (count: number) => Array.from({ length: count }, (_, i) => `v-${i}`)

describe('the judge', () => {
  it('lets pass what was handed over after a commit', () => {
    const a = member('a', assigned(1, 0), read(2, 0), read(2, 1), committed(3, 2), revoked(4, 0))
    const b = member('b', assigned(5, 0), read(6, 2))
    expect(judge(values(3), [a, b])).toEqual([])
  })

  it('lets a record be read twice that was not committed', () => {
    const a = member('a', assigned(1, 0), read(2, 0), committed(3, 1), read(4, 1), revoked(5, 0))
    const b = member('b', assigned(6, 0), read(7, 1))
    expect(judge(values(2), [a, b])).toEqual([])
  })

  it('finds a record that nobody read', () => {
    expect(judge(values(2), [member('a', assigned(1, 0), read(2, 0))])).toEqual([
      '1 of 2 records were read by nobody: v-1 ...',
    ])
  })

  it('finds a record that was read twice although it was committed', () => {
    const a = member('a', assigned(1, 0), read(2, 0), committed(3, 1), revoked(4, 0))
    const b = member('b', assigned(5, 0), read(6, 0))
    expect(judge(values(1), [a, b])).toEqual(['b began partition 0 at 0, although a had committed 1 before'])
  })

  it('finds an offset that was left out, and one that came again', () => {
    const a = member('a', assigned(1, 0), read(2, 0), read(3, 2))
    expect(judge([], [a])).toEqual(['a read offset 2 of partition 0 right after 0'])
    const b = member('b', assigned(1, 0), read(2, 0), read(3, 0))
    expect(judge([], [b])).toEqual(['b read offset 0 of partition 0 right after 0'])
  })

  it('finds callbacks out of order', () => {
    expect(disorder(member('a', assigned(1, 0), revoked(2, 0), assigned(3, 0, 1), read(4, 5, 1)))).toEqual([])
    expect(disorder(member('a', assigned(1, 0), assigned(2, 0)))).toEqual([
      'a was assigned 0 twice without a revocation',
    ])
    expect(disorder(member('a', revoked(1, 0), read(2, 0)))).toEqual([
      'a lost 0, which it did not have',
      'a read from 0, which it did not have',
    ])
  })

  it('knows what is owned now', () => {
    expect(owned([assigned(1, 2, 0), assigned(2, 1), revoked(3, 2)])).toEqual([0, 1])
    expect(owned([assigned(1, 0), { event: 'left', at: 2 }])).toEqual([])
  })
})

describe('an event', () => {
  it('is read from a line, and nothing else is', () => {
    expect(readEvent('{"event":"left","at":1}')).toEqual({ event: 'left', at: 1 })
    for (const line of ['', 'left', '{', '{}', '{"event":"left"}']) expect(readEvent(line)).toBeNull()
  })
})
