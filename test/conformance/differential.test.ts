// The differential runs between brokers of our own: equal ones do not differ, and a difference is found and made short.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Entry, playAll, playerOn, shorten } from '../../conformance/differential/campaign.js'
import { type Command, sequence, untimed } from '../../conformance/differential/commands.js'
import { spoil } from '../../conformance/differential/damage.js'
import { type Options, readOptions, UsageError } from '../../conformance/differential/options.js'
import { difference } from '../../conformance/differential/report.js'
import { prepare } from '../../conformance/differential/sides.js'
import { pauseMs } from '../../conformance/differential/time.js'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { encodeRequest } from '../../src/protocol/frame.js'

const HOST = '127.0.0.1'
const SETTINGS = { 'offsets.topic.num.partitions': 1, 'group.min.session.timeout.ms': 1 }
const PATIENCE_MS = 100
const PARALLEL = 20

let cohorts: Cohort[]
const sideOf = (i: number, name: string) => prepare(name, { host: HOST, port: (cohorts[i] as Cohort).port })
const sequences = (count: number) => [...fc.sample(untimed, { seed: 1, numRuns: count }).entries()]

beforeAll(async () => {
  const settings = [SETTINGS, SETTINGS, { ...SETTINGS, 'group.max.size': 1 }]
  cohorts = await Promise.all(settings.map((set) => startCohort({ host: HOST, set, verify: false })))
})

afterAll(() => Promise.all(cohorts.map((cohort) => cohort.stop())))

describe('a differential run', () => {
  it('finds no difference between equal brokers', async () => {
    const play = playerOn([await sideOf(0, 'one'), await sideOf(1, 'other')], PATIENCE_MS)
    const entries = await playAll(play, sequences(20), PARALLEL)
    expect(entries.map(({ verdict }) => verdict.text).join('')).toBe('')
    expect(new Set(entries.map(({ verdict }) => verdict.outcome))).toEqual(new Set(['same']))
    expect(entries.reduce((sum, { verdict }) => sum + verdict.damaged, 0)).toBeGreaterThan(5)
  })

  it('finds one between brokers of which one allows less, and makes it short', async () => {
    const play = playerOn([await sideOf(0, 'roomy'), await sideOf(2, 'narrow')], PATIENCE_MS)
    const commands: Command[] = [
      { do: 'describe', version: 0, withOperations: false },
      { do: 'round', actors: [0, 1], timeouts: 'long' },
      { do: 'list', version: 0, isFiltered: false },
    ]
    const [found] = await playAll(play, [[7, commands]], PARALLEL)
    const shortest = await shorten(play, found as Entry)
    expect(shortest.commands).toMatchObject([{ do: 'join' }, { do: 'join' }])
    const told = difference(shortest, optionsOf('--seed', '1'))
    expect(told).toMatch(/roomy : ("parked"|.*"errorCode":(0|79))/)
    expect(told).toMatch(/narrow: .*"errorCode":81/)
    expect(told).toContain('--seed 1 --only 7')
    expect(replayedIn(told)).toEqual(shortest.commands)
  })
})

const BROKERS = ['--brokers', `${HOST}:1`, '--oracle', `${HOST}:2`]
const optionsOf = (...args: string[]): Options => readOptions([...BROKERS, ...args])

/** What the line that a report prints would play. */
function replayedIn(text: string): readonly Command[] | null {
  return optionsOf('--replay', /--replay '(.*)'/.exec(text)?.[1] ?? '').replay
}

describe('its options', () => {
  it('have numbers that are checked', () => {
    expect(optionsOf('--runs', '7', '--seed', '3')).toMatchObject({ runs: 7, seed: 3, only: null })
    expect(optionsOf('--no-pauses', '--shrink', '0')).toMatchObject({ pauses: false, shrink: 0, runs: 200 })
    for (const wrong of ['0', 'x', '1.5', '', '99999999999'])
      expect(() => optionsOf('--runs', wrong)).toThrow(UsageError)
  })

  it.each([
    [['--only', '-1']],
    [['--only', '1', '--runs', '2']],
    [['--parallel', '0']],
    [['--replay', 'no JSON']],
    [['--replay', '[]']],
    [['--replay', '[{"do":"dance"}]']],
    [['--replay', '[{"do":"pause","isLong":true}]', '--seed', '1']],
    [['--unknown']],
    [['--oracle', 'nowhere']],
  ])('refuse %j', (args) => expect(() => optionsOf(...args)).toThrow(UsageError))
})

describe('a damaged request', () => {
  const body = { groupId: 'group', generationId: 1, memberId: 'member' }
  const request = encodeRequest(Apis.Heartbeat, 3, 1, 'client', body)

  it('has the size that it has after the damage', () => {
    const cut = spoil(request, Apis.Heartbeat, 3, { kind: 'cut', at: 11 })
    expect([cut.length, cut.readInt32BE()]).toEqual([15, 11])
    const longer = spoil(request, Apis.Heartbeat, 3, { kind: 'trailing', bytes: [1, 2] })
    expect([longer.length, longer.readInt32BE()]).toEqual([request.length + 2, request.length - 2])
  })

  it('goes to the same group, whichever byte is changed', () => {
    for (let at = 0; at < request.length; at++) {
      const changed = spoil(request, Apis.Heartbeat, 3, { kind: 'byte', at, mask: 255 })
      expect(changed.includes(Buffer.from('\0\x05group'))).toBe(true)
      expect(changed.equals(request)).toBe(false)
    }
  })

  it('has null where a value is due', () => {
    const spoilt = spoil(request, Apis.Heartbeat, 3, { kind: 'null', place: 0 })
    expect(spoilt.toString('latin1')).toContain('client\xff\xffgroup')
  })
})

describe('a pause', () => {
  it('is long after a short one', () => {
    const pause = (isLong: boolean) => ({ do: 'pause' as const, isLong })
    const steps = [pause(false), pause(false), pause(false), pause(true)]
    const [short, long] = [pauseMs(steps, 0), pauseMs(steps, 3)]
    expect(short).toBeLessThan(long)
    expect(steps.map((_, i) => pauseMs(steps, i))).toEqual([short, long, short, long])
  })

  it('is in some of the sequences', () => {
    const sample = fc.sample(sequence, { seed: 1, numRuns: 100 })
    const timed = sample.filter((commands) => commands.some((each) => each.do === 'pause'))
    expect(timed.length).toBeGreaterThan(5)
    expect(timed.length).toBeLessThan(30)
  })
})
