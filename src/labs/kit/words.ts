// Figures as people read them, and the columns that many labs share.

import { fromMs } from '../../observe/duration.js'
import type { Column, Run } from './lab.js'

/** '12.3 s', '45 ms', '2 min 5 s'; '-' for what there was not. */
export function time(ms: number): string {
  return Number.isFinite(ms) ? fromMs(ms) : '-'
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export const largest = (values: readonly number[]) => Math.max(...values) // -Infinity of none
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** '1 record', '2 records', 'no records'. */
export function count(number: number, one: string, many = `${one}s`): string {
  if (number === 0) return `no ${many}`
  return `${number} ${number === 1 ? one : many}`
}

export const column = (label: string, value: (run: Run) => string | number): Column => ({
  label,
  value: (run) => String(value(run)),
})

export const extra = (label: string, key: string, show: (value: number) => string = String): Column =>
  column(label, (run) => show(run.extra[key] ?? Number.NaN))

export const REBALANCES = column('rebalances', ({ figures }) => figures.rebalances)
export const MOVED = column('partitions moved', ({ figures }) => figures.moved)
/** How often a partition lost its owner, for however short a time. */
export const STOPS = column('partitions stopped', ({ figures }) => figures.stops)
/** Of all partitions together. */
export const UNOWNED = column('partition-seconds without owner', ({ figures }) => seconds(figures.unownedMs))
export const LONGEST_UNOWNED = column('longest without owner', ({ figures }) =>
  time(figures.longestUnownedMs),
)
export const TWICE = column('records twice', ({ figures }) => figures.twice)
export const LOST = column('records lost', ({ figures }) => figures.lost)
export const EXPELLED = column('living members removed', ({ figures }) => figures.expelled)
export const POLL_TIMEOUTS = column('left by poll timeout', ({ figures }) => figures.pollTimeouts)
export const HEARTBEATS = column('heartbeats', ({ figures }) => figures.heartbeats)
export const LONGEST_GAP = column('longest gap', ({ figures }) => time(figures.longestGapMs))
export const DETECTED = column('crash noticed after', ({ figures }) => time(largest(figures.detectedMs)))
export const LONGEST_JOIN = column('longest join phase', ({ figures }) => time(largest(figures.joinPhasesMs)))
export const LONGEST_DELAY = column('oldest record when processed', ({ figures }) =>
  time(figures.longestDelayMs),
)
/** Appended, and neither done nor passed over. */
export const BEHIND = column('records waiting at the end', ({ figures }) => figures.behind)
