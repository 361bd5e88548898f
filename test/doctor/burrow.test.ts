// Burrow's rules in their order, on windows made by hand.

import { describe, expect, it } from 'vitest'
import { lagStatus } from '../../src/doctor/burrow.js'
import type { OffsetSample } from '../../src/doctor/group-facts.js'

/** One commit a minute: [committed, end of the log]. */
const window = (pairs: readonly (readonly [number, number])[], everyMs = 60_000): OffsetSample[] =>
  pairs.map(([committed, end], i) => ({
    atMs: i * everyMs,
    topic: 't',
    partition: 0,
    committed: BigInt(committed),
    end: BigInt(end),
  }))

const verdict = (samples: readonly OffsetSample[], ends: readonly number[] = [], nowMs?: number) =>
  lagStatus(
    samples,
    ends.map((end, i) => ({ atMs: i * 60_000, end: BigInt(end) })),
    nowMs ?? (samples.at(-1)?.atMs ?? 0) + 1000,
  )?.verdict

describe("Burrow's verdicts", () => {
  it('knows nothing without commits, and is patient with few', () => {
    expect(lagStatus([], [], 0)).toBeNull()
    expect(verdict(window([1, 1, 1, 1].map((offset) => [offset, 10] as const)))).toBe('OK')
    expect(verdict(window([1, 1, 1, 1, 1].map((offset) => [offset, 10] as const)))).toBe('STALL')
  })

  it('is OK when it has caught up by now, whatever was before', () => {
    expect(
      verdict(
        window([
          [1, 9],
          [1, 9],
          [1, 9],
          [1, 9],
          [9, 9],
        ]),
      ),
    ).toBe('OK')
  })

  it('finds STOP before REWIND, and forgives it when it was caught up a little while ago', () => {
    const samples = window([
      [5, 9],
      [6, 9],
      [4, 9],
      [4, 9],
      [4, 9],
    ])
    const lateMs = 4 * 60_000 + 4 * 60_000 + 1
    expect(verdict(samples, [], lateMs)).toBe('STOP')
    expect(verdict(samples, [], lateMs - 1)).toBe('REWIND')
    expect(verdict(samples, [4, 12], lateMs)).toBe('REWIND')
  })

  it('forgives a step back that a later commit makes good', () => {
    const samples = window([
      [5, 9],
      [7, 10],
      [4, 11],
      [6, 12],
      [8, 13],
    ])
    expect(verdict(samples)).toBe('OK') // the lag became smaller in between
  })

  it('is OK when the lag was nothing once within the window, else WARN if it never became smaller', () => {
    const growing = [
      [1, 1],
      [2, 4],
      [3, 7],
      [4, 10],
      [5, 13],
    ] as const
    expect(verdict(window(growing))).toBe('OK')
    expect(verdict(window(growing.map(([committed, end]) => [committed, end + 1] as const)))).toBe('WARN')
  })

  it('looks at the last ten, and takes commits within a second as one', () => {
    const quick = window(
      Array.from({ length: 40 }, (_, i) => [i, 100 + i] as const),
      250,
    )
    const status = lagStatus(quick, [], 10_000)
    expect(status?.window).toHaveLength(10)
    expect(status?.window[0]).toMatchObject({ atMs: 0, committed: 3n })
    expect(status?.window.at(-1)).toMatchObject({ atMs: 9000, committed: 39n })
  })
})
