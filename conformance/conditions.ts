// Under which conditions a run takes place: what whoever runs it allows, besides what the broker is.

export interface Conditions {
  /** Cases that take minutes are run too. */
  readonly slow: boolean
  /** Only what does not wait, and nothing new is begun after ten seconds. */
  readonly quick: boolean
  /** Every wait and time limit is this many times as long: for a slow machine or network. */
  readonly timeFactor: number
  /** How long a case may wait for one thing, before the factor and what it takes anyway. */
  readonly timeoutMs: number
  /** How many cases at once. */
  readonly parallel: number
  readonly groupPrefix: string
  /** The order of the cases, and the names of their groups. */
  readonly seed: number
  /** Stops the broker, starts it again, and resolves when it is up; null: not to be had. */
  readonly restart: (() => Promise<void>) | null
  /** Groups and topics are left for a look. */
  readonly keep: boolean
}

export const DEFAULTS: Conditions = {
  slow: false,
  quick: false,
  timeFactor: 1,
  timeoutMs: 20_000,
  parallel: 32,
  groupPrefix: 'conformance',
  seed: 1,
  restart: null,
  keep: false,
}
