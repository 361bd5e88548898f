// What the generator can be told to do, and what it tells of it.

import type { Where } from './wire.js'

/** Connections and members of groups that exist until they are closed. */
export type Opening =
  | {
      readonly kind: 'heartbeats'
      readonly where: Where
      readonly connections: number
      readonly groups: number
      /** Of each group, spread over the connections; no two members of a group share one. */
      readonly members: number
      readonly maxInFlight: number
    }
  | {
      readonly kind: 'commits'
      readonly where: Where
      /** Each with a group of one member. */
      readonly connections: number
      readonly topic: string
      /** Of the topic, in each commit. */
      readonly partitions: number
    }

/** As fast as answers come, with so many in flight per connection, or so many a second over all connections. */
export type Load = { readonly seconds: number } & (
  | { readonly inFlight: number }
  | { readonly perSecond: number; readonly waits: Waiting }
)

/** Between two requests the generator looks at the clock all the time, or sleeps until the next millisecond. */
export type Waiting = 'awake' | 'asleep'

/** In milliseconds, until all of the group have their assignment. */
export interface Gathered {
  readonly allMs: number
  /** From the JoinGroup of one more. */
  readonly oneMoreMs: number
}

export interface Outcome {
  readonly requests: number
  readonly elapsedMs: number
  readonly p50Micros: number
  readonly p99Micros: number
}

export interface Session {
  run(load: Load): Promise<Outcome>
  /** Checks what can be checked in the end, and leaves. */
  close(): Promise<void>
}
