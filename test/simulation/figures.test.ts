// What figures are made of: ownership, lifetimes, the ledger. Journals by hand, so that the numbers can be checked by eye.

import { describe, expect, it } from 'vitest'
import { isRemovalForSilence } from '../../src/simulation/figures.js'
import { GroupJournal } from '../../src/simulation/journal.js'
import { Ledger } from '../../src/simulation/ledger.js'
import { Lifetimes } from '../../src/simulation/lifetimes.js'
import { movesIn, ownershipIn } from '../../src/simulation/ownership.js'

/** c1 owns t-0 from 10 to 50, c2 from 60 on; c1 stands still from 20 to 25. */
function journal(): GroupJournal {
  const group = new GroupJournal()
  group.mark(0, 'c1', 'started')
  group.mark(0, 'c2', 'started')
  group.owns(10, 'c1', ['t-0'])
  group.stoodStill.push({ who: 'c1', fromMs: 20, toMs: 25 })
  group.ownsNoLonger(50, 'c1', ['t-0'])
  group.owns(60, 'c2', ['t-0'])
  return group
}

describe('ownership', () => {
  it('counts what nobody could work on, from the first owner on', () => {
    const group = journal()
    expect(ownershipIn(group, new Lifetimes(group), 0, 100)).toEqual({
      unownedMs: 15,
      longestUnownedMs: 10,
      doubleMs: 0,
      stops: 2,
    })
  })

  it('counts from a moment on', () => {
    const group = journal()
    expect(ownershipIn(group, new Lifetimes(group), 22, 100)).toMatchObject({ unownedMs: 13, stops: 2 })
    expect(ownershipIn(group, new Lifetimes(group), 70, 100)).toMatchObject({ unownedMs: 0, stops: 0 })
  })

  it('sees two who both believe to own', () => {
    const group = journal()
    group.owns(80, 'c1', ['t-0'])
    group.ownsNoLonger(95, 'c2', ['t-0'])
    expect(ownershipIn(group, new Lifetimes(group), 0, 100).doubleMs).toBe(15)
  })

  it('ends with a death', () => {
    const group = journal()
    group.died(90, 'c2')
    expect(ownershipIn(group, new Lifetimes(group), 60, 100)).toMatchObject({ unownedMs: 10, stops: 1 })
  })

  it('counts moves by owner: to take again what one had is none', () => {
    const group = journal()
    expect(movesIn(group, 0)).toBe(1)
    group.ownsNoLonger(70, 'c2', ['t-0'])
    group.owns(75, 'c2', ['t-0'])
    expect(movesIn(group, 0)).toBe(1)
    expect(movesIn(group, 70)).toBe(0)
  })
})

describe('lifetimes', () => {
  it('end with a crash, a stop or giving up, and may begin again', () => {
    const group = new GroupJournal()
    group.mark(0, 'c1', 'started')
    group.mark(10, 'c1', 'crashed')
    group.mark(20, 'c1', 'started')
    const lives = new Lifetimes(group)
    expect([5, 10, 15, 20, 99].map((atMs) => lives.isAlive('c1', atMs))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
    expect(lives.names).toEqual(['c1'])
  })
})

describe('the ledger', () => {
  const record = (offset: number, appendedMs = 0) => ({ topic: 't', partition: 0, offset, appendedMs })
  const by = (who: string, atMs: number, more = {}) => ({
    who,
    atMs,
    isOwner: true,
    isIdempotent: false,
    ...more,
  })

  it('counts once and twice, and who did it', () => {
    const ledger = new Ledger()
    ledger.processed(record(0, 5), by('a', 10))
    ledger.processed(record(1, 5), by('a', 50))
    ledger.processed(record(1, 5), by('b', 60, { isOwner: false }))
    expect(ledger).toMatchObject({ once: 2, twice: 1, total: 3, byFormerOwner: 1 })
    expect(ledger.longestDelayMs()).toBe(45)
    expect(ledger.doneBy((who) => who === 'a')).toBe(2)
    expect(ledger.timesProcessed('t', 0, 1)).toBe(2)
    expect(ledger.timesProcessed('t', 1, 1)).toBe(0)
  })

  it('lets an idempotent application recognise what is done', () => {
    const ledger = new Ledger()
    ledger.processed(record(0), by('a', 10))
    ledger.processed(record(0), by('b', 20, { isIdempotent: true }))
    expect(ledger).toMatchObject({ once: 1, twice: 0, recognised: 1, total: 2 })
  })
})

describe('causes', () => {
  it.each([
    ['removing member c1 on heartbeat expiration.', true],
    ['did not rejoin before the rebalance timeout', true],
    ['Removing c1 on pending sync request expiration', true],
    ['left through explicit `LeaveGroup` request', false],
  ])('%s', (cause, silent) => expect(isRemovalForSilence(cause)).toBe(silent))

  it('are told with names in place of member ids', () => {
    const group = new GroupJournal()
    const id = 'consumer-orders-1-ed78d279-c9da-40b5-ae3e-fd12ac59df92'
    group.named(id, 'c3')
    expect(group.withNames(`removing member ${id} on heartbeat expiration.`)).toBe(
      'removing member c3 on heartbeat expiration.',
    )
    expect(group.withNames(`for (${id}) members.`)).toBe('for (c3) members.')
  })
})
