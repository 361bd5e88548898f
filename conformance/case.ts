// A case: what a broker must, should or may do, as a small script on raw requests, with where it is written.

import type { ApiName } from '../src/protocol/api-names.js'
import type { Need } from './needs.js'
import type { Scene } from './scene.js'

export type Level = 'MUST' | 'SHOULD' | 'INFO'
export const LEVELS: readonly Level[] = ['MUST', 'SHOULD', 'INFO']

export interface Case {
  /** area/subject/source/number: unique, and stable once published. */
  readonly id: string
  readonly title: string
  /** MUST: clients depend on it. SHOULD: tools do, or it is what Kafka's source says. INFO: a detail worth knowing. */
  readonly level: Level
  /** KIP section or Kafka class. */
  readonly source: string
  /**
   * The versions it is about. A broker that lacks one is not asked; what only belongs to the set-up is sent in the newest
   * version that both know.
   */
  readonly uses?: Partial<Record<ApiName, number>>
  /** What else it cannot run without. */
  readonly needs?: readonly Need[]
  /** How long it takes because time must pass, when that is more than a second. */
  readonly takesMs?: number
  /** Throws Mismatch where the broker does otherwise. */
  run(scene: Scene): Promise<void>
}

/** Something other than what the case expects was seen. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
  readonly expected: unknown
  readonly got: unknown

  constructor(what: string, expected: unknown, got: unknown) {
    super(what)
    this.expected = expected
    this.got = got
  }
}

/** The case cannot be run on this broker: the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** Every member of `expected` must be in `got`, to any depth; arrays element by element. */
export function expectMatch(what: string, got: unknown, expected: unknown): void {
  if (!matches(got, expected)) throw new Mismatch(what, expected, got)
}

function matches(got: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof got === 'string' && expected.test(got)
  if (Buffer.isBuffer(expected)) return Buffer.isBuffer(got) && got.equals(expected)
  if (typeof expected !== 'object' || expected === null) return got === expected
  if (typeof got !== 'object' || got === null) return false
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => matches(got[i], item))
    )
  }
  return Object.entries(expected).every(([key, value]) =>
    matches((got as Record<string, unknown>)[key], value),
  )
}
