// What the runtime is given: the machine to host, with the form of its records in the store, and the process around it.

import type { Machine } from '../machine/decision.js'
import type { TimerKey } from '../machine/timer-key.js'
import type { ClusterImage, Context } from '../metadata/image.js'
import type { Store, StoredRecord } from '../store/store.js'
import type { Clock } from './clock.js'
import type { Timers } from './timers.js'

/** What a host needs of its process. */
export interface Surroundings {
  readonly clock: Clock
  readonly timers: Timers
  readonly store: Store
  image(): ClusterImage
  /** Since when nobody could reach what is loaded at the start, ms since the epoch. */
  downSinceMs?: number
  /** Whether anybody listens to events. */
  observed(): boolean
  /** Whether anybody listens to those of single commits. */
  commitsObserved(): boolean
  publish(events: readonly unknown[], nowMs: number): void
  /** A machine is loaded, or will not be. */
  loaded?(): void
  /** A machine threw: a defect. Its step is taken back like one that could not be stored. */
  defect(where: string, error: unknown): void
  /** What a machine says to the others: at once, its own state has changed already. */
  call?(call: unknown): void
  /** The store failed and the machine could not be loaded again: the broker must stop. */
  fatal(where: string, error: unknown): void
  log(line: string): void
  /** Whether somebody has told of it: StoreError is one for all that is refused for the same reason. */
  isTold?(error: unknown): boolean
}

export type AnyMachine<Event, Rec> = Machine<Event, Context, Rec, TimerKey, unknown, unknown>

export interface Hosted<Event, Rec> {
  /** The name of its log in the store. */
  readonly log: string
  create(): AnyMachine<Event, Rec>
  toStored(record: Rec): StoredRecord
  fromStored(stored: StoredRecord): Rec
}
