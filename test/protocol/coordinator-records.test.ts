// Records of __consumer_offsets one after another: a value that cannot be written leaves nothing behind for the next.

import { describe, expect, it } from 'vitest'
import { OFFSET_COMMIT, readKey, writeKey } from '../../src/protocol/embedded/coordinator-records.js'

describe('keys written one after another', () => {
  const key = (topic: string) => writeKey(OFFSET_COMMIT, { group: 'g', topic, partition: 1 })

  it('keep their bytes', () => {
    const [first, second] = [key('first'), key('second')]
    expect(readKey(OFFSET_COMMIT, first).topic).toBe('first')
    expect(readKey(OFFSET_COMMIT, second).topic).toBe('second')
  })

  it('begin anew behind one that failed half-way', () => {
    const before = key('topic')
    expect(() => key(5 as unknown as string)).toThrow(/OffsetCommitKey v0: topic/)
    expect(key('topic')).toEqual(before)
  })
})
