// What issue and page promise, as data, and whether the figures of a run keep it. A figure that was not measured tells nothing.

import { type Figure, LIMIT, OURS, type Report, value } from './figures.js'

const KFAKE = 'kfake'

interface Target {
  readonly text: string
  readonly scenario: string
  readonly part: string
  readonly measure: string
  /** Other than Cohort. */
  readonly server?: string
  /** The figure is ... */
  readonly of: 'itself' | 'times' | 'more than'
  /** ... that of another server, or of another part. */
  readonly than?: { readonly server?: string; readonly part?: string }
  readonly bound: 'at most' | 'under'
  readonly target: number
  readonly unit?: string
}

const heartbeat = (part: string) =>
  ({ scenario: 'heartbeats', part, measure: 'cpuMicros', of: 'times' }) as const
const commit = { scenario: 'commits', part: '10 partitions', measure: 'cpuMicros' } as const
const start = {
  scenario: 'start',
  part: 'built',
  of: 'more than',
  than: { server: LIMIT },
  bound: 'at most',
} as const
const stable = {
  scenario: 'rebalance',
  measure: 'stableMs',
  of: 'itself',
  bound: 'under',
  target: 90,
  unit: 'ms',
} as const
const idle = { scenario: 'idle', part: '5000 members', of: 'itself', bound: 'under' } as const

export const TARGETS: readonly Target[] = [
  { text: 'Start, more than the limit', ...start, measure: 'startMs', target: 60, unit: 'ms' },
  { text: 'Idle, more than the limit', ...start, measure: 'residentMb', target: 20, unit: 'MB' },
  {
    ...heartbeat('1 in flight'),
    ...{ text: "Heartbeat, one in flight, times the limit's CPU", than: { server: LIMIT } },
    ...{ bound: 'at most', target: 1.2 },
  },
  {
    ...heartbeat('1 in flight'),
    ...{ text: "Heartbeat, one in flight, times kfake's CPU", than: { server: KFAKE } },
    ...{ bound: 'under', target: 0.6 },
  },
  {
    ...heartbeat('16 in flight'),
    ...{ text: "Heartbeat, sixteen in flight, times the limit's CPU", than: { server: LIMIT } },
    ...{ bound: 'at most', target: 2 },
  },
  {
    ...heartbeat('16 in flight'),
    ...{ text: "Heartbeat, sixteen in flight, times kfake's CPU", than: { server: KFAKE } },
    ...{ bound: 'under', target: 1 / 6 },
  },
  {
    ...{ text: 'Heartbeat at 5,000 a second, p50, times that of the limit', scenario: 'steady' },
    ...{ part: '5000 a second', measure: 'p50Micros', of: 'times', than: { server: LIMIT } },
    ...{ bound: 'at most', target: 1.15 },
  },
  {
    text: 'OffsetCommit of 10 partitions, CPU',
    ...commit,
    of: 'itself',
    bound: 'under',
    target: 22,
    unit: 'us',
  },
  {
    ...{ text: "OffsetCommit of 10 partitions, times kfake's CPU", ...commit, of: 'times' },
    ...{ than: { server: KFAKE }, bound: 'under', target: 0.5 },
  },
  { text: '1,000 members join', ...stable, part: '1000 join' },
  { text: 'One more joins', ...stable, part: 'one more joins' },
  { text: '5,000 idle members, CPU', ...idle, measure: 'cpuPercent', target: 8, unit: '%' },
  { text: '5,000 idle members, resident', ...idle, measure: 'residentMb', target: 120, unit: 'MB' },
  {
    ...{ text: 'Heartbeat among 20,000 groups, times the CPU among 100', scenario: 'groups' },
    ...{ part: '20000 groups', measure: 'cpuMicros', of: 'times', than: { part: '100 groups' } },
    ...{ bound: 'at most', target: 1.15 },
  },
  {
    ...{ text: 'A group of one, resident', scenario: 'groups', part: '20000 groups', measure: 'kilobytes' },
    ...{ of: 'itself', bound: 'under', target: 2.5, unit: 'KB' },
  },
]

/** One row for each target that this run has something to say of, with what was measured of it at the last release. */
export function verdicts(figures: readonly Figure[], released: Report | null, targets = TARGETS): string[][] {
  const rows = targets.flatMap((target) => {
    const measured = measuredOf(target, figures)
    if (measured === undefined) return []
    const before = released === null ? undefined : measuredOf(target, released.figures)
    const holds = target.bound === 'under' ? measured < target.target : measured <= target.target
    const bound = `${target.bound} ${written(target.target, target)}`
    const cells = [target.text, written(measured, target), bound, holds ? 'holds' : 'missed']
    return [released === null ? cells : [...cells, before === undefined ? '' : written(before, target)]]
  })
  const head = ['target', 'measured', '', '']
  return [released === null ? head : [...head, `in ${released.version}`], ...rows]
}

const written = (each: number, { unit }: Target) =>
  `${Number(each.toFixed(2))}${unit === undefined ? '' : ` ${unit}`}`

function measuredOf(target: Target, figures: readonly Figure[]): number | undefined {
  const { scenario, part, measure, server = OURS, of, than } = target
  const place = { scenario, part, server, measure }
  const own = value(figures, place)
  if (of === 'itself' || own === undefined) return own
  const other = value(figures, { ...place, ...than })
  if (other === undefined) return undefined
  return of === 'times' ? own / other : own - other
}
