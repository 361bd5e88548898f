// What the coordinator told of itself, the newest of it, each event with the time of its step.

import type { GroupEvent } from '../coordinator/group-event.js'

export type RecordedEvent = GroupEvent & { readonly atMs: number }

const MAX_EVENTS = 10_000

export class EventLog {
  private events: RecordedEvent[] = []

  add(events: readonly GroupEvent[], atMs: number): void {
    for (const event of events) this.events.push({ ...event, atMs })
    if (this.events.length > 2 * MAX_EVENTS) this.events = this.events.slice(-MAX_EVENTS)
  }

  clear(): void {
    this.events = []
  }

  /** Oldest first. */
  of(group?: string): RecordedEvent[] {
    const kept = this.events.slice(-MAX_EVENTS)
    return group === undefined ? kept : kept.filter((event) => event.groupId === group)
  }
}
