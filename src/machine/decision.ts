// What a machine without sockets, disk, clock or chance says to the world around it: a Decision, which is data.
// Every machine here has the same form, `step(state, event, context) -> Decision`; only src/server/runtime.ts
// carries decisions out. Learnt from etcd's raft (Ready) and Kafka's CoordinatorResult.

import type { TimerKey } from './timer-key.js'

/** A waiting request. Machines keep it while the request is parked; only the server knows its socket. */
export interface Ticket {
  readonly apiVersion: number
  readonly clientId: string | null
  /** As Kafka prints it: '/127.0.0.1'. */
  readonly clientHost: string
}

/** The answer to a ticket: the response message's value, encoded by the server in the ticket's version. */
export interface Reply {
  readonly ticket: Ticket
  readonly response: object
}

/** Sets or clears a deadline. Arming a key replaces its deadline; a disarmed key never fires. */
export interface TimerChange<Key> {
  readonly key: Key
  /** Absolute, in the clock of Context.nowMs; DISARM clears the key. */
  readonly deadlineMs: number
}

export const DISARM = -1

export interface Decision<Rec = unknown, Key extends TimerKey = TimerKey, Call = never, Ev = unknown> {
  /** Must be durable before a reply of this decision, or of a later one of this machine, leaves. */
  readonly records: Rec[]
  readonly replies: Reply[]
  /** Take effect in the same turn, durable or not. Keys are compared by identity. */
  readonly timers: TimerChange<Key>[]
  /** Events for another machine; their results come back as events. */
  readonly calls: Call[]
  /** What happened, in the field's words; made only while Context.observed. */
  readonly events: Ev[]
}

/**
 * One machine: state behind two functions. `replay` applies one durable record and is all that happens at load;
 * `step` decides. Events every machine understands: `{ type: 'timer', key }` when an armed deadline is due,
 * `{ type: 'loaded' }` once after replay, `{ type: 'unload' }` before it is thrown away (answers what waits).
 */
export interface Machine<Event, Context, Rec, Key extends TimerKey, Call = never, Ev = unknown> {
  step(event: Event | LifecycleEvent<Key>, context: Context): Decision<Rec, Key, Call, Ev>
  replay(record: Rec): void
}

export type LifecycleEvent<Key> =
  | { readonly type: 'timer'; readonly key: Key }
  /** `downSinceMs`: nobody could reach it since then; undefined when it was only moved or taken back. */
  | { readonly type: 'loaded'; readonly downSinceMs?: number }
  | { readonly type: 'unload' }
