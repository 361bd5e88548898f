// A drawing that can be checked by eye: three members, a crash, a pause, a clean end.

import { describe, expect, it } from 'vitest'
import type { Lab, Run } from '../../src/labs/kit/lab.js'
import { tableText } from '../../src/labs/kit/report.js'
import { ordersWorld, startConsumers } from '../../src/labs/kit/scene.js'
import { drawTimeline } from '../../src/labs/kit/timeline.js'
import { column, count, time } from '../../src/labs/kit/words.js'

describe('a timeline', () => {
  it('draws members, partitions, the group, and what each rebalance was for', () => {
    const world = ordersWorld(1, 3)
    const [c1, c2, c3] = startConsumers(world, 3, { settings: { sessionTimeoutMs: 10_000 } })
    world.at(20_000, () => c1?.crash())
    world.at(44_000, () => c2?.freeze(4000))
    world.at(60_000, () => c3?.stop())
    world.runUntil(72_000)
    const lines = drawTimeline(world, 'orders', { variant: '' })
    const row = (label: string) => lines.find((line) => line.startsWith(label))?.slice(10) ?? ''
    expect(row('c1')).toMatch(/^J-{4,5}=+X$/)
    expect(row('c2')).toMatch(/^J-{4,5}=+J[-=]=+zzzz=+J[-=]=*$/)
    expect(row('c3')).toMatch(/^J-{4,5}=+J[-=]=+L$/)
    // who had the crashed member's partition, and nobody for the session and a little more
    const orphan = lines.find((line) => /^orders-\d {2} +1+\.{8,13}[23]/.test(line))
    expect(orphan).toBeDefined()
    expect(row('group')).toMatch(/^P+_+P+_+P+_*$/)
    expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(4) // the axis, three rebalances
    expect(lines.at(-2)).toMatch(
      /^ {2}2\d\.\d s: removing member c1 on heartbeat expiration\. \(join phase .* s, sync phase \d+ ms\)$/,
    )
    expect(lines.at(-1)).toMatch(/LeaveGroup` request for \(c3\) members/)
  })

  it('draws the same twice', () => {
    const draw = () => {
      const world = ordersWorld(5, 3)
      startConsumers(world, 3)
      world.runUntil(30_000)
      return drawTimeline(world, 'orders', { variant: '', heartbeats: true })
    }
    expect(draw()).toEqual(draw())
  })
})

describe('words', () => {
  it('name amounts and times', () => {
    expect([count(0, 'record'), count(1, 'record'), count(2, 'record')]).toEqual([
      'no records',
      '1 record',
      '2 records',
    ])
    expect([time(45), time(12_345), time(125_000), time(Number.NEGATIVE_INFINITY)]).toEqual([
      '45 ms',
      '12.3 s',
      '2 min 5 s',
      '-',
    ])
  })

  it('stand in a table with wrapped heads, figures to the right', () => {
    const columns = [column('a long head of a column', () => 5), column('b', ({ name }) => name.length)]
    const runs = [{ name: 'first' }, { name: 'the second' }] as Run[]
    expect(tableText({ columns } as unknown as Lab, runs).split('\n')).toEqual([
      '            a long head of',
      '                  a column   b',
      '----------  --------------  --',
      'first                    5   5',
      'the second               5  10',
    ])
  })
})
