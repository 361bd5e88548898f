// Version ranges in Kafka's notation ('0+', '2-4', '3', 'none') as numbers.

import type { VersionRange } from './schema.js'

export interface Versions {
  readonly first: number
  /** Infinity for an open range. */
  readonly last: number
}

const NONE: Versions = { first: 0, last: -1 }

export function parseVersions(range: VersionRange | 'none'): Versions {
  if (range === 'none') return NONE
  const open = range.endsWith('+')
  const [first, last = first] = range.replace('+', '').split('-').map(Number)
  return { first: first as number, last: open ? Number.POSITIVE_INFINITY : (last as number) }
}

export function includes(range: VersionRange | 'none' | undefined, version: number): boolean {
  if (range === undefined) return false
  const { first, last } = parseVersions(range)
  return version >= first && version <= last
}
