// Consumers without a heartbeat thread: kafkajs and ruby-kafka.

import { describe, expect, it } from 'vitest'
import { BatchLoop, type BatchLoopOptions } from '../../src/simulation/apps/batch-loop.js'
import { KAFKAJS_VERSIONS, RUBY_VERSIONS } from '../../src/simulation/client/group-requests.js'
import { KAFKAJS_DEFAULTS, RUBY_DEFAULTS } from '../../src/simulation/client/settings.js'
import { figuresOf } from '../../src/simulation/figures.js'
import { World } from '../../src/simulation/world.js'

const GROUP = 'g'

function scene() {
  const world = new World({ seed: 1, topics: { t: 4 }, checks: true })
  const start = (who: string, options: Partial<BatchLoopOptions> = {}) =>
    world.start(who, GROUP, (around) => {
      const settings = {
        ...KAFKAJS_DEFAULTS,
        groupId: GROUP,
        topics: ['t'],
        autoOffsetReset: 'earliest' as const,
      }
      const loop = { versions: KAFKAJS_VERSIONS, heartbeats: 'if-due', onRebalance: 'commit' } as const
      return new BatchLoop(around, { ...loop, settings, recordMs: () => 5, ...options })
    })
  return { world, start, journal: world.journal(GROUP) }
}

const ruby = {
  settings: { ...RUBY_DEFAULTS, groupId: GROUP, topics: ['t'] },
  versions: RUBY_VERSIONS,
}

describe('kafkajs', () => {
  it('sends no heartbeat while a message is handled, and is removed when that takes longer than its session', () => {
    const { world, start, journal } = scene()
    start('c1', { recordMs: () => 40_000 })
    world.at(10_000, () => world.producer.append('t', 0, 1))
    world.runUntil(60_000)
    expect(journal.heartbeats.get('c1')?.some((atMs) => atMs > 10_100 && atMs < 49_000)).toBe(false)
    expect(figuresOf(world, GROUP).expelled).toBe(1)
  })

  it('stays when the handler calls heartbeat() meanwhile', () => {
    const { world, start } = scene()
    start('c1', { recordMs: () => 40_000, withinRecordMs: 1000 })
    world.at(10_000, () => world.producer.append('t', 0, 1))
    world.runUntil(60_000)
    expect(figuresOf(world, GROUP)).toMatchObject({ expelled: 0, once: 1, twice: 0 })
  })

  it('is back in a rebalance between two messages, and commits what is done first', () => {
    const { world, start } = scene()
    start('c1', { recordMs: () => 500 })
    for (let i = 0; i < 4; i++) world.at(10_000, () => world.producer.append('t', i, 40))
    world.at(20_000, () => start('c2'))
    world.runUntil(120_000)
    const { joinPhasesMs, twice, lost, behind } = figuresOf(world, GROUP, 15_000)
    expect(joinPhasesMs[0]).toBeLessThan(4000)
    expect({ twice, lost, behind }).toEqual({ twice: 0, lost: 0, behind: 0 })
  })
})

describe('ruby-kafka', () => {
  it('joins without being given an id first (JoinGroup v1)', () => {
    const { world, start, journal } = scene()
    start('c1', { ...ruby, heartbeats: 'never', onRebalance: 'abandon' })
    world.runUntil(10_000)
    expect(journal.marks.filter(({ kind }) => kind === 'joining')).toHaveLength(1)
    expect(world.cluster.group(GROUP)?.state).toBe('Stable')
  })

  it.each([
    ['commit', 0],
    ['abandon', 1],
  ] as const)('that answers a rebalance within a batch by %s repeats what is due', (onRebalance, repeats) => {
    const { world, start } = scene()
    const options = { ...ruby, heartbeats: 'if-due', onRebalance, recordMs: () => 100 } as const
    start('c1', options)
    for (let i = 0; i < 4; i++) world.at(8000, () => world.producer.append('t', i, 300))
    world.at(20_000, () => start('c2', options))
    world.runUntil(200_000)
    const { twice, lost, behind } = figuresOf(world, GROUP)
    expect(Math.sign(twice)).toBe(repeats)
    expect({ lost, behind }).toEqual({ lost: 0, behind: 0 })
  })

  it('leaves when it stops', () => {
    const { world, start, journal } = scene()
    const c1 = start('c1', { ...ruby, heartbeats: 'never', onRebalance: 'abandon' })
    world.at(10_000, () => c1.stop())
    world.runUntil(30_000)
    expect(world.cluster.group(GROUP)?.state).toBe('Empty')
    expect(journal.marks.map(({ kind }) => kind)).toEqual(['started', 'joining', 'synced', 'left', 'stopped'])
  })
})
