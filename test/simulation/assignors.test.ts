// What each assignor gives whom.

import { describe, expect, it } from 'vitest'
import {
  ASSIGNORS,
  type AssignorName,
  rebalanceProtocolOf,
} from '../../src/simulation/assignors/assignors.js'
import { readStickyUserData, stickyUserData } from '../../src/simulation/assignors/sticky.js'
import type { Subscriber } from '../../src/simulation/assignors/types.js'

function member(memberId: string, given: Partial<Subscriber> = {}): Subscriber {
  return { memberId, groupInstanceId: null, topics: ['t'], owned: new Map(), generation: -1, ...given }
}

function assign(name: AssignorName, members: readonly Subscriber[], counts: Record<string, number>) {
  const assignment = ASSIGNORS[name].assign(members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...assignment].map(([id, list]) => [
      id,
      list.map(({ topic, partition }) => `${topic}${partition}`).sort(),
    ]),
  )
}

const owns = (generation: number, ...partitions: number[]) => ({
  generation,
  owned: new Map([['t', partitions]]),
})

describe('range', () => {
  it('gives neighbours, per topic, the first members one more', () => {
    expect(assign('range', [member('b'), member('a')], { t: 5 })).toEqual({
      a: ['t0', 't1', 't2'],
      b: ['t3', 't4'],
    })
    const two = ['a', 'b'].map((id) => member(id, { topics: ['t', 'u'] }))
    expect(assign('range', two, { t: 3, u: 3 })).toEqual({ a: ['t0', 't1', 'u0', 'u1'], b: ['t2', 'u2'] })
  })

  it('sorts static members by their instance, before the others', () => {
    const members = [
      member('a'),
      member('z', { groupInstanceId: '1' }),
      member('y', { groupInstanceId: '2' }),
    ]
    expect(assign('range', members, { t: 3 })).toEqual({ z: ['t0'], y: ['t1'], a: ['t2'] })
  })

  it('gives a topic only to those who subscribe to it', () => {
    const members = [member('a', { topics: ['t', 'u'] }), member('b')]
    expect(assign('range', members, { t: 2, u: 2 })).toEqual({ a: ['t0', 'u0', 'u1'], b: ['t1'] })
  })
})

describe('roundrobin', () => {
  it('gives in turn over all topics', () => {
    const two = ['a', 'b'].map((id) => member(id, { topics: ['t', 'u'] }))
    expect(assign('roundrobin', two, { t: 3, u: 3 })).toEqual({
      a: ['t0', 't2', 'u1'],
      b: ['t1', 'u0', 'u2'],
    })
  })
})

describe('sticky', () => {
  it('leaves where it is what may stay, and balances', () => {
    const members = [member('a', owns(1, 0, 1, 2)), member('b', owns(1, 3, 4, 5)), member('c')]
    const shares = assign('sticky', members, { t: 6 })
    expect(Object.values(shares).map((list) => list.length)).toEqual([2, 2, 2])
    expect(['t0', 't1', 't2']).toEqual(expect.arrayContaining(shares.a ?? []))
    expect(['t3', 't4', 't5']).toEqual(expect.arrayContaining(shares.b ?? []))
  })

  it('hands out what a member left behind', () => {
    const members = [member('a', owns(3, 0, 1)), member('b', owns(3, 2, 3))]
    const shares = assign('sticky', members, { t: 6 })
    expect(shares).toEqual({ a: ['t0', 't1', 't4'], b: ['t2', 't3', 't5'] })
  })

  it('does not believe an older generation, nor two who claim the same', () => {
    const old = [member('a', owns(4, 0)), member('b', owns(3, 0, 1))]
    expect(assign('sticky', old, { t: 2 })).toEqual({ a: ['t0'], b: ['t1'] })
    const both = [member('a', owns(4, 0)), member('b', owns(4, 0))]
    expect(
      Object.values(assign('sticky', both, { t: 2 }))
        .flat()
        .sort(),
    ).toEqual(['t0', 't1'])
  })

  it('remembers by its user data', () => {
    const owned = new Map([['t', [1, 2]]])
    expect(readStickyUserData(stickyUserData(owned, 7))).toEqual({ owned, generation: 7 })
  })
})

describe('cooperative-sticky', () => {
  it('gives what must move to nobody in the first round', () => {
    const first = assign('cooperative-sticky', [member('a', owns(1, 0, 1, 2, 3)), member('b')], { t: 4 })
    expect(first.b).toEqual([])
    expect(first.a).toHaveLength(2)
    const kept = (first.a ?? []).map((key) => Number(key.slice(1)))
    const second = assign('cooperative-sticky', [member('a', owns(2, ...kept)), member('b', owns(2))], {
      t: 4,
    })
    expect(second.a).toEqual(first.a)
    expect(second.b).toHaveLength(2)
  })

  it('is cooperative only where no eager assignor is in the list', () => {
    expect(rebalanceProtocolOf(['cooperative-sticky'])).toBe('COOPERATIVE')
    expect(rebalanceProtocolOf(['cooperative-sticky', 'range'])).toBe('EAGER')
  })
})
