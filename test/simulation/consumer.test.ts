// The Java-like consumer: what it sends, when, and what it does about every answer.

import { describe, expect, it } from 'vitest'
import { PollLoop, type PollLoopOptions } from '../../src/simulation/apps/poll-loop.js'
import { type ConsumerSettings, JAVA_DEFAULTS } from '../../src/simulation/client/settings.js'
import { figuresOf } from '../../src/simulation/figures.js'
import { type Client, World, type WorldOptions } from '../../src/simulation/world.js'

const GROUP = 'g'

function scene(options: Partial<WorldOptions> = {}) {
  const world = new World({ seed: 1, topics: { t: 4 }, checks: true, ...options })
  const journal = world.journal(GROUP)
  const start = (
    who: string,
    settings: Partial<ConsumerSettings> = {},
    app: Partial<PollLoopOptions> = {},
  ): Client =>
    world.start(who, GROUP, (around) => {
      const base = { ...JAVA_DEFAULTS, groupId: GROUP, topics: ['t'], autoOffsetReset: 'earliest' as const }
      const loop = { commit: 'after-batch', recordMs: () => 5, ...app } as const
      return new PollLoop(around, { ...loop, settings: { ...base, sessionTimeoutMs: 10_000, ...settings } })
    })
  const marks = (kind: string, who?: string) =>
    journal.marks.filter((mark) => mark.kind === kind && (who === undefined || mark.who === who))
  const causes = () =>
    journal.events.flatMap((event) =>
      event.type === 'state' && event.to === 'PreparingRebalance' ? [journal.withNames(event.cause)] : [],
    )
  const owners = () =>
    [0, 1, 2, 3].map((i) => {
      const spans = journal.ownership.get(`t-${i}`) ?? []
      return spans.filter(({ toMs }) => toMs === Number.POSITIVE_INFINITY).map(({ who }) => who)
    })
  return { world, journal, start, marks, causes, owners }
}

describe('joining', () => {
  it('takes a member id first (KIP-394), then joins with it', () => {
    const { world, start, marks } = scene()
    start('c1')
    world.runUntil(10_000)
    expect(marks('joining').map(({ detail }) => detail.replace(/: .*/, ''))).toEqual([
      '',
      'need to re-join with the given member-id',
    ])
    expect(marks('synced')).toHaveLength(1)
  })

  it('as a static member needs no id first, and says nothing when it stops', () => {
    const { world, start, marks, causes } = scene()
    const c1 = start('c1', { groupInstanceId: 'one' })
    start('c2', { groupInstanceId: 'two' })
    world.at(20_000, () => c1.stop())
    world.at(25_000, () => start('c1', { groupInstanceId: 'one' }))
    world.runUntil(40_000)
    expect(marks('joining', 'c2')).toHaveLength(1)
    expect(marks('left')).toEqual([])
    expect(causes()).toHaveLength(1) // the first one only
    expect(marks('synced', 'c1')).toHaveLength(2)
  })

  it('with another assignor than the rest gives up', () => {
    const { world, start, marks } = scene()
    start('c1', { assignors: ['range'] })
    world.at(15_000, () => start('c2', { assignors: ['cooperative-sticky'] }))
    world.runUntil(30_000)
    expect(marks('fatal').map(({ who, detail }) => [who, detail])).toEqual([
      ['c2', 'INCONSISTENT_GROUP_PROTOCOL'],
    ])
  })

  it('under an instance id that is in use fences the other', () => {
    const { world, start, marks, owners } = scene()
    start('c1', { groupInstanceId: 'same' })
    world.at(15_000, () => start('c2', { groupInstanceId: 'same' }))
    world.runUntil(30_000)
    expect(marks('fatal').map(({ who, detail }) => [who, detail])).toEqual([['c1', 'FENCED_INSTANCE_ID']])
    expect(owners()).toEqual([['c2'], ['c2'], ['c2'], ['c2']])
  })
})

describe('heartbeats', () => {
  it('come every heartbeat.interval.ms, up to 100 ms late', () => {
    const { world, journal, start } = scene()
    start('c1')
    world.runUntil(67_000)
    const times = journal.heartbeats.get('c1') ?? []
    const gaps = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0))
    expect(gaps.length).toBeGreaterThanOrEqual(18)
    for (const gap of gaps) expect(gap).toBeGreaterThan(2990)
    for (const gap of gaps) expect(gap).toBeLessThan(3110)
  })

  it('stop with max.poll.interval.ms: the client leaves in its own name, and rejoins when it polls', () => {
    const { world, start, marks, causes, journal } = scene()
    const recordMs = () => 40_000
    start('c1', { maxPollIntervalMs: 15_000 }, { recordMs })
    world.at(20_000, () => world.producer.append('t', 0, 1))
    world.runUntil(70_000)
    expect(marks('left').map(({ detail }) => detail)).toEqual(['consumer poll timeout has expired.'])
    expect(marks('left')[0]?.atMs).toBeCloseTo(35_000, -2)
    expect(journal.heartbeats.get('c1')?.some((atMs) => atMs > 35_100 && atMs < 59_000)).toBe(false)
    expect(marks('commit refused').map(({ detail }) => detail)).toEqual(['failed'])
    expect(causes().at(-1)).toMatch(/^Adding new member c1/)
    expect(figuresOf(world, GROUP).pollTimeouts).toBe(1)
  })

  it('of a static member stop without a word: the session decides', () => {
    const { world, start, marks, journal } = scene()
    start('c1', { maxPollIntervalMs: 15_000, groupInstanceId: 'one' }, { recordMs: () => 40_000 })
    world.at(20_000, () => world.producer.append('t', 0, 1))
    world.runUntil(50_000)
    expect(marks('left')).toEqual([])
    const removed = journal.events.filter((event) => event.type === 'member-removed')
    expect(removed.map(({ atMs }) => atMs > 40_000 && atMs < 46_000)).toEqual([true])
  })
})

describe('a rebalance', () => {
  it('of eager members takes everything from everybody, of cooperative ones only what moves', () => {
    const figures = (assignor: 'range' | 'cooperative-sticky') => {
      const { world, start } = scene()
      for (const who of ['c1', 'c2']) start(who, { assignors: [assignor] })
      world.at(20_300, () => start('c3', { assignors: [assignor] }))
      world.runUntil(40_000)
      return figuresOf(world, GROUP, 15_000)
    }
    expect(figures('range')).toMatchObject({ rebalances: 1, stops: 4, doubleMs: 0 })
    expect(figures('cooperative-sticky')).toMatchObject({ rebalances: 2, stops: 1, moved: 1, doubleMs: 0 })
  })

  it('begins anew for a leader that sees new partitions', () => {
    const { world, start, causes, journal } = scene()
    for (const who of ['c1', 'c2']) start(who, { metadataMaxAgeMs: 20_000 })
    world.at(25_000, () => world.cluster.growTopic('t', 6))
    world.runUntil(60_000)
    expect(causes().at(-1)).toMatch(
      /^Leader c\d re-joining group during Stable; client reason: cached metadata has changed$/,
    )
    expect([...journal.ownership.keys()].sort()).toEqual(['t-0', 't-1', 't-2', 't-3', 't-4', 't-5'])
  })

  it('begins anew for a member whose subscription has changed', () => {
    const { world, start, causes } = scene({ topics: { t: 4, u: 2 } })
    const c1 = start('c1')
    start('c2')
    world.at(20_000, () => (c1.app as PollLoop).consumer.subscribe(['t', 'u']))
    world.runUntil(40_000)
    expect(causes().at(-1)).toMatch(/client reason: subscription has changed$/)
  })
})

describe('trouble', () => {
  it('a crash is noticed when the session has run out, and nothing is lost', () => {
    const { world, start } = scene()
    const [c1] = ['c1', 'c2'].map((who) => start(who))
    world.producer.load({ topic: 't', perSecond: 20, toMs: 50_000 })
    world.at(30_000, () => c1?.crash())
    world.runUntil(60_000)
    const { detectedMs, lost, behind, expelled } = figuresOf(world, GROUP)
    expect(detectedMs[0]).toBeGreaterThan(9000)
    expect(detectedMs[0]).toBeLessThan(10_000)
    expect({ lost, behind, expelled }).toEqual({ lost: 0, behind: 0, expelled: 0 })
  })

  it('a pause longer than the session costs the membership, and its commit', () => {
    const { world, start } = scene()
    const c1 = start('c1', {}, { recordMs: () => 100 })
    start('c2')
    for (let i = 0; i < 4; i++) world.at(19_000, () => world.producer.append('t', i, 50))
    world.at(20_000, () => c1.freeze(20_000))
    world.runUntil(60_000)
    const { expelled, commitsRefused, byFormerOwner, twice, lost } = figuresOf(world, GROUP)
    expect({ expelled, commitsRefused, lost }).toEqual({ expelled: 1, commitsRefused: 1, lost: 0 })
    expect(byFormerOwner).toBeGreaterThan(10)
    expect(twice).toBeGreaterThanOrEqual(byFormerOwner)
  })

  it.each([300, 8000])(
    'a coordinator that moves and loads for %i ms is found again, without a rebalance',
    (loadMs) => {
      const { world, start, causes, owners, journal } = scene({ nodes: 3 })
      for (const who of ['c1', 'c2']) start(who)
      world.producer.load({ topic: 't', perSecond: 20, toMs: 50_000 })
      world.at(20_000, () => {
        const from = world.cluster.coordinatorOf(GROUP)
        world.cluster.moveCoordinator(GROUP, (from % 3) + 1, loadMs)
      })
      world.runUntil(60_000)
      expect(causes()).toHaveLength(1)
      expect(world.cluster.group(GROUP)).toMatchObject({ state: 'Stable', generation: 1 })
      expect(owners().every((each) => each.length === 1)).toBe(true)
      expect(journal.heartbeats.get('c1')?.at(-1)).toBeGreaterThan(55_000)
      expect(figuresOf(world, GROUP)).toMatchObject({ lost: 0, behind: 0, twice: 0 })
    },
  )

  it('a broker that fails takes no member with it', () => {
    const { world, start, causes } = scene({ nodes: 3 })
    for (const who of ['c1', 'c2']) start(who)
    world.producer.load({ topic: 't', perSecond: 20, toMs: 60_000 })
    const from = world.cluster.coordinatorOf(GROUP)
    world.at(20_000, () => world.stopNode(from))
    world.at(35_000, () => world.cluster.failOver(from, (from % 3) + 1, 500))
    world.runUntil(80_000)
    expect(causes()).toHaveLength(1)
    expect(figuresOf(world, GROUP)).toMatchObject({ expelled: 0, lost: 0, behind: 0 })
  })
})
