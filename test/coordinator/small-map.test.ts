// SmallMap against Map.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NONE, put, SmallMap, without } from '../../src/coordinator/classic/small-map.js'

const command = fc.record({
  do: fc.constantFrom('set', 'set', 'delete', 'clear' as const),
  key: fc.constantFrom('', 'a', 'b', 'c'),
  value: fc.nat(9),
})

describe('a small map', () => {
  it('is a Map', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const small = new SmallMap<number>()
        const map = new Map<string, number>()
        for (const { do: what, key, value } of commands) {
          if (what === 'set') {
            small.set(key, value)
            map.set(key, value)
          } else if (what === 'delete') expect(small.delete(key)).toBe(map.delete(key))
          else {
            small.clear()
            map.clear()
          }
          expect(small.size).toBe(map.size)
          expect([...small.entries()]).toEqual([...map.entries()])
          expect([...small.keys()]).toEqual([...map.keys()])
          expect([...small.values()]).toEqual([...map.values()])
          for (const each of ['', 'a', 'b', 'c']) {
            expect(small.get(each)).toBe(map.get(each))
            expect(small.has(each)).toBe(map.has(each))
          }
        }
      }),
    )
  })

  it('is shared while there is nothing in it', () => {
    const one = put<number>(NONE, 'a', 1)
    expect(NONE.size).toBe(0)
    expect(put(one, 'b', 2)).toBe(one)
    expect([...one.entries()]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(without(one, 'c')).toBe(one)
    expect(without(one, 'b')).toBe(one)
    expect(without(one, 'a')).toBe(NONE)
    expect(without(NONE, 'a')).toBe(NONE)
  })

  it.each([1, 2, 5])('of %i may be emptied while it is gone through', (size) => {
    const small = new SmallMap<number>()
    for (let i = 0; i < size; i++) small.set(`${i}`, i)
    const seen: number[] = []
    for (const value of small.values()) {
      seen.push(value)
      small.delete(`${value}`)
    }
    expect(seen).toEqual(Array.from({ length: size }, (_, i) => i))
    expect(small.size).toBe(0)
  })
})
