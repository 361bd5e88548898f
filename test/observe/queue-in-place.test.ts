// A queue that goes round in its array is one like any other.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { QueueInPlace } from '../../src/observe/queue-in-place.js'

it('gives what came first, whatever comes and goes', () => {
  const isPushed = fc.array(fc.boolean(), { maxLength: 200 })
  const many = fc.nat(40)
  fc.assert(
    fc.property(many, isPushed, (before, steps) => {
      const queue = new QueueInPlace<number>()
      const model: number[] = []
      let next = 0
      for (const isPush of [...new Array<boolean>(before).fill(true), ...steps]) {
        if (isPush) {
          model.push(next)
          queue.push(next++)
        } else {
          model.shift()
          queue.shift()
        }
        expect(queue.oldest).toBe(model[0])
      }
      expect(queue.all()).toEqual(model)
    }),
  )
})
