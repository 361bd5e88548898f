// The newest record of each key, whether it is of a family or alone: what a plain Map would keep.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Newest } from '../../src/store/newest.js'
import { FamilyRecord, type StoredRecord } from '../../src/store/store.js'

const key = fc.record({
  family: fc.constantFrom(undefined, 'a', 'a', 'b'),
  index: fc.nat({ max: 2 }),
})
const change = fc.record({ key, isTombstone: fc.boolean() })

function record(
  { family, index }: { family: string | undefined; index: number },
  value: unknown,
): StoredRecord {
  return family === undefined ? { key: `alone-${index}`, value } : new FamilyRecord(family, index, value)
}

describe('the newest records', () => {
  it('are what a map by key would have', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
        const [newest, expected] = [new Newest(), new Map<string, unknown>()]
        changes.forEach(({ key, isTombstone }, i) => {
          const changed = record(key, i)
          if (isTombstone) {
            newest.delete(changed)
            expected.delete(changed.key)
          } else {
            newest.set(changed)
            expected.set(changed.key, i)
          }
          expect(newest.size).toBe(expected.size)
        })
        expect(new Map([...newest.records()].map(({ key, value }) => [key, value]))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})
