// The books of `npm run crash`: what a restart may show, and what must be found when it shows something else.

import { describe, expect, it } from 'vitest'
import { acknowledged, newBook, newLedger, shown, takenBack } from './ledger.js'
import { Producer, type SentBatch } from './producers.js'
import { checkPartition } from './records.js'

function book(kept: bigint, ...open: bigint[]) {
  const made = newBook()
  made.open.push(kept, ...open)
  if (kept >= 0n) acknowledged(made, kept)
  else made.open.shift()
  return made
}

describe('the book of a partition', () => {
  it.each([
    ['the last acknowledged', book(5n, 6n, 7n), 5n],
    ['one that was sent behind it', book(5n, 6n, 7n), 7n],
    ['nothing, where nothing was acknowledged', book(-1n, 1n), -1n],
  ])('lets a restart show %s', (_, each, offset) => expect(shown(each, offset)).toBeNull())

  it.each([
    ['an older one', book(5n, 6n), 4n, 'shows 4, older than 5'],
    ['nothing', book(5n), -1n, 'shows -1, older than 5'],
    ['one that was never sent', book(5n, 6n), 8n, 'shows 8, which is none of 5, 6'],
  ])('does not let it show %s', (_, each, offset, wrong) => expect(shown(each, offset)).toBe(wrong))

  it('counts from what was shown: an unacknowledged one that is there must stay', () => {
    const each = book(5n, 6n)
    expect(shown(each, 6n)).toBeNull()
    expect(shown(each, 5n)).toBe('shows 5, older than 6')
  })

  it('does not let one be shown that was refused', () => {
    const each = book(5n, 6n)
    takenBack(each, 6n)
    expect(shown(each, 6n)).toBe('shows 6, which is none of 5')
  })
})

describe('the records of a producer', () => {
  const found = (isIdempotent: boolean, values: string[], ...batches: Partial<SentBatch>[]) => {
    const ledger = newLedger()
    const producer = new Producer({
      ...{ name: 'p', topic: 't', partition: 0, isIdempotent, random: () => 0, ledger },
    })
    for (const [i, each] of batches.entries())
      producer.sent.push({
        first: i,
        count: 1,
        bytes: Buffer.alloc(0),
        baseOffset: null,
        isRefused: false,
        ...each,
      })
    checkPartition(values, [producer], ledger)
    return ledger.violations
  }
  const at = (offset: bigint) => ({ baseOffset: offset })

  it('may end with what was not acknowledged, or lack it', () => {
    expect(found(true, ['p 0', 'p 1'], at(0n), {})).toEqual([])
    expect(found(true, ['p 0'], at(0n), {})).toEqual([])
    expect(found(false, ['p 0', 'p 2'], at(0n), {}, at(1n))).toEqual([])
  })

  it.each([
    ['lack what was acknowledged', false, ['p 0'], [at(0n), at(1n)]],
    ['have one twice', false, ['p 0', 'p 0'], [at(0n)]],
    ['have one elsewhere than was acknowledged', false, ['p 0', 'p 1'], [at(0n), at(5n)]],
    ['have them in another order', false, ['p 1', 'p 0'], [{}, {}]],
    ['have one that was refused', false, ['p 0'], [{ isRefused: true }]],
    ['have one that was never sent', false, ['p 0', 'q 0'], [at(0n)]],
    ['lack one in between, of an idempotent producer', true, ['p 0', 'p 2'], [at(0n), {}, {}]],
  ])('may not %s', (_, isIdempotent, values, batches) => {
    expect(found(isIdempotent, values, ...batches)).not.toEqual([])
  })
})
