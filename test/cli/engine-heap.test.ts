// What the command tells the engine of its heap, and when it tells nothing.

import { setFlagsFromString } from 'node:v8'
import { beforeEach, expect, it, vi } from 'vitest'
import { limitHeap } from '../../src/cli/engine-heap.js'

vi.mock('node:v8', () => ({ setFlagsFromString: vi.fn() }))

const told = () => vi.mocked(setFlagsFromString).mock.calls.flat()

beforeEach(() => vi.clearAllMocks())

it('bounds the garbage among old objects', () => {
  limitHeap(['--enable-source-maps', ''])
  expect(told()).toEqual(['--heap-growing-percent=60'])
})

it('leaves it to whoever gave Node sizes', () => {
  limitHeap(['--max-semi-space-size=32'])
  limitHeap(['', '--no-warnings --max_semi_space_size=32'])
  limitHeap(['--heap-growing-percent=200'])
  expect(told()).toEqual([])
})
