// Whole runs with the referee looking on: a few seeds of what `npm run simulate` plays by the thousand, and that a seed is a run.

import { describe, expect, it } from 'vitest'
import { play } from '../../simulation/play.js'

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1)

describe('a whole run', () => {
  it.each(SEEDS)('of seed %i keeps every promise', async (seed) => {
    const { broken, trace } = await play(seed)
    expect(broken, trace.tail(60).join('\n')).toBeNull()
  })

  it('is the same for the same seed, to the letter', async () => {
    const lines: string[] = []
    const first = await play(7)
    const second = await play(7, (line) => lines.push(line))
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.events).toBe(first.events)
    expect(lines.slice(-100)).toEqual(first.trace.tail(100))
    expect((await play(8)).fingerprint).not.toBe(first.fingerprint)
  })
})
