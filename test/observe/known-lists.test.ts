// Lists of names that are alike are kept once.

import { expect, it } from 'vitest'
import { knownList, NO_NAMES } from '../../src/observe/known-lists.js'

it('gives the list of the time before for one that is the same', () => {
  const first = knownList(['orders-0', 'orders-1'])
  expect(knownList(['orders-0', 'orders-1'])).toBe(first)
  expect(knownList([])).toBe(NO_NAMES)
})

it('tells lists apart whatever place they fall on', () => {
  const lists = Array.from({ length: 2000 }, (_, i) => [`orders-${i}`, `${i}`])
  for (const list of lists) expect(knownList([...list])).toEqual(list)
  expect(knownList(['a', 'bc'])).toEqual(['a', 'bc'])
  expect(knownList(['ab', 'c'])).toEqual(['ab', 'c'])
  expect(knownList(['a'])).toEqual(['a'])
})

it('keeps long ones as they come', () => {
  const long = () => Array.from({ length: 1000 }, (_, i) => `orders-${i}`)
  expect(knownList(long())).not.toBe(knownList(long()))
  expect(knownList(long())).toEqual(long())
})
