// When an outage is over: not with the first short frame that finds room.

import { describe, expect, it } from 'vitest'
import { Outage } from '../../src/store/outage.js'
import { StoreError } from '../../src/store/store-error.js'
import { DiskFailure } from '../../src/store/wal-file.js'

const outageOf = (...refused: number[]) => {
  const outage = new Outage(new StoreError('full'))
  for (const bytes of refused) outage.add(bytes)
  return outage
}

/** A log with so much room. */
function room(left: number) {
  const asked: number[] = []
  const makeRoom = async (bytes: number) => {
    asked.push(bytes)
    if (bytes > left) throw new Error('full')
  }
  return { asked, makeRoom }
}

describe('an outage', () => {
  it('goes on while there is no room for the longest that was refused, and what is shorter goes through', async () => {
    const { asked, makeRoom } = room(500)
    expect(await outageOf(400, 1000, 600).makeRoom(100, makeRoom)).toBe(false)
    expect(asked).toEqual([1000, 100])
  })

  it('is over when there is', async () => {
    const { asked, makeRoom } = room(1000)
    expect(await outageOf(1000).makeRoom(100, makeRoom)).toBe(true)
    expect(await outageOf(400).makeRoom(900, makeRoom)).toBe(true)
    expect(asked).toEqual([1000, 900])
  })

  it('refuses what is too long, and asks once where that is the longest', async () => {
    const { asked, makeRoom } = room(500)
    await expect(outageOf(1000).makeRoom(700, makeRoom)).rejects.toThrow('full')
    await expect(outageOf(1000).makeRoom(1200, makeRoom)).rejects.toThrow('full')
    expect(asked).toEqual([1000, 700, 1200])
  })

  it('is not waited out for what is longer than a disk with room may refuse', async () => {
    const { asked, makeRoom } = room(5 << 20)
    expect(await outageOf(100 << 20).makeRoom(100, makeRoom)).toBe(true)
    expect(asked).toEqual([4 << 20])
  })

  it('does not go on when the disk has failed', async () => {
    const asked: number[] = []
    const makeRoom = async (bytes: number) => {
      asked.push(bytes)
      throw new DiskFailure('broken')
    }
    await expect(outageOf(1000).makeRoom(100, makeRoom)).rejects.toThrow(DiskFailure)
    expect(asked).toEqual([1000])
  })
})
