// The disk of whole runs, and the books that hold a log to what was said on the strength of it.

import { describe, expect, it } from 'vitest'
import { VirtualDisk } from '../../simulation/disk.js'
import { Books } from '../../simulation/referee/books.js'
import { EventQueue } from '../../src/simulation/queue.js'
import { Random } from '../../src/simulation/random.js'
import type { StoredRecord } from '../../src/store/store.js'

const record = (key: string, value: unknown): StoredRecord => ({ key, value })
const turn = () => new Promise((resolve) => setImmediate(resolve))

function setUp(seed = 1) {
  const queue = new EventQueue()
  const disk = new VirtualDisk(queue, new Random(seed))
  disk.flushMs = 10
  const outcomes: string[] = []
  const append = (log: string, key: string) => {
    const note = (what: string) => outcomes.push(`${log} ${key} ${what}`)
    disk.append(log, [record(key, { of: key })])?.then(
      () => note('kept'),
      () => note('failed'),
    )
  }
  const pass = async (ms: number) => {
    for (const endMs = queue.nowMs + ms; queue.runNext(endMs); ) await turn()
  }
  const keys = (log: string) => [...(disk.load(log) as Iterable<StoredRecord>)].map(({ key }) => key)
  return { queue, disk, outcomes, append, pass, keys }
}

describe('the virtual disk', () => {
  it('keeps what waits together, later than it was asked', async () => {
    const { append, pass, outcomes, keys } = setUp()
    for (const key of ['1', '2', '3']) append('a', key)
    await turn()
    expect([outcomes, keys('a')]).toEqual([[], []])
    await pass(1000)
    expect(outcomes).toEqual(['a 1 kept', 'a 2 kept', 'a 3 kept'])
    expect(keys('a')).toEqual(['1', '2', '3'])
  })

  it('fails what stands behind a failed append of the same log, and no other log', async () => {
    const { append, pass, outcomes, disk, keys } = setUp()
    append('a', '1')
    append('a', '2')
    append('b', '1')
    disk.isFull = true
    await pass(1000)
    disk.isFull = false
    append('b', '2')
    await pass(1000)
    for (const log of ['a', 'b']) {
      const kept = outcomes.filter((each) => each.startsWith(log) && each.endsWith('kept'))
      expect(kept.map((each) => each.split(' ')[1])).toEqual(keys(log))
    }
    expect(outcomes).toContain('a 2 failed')
    expect(outcomes).toContain('b 2 kept')
  })

  it('loses at a crash what was not flushed, and tells nobody', async () => {
    const { append, pass, outcomes, disk, keys } = setUp()
    append('a', '1')
    await pass(1000)
    append('a', '2')
    append('a', '3')
    disk.crash()
    await pass(1000)
    expect(outcomes).toEqual(['a 1 kept'])
    expect(['1', '1,2']).toContain(keys('a').join())
  })

  it('has bytes: what changes in memory afterwards changes nothing on it', () => {
    const { disk } = setUp()
    disk.flushMs = 0
    const value = { list: [1] }
    disk.append('a', [record('k', value)])
    value.list.push(2)
    const [kept] = disk.load('a') as StoredRecord[]
    expect(kept?.value).toEqual({ list: [1] })
  })
})

describe('the books of a log', () => {
  function booked() {
    const broken: string[] = []
    const books = new Books('log', (promise, detail) => broken.push(`${promise}: ${detail}`))
    const orders = ['1', '2', '3'].map((key) =>
      books.decided([record(key, key), record('all', `up to ${key}`)]),
    )
    const loaded = (...entries: [string, string][]) => {
      books.loaded(new Map(entries))
      return broken.length
    }
    return { books, orders, loaded }
  }

  it('take any beginning that has what was told', () => {
    const { books, orders, loaded } = booked()
    books.answered(orders[0] ?? 0)
    expect(loaded(['1', '1'], ['2', '2'], ['all', 'up to 2'])).toBe(0)
  })

  it('take nothing at all where nothing was told', () => expect(booked().loaded()).toBe(0))

  it('miss what was told', () => {
    const { books, orders, loaded } = booked()
    books.answered(orders[1] ?? 0)
    expect(loaded(['1', '1'], ['all', 'up to 1'])).toBe(1)
  })

  it('see a decision by halves', () => expect(booked().loaded(['1', '1'])).toBe(1))

  it('see what was never decided', () => expect(booked().loaded(['x', 'x'])).toBe(1))

  it('see a tombstone that was forgotten', () => {
    const { books, loaded } = booked()
    books.answered(books.decided([record('1', null)]))
    expect(loaded(['1', '1'], ['2', '2'], ['3', '3'], ['all', 'up to 3'])).toBe(1)
  })
})
