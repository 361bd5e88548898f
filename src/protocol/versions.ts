// Version ranges in Kafka's notation ('0+', '2-4', '3', 'none') as numbers.

import type { VersionRange } from './schema.js'

export interface Versions {
  readonly first: number
  /** Infinity for an open range. */
  readonly last: number
}

const NONE: Versions = { first: 0, last: -1 }

/** Ranges are few and asked for on every request (header versions), so each is taken apart only once. */
const parsed = new Map<string, Versions>([['none', NONE]])

export function parseVersions(range: VersionRange | 'none'): Versions {
  let found = parsed.get(range)
  if (found === undefined) {
    found = parse(range)
    parsed.set(range, found)
  }
  return found
}

function parse(range: string): Versions {
  const open = range.endsWith('+')
  const [first, last = first] = range.replace('+', '').split('-').map(Number)
  return { first: first as number, last: open ? Number.POSITIVE_INFINITY : (last as number) }
}

export function includes(range: VersionRange | 'none' | undefined, version: number): boolean {
  if (range === undefined) return false
  const { first, last } = parseVersions(range)
  return version >= first && version <= last
}
