// What the command tells the engine of its heap, and when it tells nothing.

import { getHeapSpaceStatistics, type HeapSpaceInfo, setFlagsFromString } from 'node:v8'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { limitHeap } from '../../src/cli/engine-heap.js'

vi.mock('node:v8', () => ({ setFlagsFromString: vi.fn(), getHeapSpaceStatistics: vi.fn() }))

const told = () => vi.mocked(setFlagsFromString).mock.calls.flat()

const MIB = 1024 * 1024
const hasRoomForNew = (space_size: number) =>
  vi
    .mocked(getHeapSpaceStatistics)
    .mockReturnValue([{ space_name: 'new_space', space_size } as HeapSpaceInfo])

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  hasRoomForNew(16 * MIB)
})
afterEach(() => vi.useRealTimers())

it('ends the growth of the room for new objects, and bounds the garbage among old ones', () => {
  limitHeap(['--enable-source-maps', ''])
  expect(told()).toEqual(['--heap-growing-percent=60', '--semi-space-growth-factor=1'])
})

it('lets the room for new objects grow again when V8 has made it small, and tells it once', () => {
  limitHeap([])
  vi.clearAllMocks()
  vi.advanceTimersByTime(3000)
  expect(told()).toEqual([])
  hasRoomForNew(2 * MIB)
  vi.advanceTimersByTime(3000)
  expect(told()).toEqual(['--semi-space-growth-factor=8'])
  hasRoomForNew(16 * MIB)
  vi.advanceTimersByTime(3000)
  expect(told()).toEqual(['--semi-space-growth-factor=8', '--semi-space-growth-factor=1'])
})

it('leaves it to whoever gave Node sizes', () => {
  limitHeap(['--max-semi-space-size=32'])
  limitHeap(['', '--no-warnings --max_semi_space_size=32'])
  limitHeap(['--heap-growing-percent=200'])
  expect(told()).toEqual([])
})
